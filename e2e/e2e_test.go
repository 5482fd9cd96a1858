// Package e2e_test drives the whole program from outside, as its users do: over HTTP,
// on the command line, and with the SDKs that applications use. The scripts in
// testdata/script are stories of the command line and of attacks.
//
// What one room promises is tested in that room; here belongs what only shows when
// all of them run together, in processes that can be stopped and killed.
package e2e_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// program is the path of the built program.
var program string

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "quorate-e2e-")
	if err != nil {
		panic(err)
	}
	program = filepath.Join(folder, "quorate")
	build := exec.Command("go", "build", "-o", program, "github.com/quorate/quorate/cmd/quorate")
	if output, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, output)
		os.Exit(1)
	}
	// Several clients of a test call one server at the same time, on connections that are kept.
	http.DefaultTransport.(*http.Transport).MaxIdleConnsPerHost = 16
	code := m.Run()
	_ = os.RemoveAll(folder) // a temporary folder
	os.Exit(code)
}

// The tokens that servers in tests start with.
const (
	adminToken    = "*:*.e2e-admin-0123456789"
	backendToken  = "*:development.e2e-backend-0123456789"
	frontendToken = "*:development.e2e-frontend-0123456789"
)

// withTokens are the settings for a server with these tokens.
var withTokens = []string{
	"INIT_ADMIN_API_TOKENS=" + adminToken,
	"INIT_BACKEND_API_TOKENS=" + backendToken,
	"INIT_FRONTEND_API_TOKENS=" + frontendToken,
}

// startLimit is how long a server may take until it answers.
const startLimit = 30 * time.Second

// server is a running server process.
type server struct {
	cmd    *exec.Cmd
	url    string
	output *output
	exited chan struct{} // closed when the process has ended, with err set
	err    error
}

// start starts a server with settings, NAME=VALUE, and arguments for `quorate serve`,
// and waits until it serves.
func start(folder string, settings []string, args ...string) (*server, error) {
	s := &server{output: newOutput(), exited: make(chan struct{})}
	s.cmd = exec.Command(program, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...)...)
	s.cmd.Dir = folder
	s.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder}, settings...)
	s.cmd.Stdout, s.cmd.Stderr = s.output, s.output
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		s.err = s.cmd.Wait()
		close(s.exited)
	}()
	select {
	case address := <-s.output.address:
		s.url = "http://" + address
		return s, nil
	case <-s.exited:
		return nil, fmt.Errorf("the server ended: %w\n%s", s.err, s.output)
	case <-time.After(startLimit):
		s.kill()
		return nil, fmt.Errorf("the server does not serve after %s\n%s", startLimit, s.output)
	}
}

// mustStart is start, and stops the server after the test.
func mustStart(t testing.TB, folder string, settings []string, args ...string) *server {
	t.Helper()
	s, err := start(folder, settings, args...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.kill()
		if t.Failed() {
			t.Logf("the server's output:\n%s", s.output)
		}
	})
	return s
}

// stop tells the server to stop and waits until it has.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.exited:
		return s.err
	case <-time.After(startLimit):
		s.kill()
		return errors.New("the server does not stop")
	}
}

// kill ends the server as a power cut would, and waits until it has gone. Its output says when.
func (s *server) kill() {
	if s.cmd.Process.Kill() == nil { // it may have ended already
		fmt.Fprintf(s.output, "time=%s killed by the test\n", time.Now().UTC().Format("2006-01-02T15:04:05.000Z07:00"))
	}
	<-s.exited
}

// output collects what a server prints, and finds the address that it serves.
type output struct {
	address chan string

	mu   sync.Mutex
	text bytes.Buffer
	sent bool
}

func newOutput() *output { return &output{address: make(chan string, 1)} }

var serving = regexp.MustCompile(`msg=serving .*?address=(\S+)`)

// Write adds to the text.
func (o *output) Write(data []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.text.Write(data)
	if found := serving.FindSubmatch(o.text.Bytes()); found != nil && !o.sent {
		o.sent = true
		o.address <- string(found[1])
	}
	return len(data), nil
}

// String returns all that was printed so far.
func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// answer is an answer whose body has been read.
type answer struct {
	status int
	header http.Header
	body   string
}

// call sends a request; the body is JSON unless it is empty. Headers are names and values in turn.
func (s *server) call(ctx context.Context, method, path, token, body string, headers ...string) (answer, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		request.Header.Set("Authorization", token)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	return answer{response.StatusCode, response.Header, string(text)}, nil
}

// mustCall fails the test unless the answer has the status.
func (s *server) mustCall(t testing.TB, status int, method, path, token, body string) answer {
	t.Helper()
	a, err := s.call(t.Context(), method, path, token, body)
	if err != nil {
		t.Fatal(err)
	}
	if a.status != status {
		t.Fatalf("%s %s: got %d %s, want %d", method, path, a.status, a.body, status)
	}
	return a
}

// mustCreate creates a flag in the default project, with a strategy that is on for
// everyone in development, and switched off.
func (s *server) mustCreate(t testing.TB, name string) {
	t.Helper()
	s.mustCall(t, http.StatusCreated, http.MethodPost, "/api/admin/projects/default/features", adminToken, fmt.Sprintf(`{"name":%q}`, name))
	s.mustCall(t, http.StatusOK, http.MethodPost, "/api/admin/projects/default/features/"+name+"/environments/development/strategies",
		adminToken, `{"name":"flexibleRollout"}`)
}

// toggle is the path that switches a flag of the default project in development.
func toggle(name string, on bool) string {
	to := "off"
	if on {
		to = "on"
	}
	return "/api/admin/projects/default/features/" + name + "/environments/development/" + to
}

// stream is an open stream of server-sent events.
type stream struct {
	events chan string // the data of each event; closed when the stream ends
}

// mustStream opens the SDK's stream, and waits for its first event. It ends with the test.
func (s *server) mustStream(t testing.TB) *stream {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"/api/client/streaming", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", backendToken)
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK {
		t.Fatalf("the stream is answered %s", response.Status)
	}
	st := &stream{events: make(chan string, 1000)}
	go func() {
		defer close(st.events)
		defer response.Body.Close()
		lines := bufio.NewScanner(response.Body)
		lines.Buffer(nil, 64<<20)
		for lines.Scan() {
			if data, ok := strings.CutPrefix(lines.Text(), "data:"); ok {
				st.events <- data
			}
		}
	}()
	st.mustNext(t)
	return st
}

// mustNext returns the data of the next event.
func (st *stream) mustNext(t testing.TB) string {
	t.Helper()
	select {
	case data, open := <-st.events:
		if !open {
			t.Fatal("the stream has ended")
		}
		return data
	case <-time.After(10 * time.Second):
		t.Fatal("no event on the stream for 10 s")
	}
	return ""
}

// eventually fails the test if the check does not hold within the limit.
func eventually(t testing.TB, limit time.Duration, what string, check func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); !check(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for this: %s", limit, what)
		}
	}
}

// run runs the program to its end and returns what it printed.
func run(folder string, args ...string) (string, error) {
	cmd := exec.Command(program, args...)
	cmd.Dir = folder
	output, err := cmd.CombinedOutput()
	return string(output), err
}
