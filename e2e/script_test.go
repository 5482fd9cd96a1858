package e2e_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/quorate/quorate/internal/store/storetest"
)

// TestScripts runs the stories in testdata/script. Besides the usual commands, whose names are taken (`stop` would
// end a story, and pass it), they have
//
//	serve NAME [ARGUMENT…]    start a server in the script's folder; $URL is its address
//	halt NAME                 tell it to stop, as a supervisor does, and wait
//	kill9 NAME                kill it
//	output NAME               print what it has printed so far
//	http [HEADER: VALUE…] METHOD PATH [FILE]
//	                          send a request to $URL, with a file's content as its body, and print the
//	                          status, the headers and the body; $ADMIN, $BACKEND and $FRONTEND are tokens
//	sign-in NAME USERNAME PASSWORD
//	                          make a personal token for somebody, and keep it as $NAME
//	capture NAME PATTERN      keep what the first group of a pattern matches in the last output as $NAME
//	repeat TEXT N FILE        write a file of N copies of a text
//	damage FILE REVISION      change one bit of an event in an SQLite database
func TestScripts(t *testing.T) {
	t.Parallel()
	mustNotStop(t)
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			env.Values[serversKey{}] = make(map[string]*server)
			env.Setenv("PATH", filepath.Dir(program)+string(os.PathListSeparator)+env.Getenv("PATH"))
			env.Setenv("ADMIN", adminToken)
			env.Setenv("BACKEND", backendToken)
			env.Setenv("FRONTEND", frontendToken)
			for _, setting := range withTokens {
				name, value, _ := strings.Cut(setting, "=")
				env.Setenv(name, value)
			}
			env.Defer(func() {
				for _, s := range env.Values[serversKey{}].(map[string]*server) {
					s.kill()
				}
			})
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"serve":   serve,
			"halt":    positive(1, func(ts *testscript.TestScript, args []string) { ts.Check(serverOf(ts, args[0]).stop()) }),
			"kill9":   positive(1, func(ts *testscript.TestScript, args []string) { serverOf(ts, args[0]).kill() }),
			"output":  positive(1, func(ts *testscript.TestScript, args []string) { fmt.Fprint(ts.Stdout(), serverOf(ts, args[0]).output) }),
			"http":    positive(-1, request),
			"sign-in": positive(3, signIn),
			"capture": positive(2, capture),
			"repeat":  positive(3, repeat),
			"damage": positive(2, func(ts *testscript.TestScript, args []string) {
				var revision int64
				_, err := fmt.Sscan(args[1], &revision)
				ts.Check(err)
				storetest.Damage(t, "sqlite:"+ts.MkAbs(args[0]), revision)
			}),
		},
	})
}

// mustNotStop holds that no story stops before its end, where halt is meant: what comes after would not be tested.
func mustNotStop(t *testing.T) {
	t.Helper()
	stories, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(stories) == 0 {
		t.Fatalf("got %d stories, %v", len(stories), err)
	}
	for _, path := range stories {
		story, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if line := regexp.MustCompile(`(?m)^stop\b.*`).Find(story); line != nil {
			t.Errorf("%s: %q ends the story there, and passes it; halt stops a server", path, line)
		}
	}
}

type serversKey struct{}

// positive is a command that takes n arguments (-1: any number) and cannot be negated.
func positive(n int, command func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || n >= 0 && len(args) != n {
			ts.Fatalf("see TestScripts for how the command is used")
		}
		command(ts, args)
	}
}

func serverOf(ts *testscript.TestScript, name string) *server {
	s := ts.Value(serversKey{}).(map[string]*server)[name]
	if s == nil {
		ts.Fatalf("there is no server %s", name)
	}
	return s
}

func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) == 0 {
		ts.Fatalf("see TestScripts for how the command is used")
	}
	var settings []string
	for _, name := range []string{
		"INIT_ADMIN_API_TOKENS", "INIT_BACKEND_API_TOKENS", "INIT_FRONTEND_API_TOKENS", "INIT_CLIENT_API_TOKENS",
		"UNLEASH_DEFAULT_ADMIN_USERNAME", "UNLEASH_DEFAULT_ADMIN_PASSWORD", "QUORATE_OIDC_SETTINGS", "QUORATE_DATA", "QUORATE_SECRET_KEY", "QUORATE_PUBLIC_URL", "QUORATE_TRUST_PROXY", "QUORATE_LOG_LEVEL",
	} {
		if value := ts.Getenv(name); value != "" {
			settings = append(settings, name+"="+value)
		}
	}
	s, err := start(ts.MkAbs("."), settings, args[1:]...)
	ts.Check(err)
	ts.Value(serversKey{}).(map[string]*server)[args[0]] = s
	ts.Setenv("URL", s.url)
}

func request(ts *testscript.TestScript, args []string) {
	header := make(http.Header)
	for len(args) > 0 && strings.Contains(args[0], ": ") {
		name, value, _ := strings.Cut(args[0], ": ")
		header.Add(name, value)
		args = args[1:]
	}
	if len(args) < 2 || len(args) > 3 {
		ts.Fatalf("see TestScripts for how the command is used")
	}
	var body io.Reader = http.NoBody
	if len(args) == 3 {
		body = strings.NewReader(ts.ReadFile(args[2]))
		if header.Get("Content-Type") == "" {
			header.Set("Content-Type", "application/json")
		}
	}
	r, err := http.NewRequest(args[0], ts.Getenv("URL"), body)
	ts.Check(err)
	// The path goes out as it is written, tricks included.
	r.URL.Opaque = "//" + r.URL.Host + args[1]
	r.Header = header
	response, err := (&http.Transport{DisableKeepAlives: true}).RoundTrip(r)
	ts.Check(err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	ts.Check(err)
	fmt.Fprintln(ts.Stdout(), response.Status)
	names := make([]string, 0, len(response.Header))
	for name := range response.Header {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		fmt.Fprintf(ts.Stdout(), "%s: %s\n", name, strings.Join(response.Header[name], ", "))
	}
	fmt.Fprintf(ts.Stdout(), "\n%s\n", text)
}

func repeat(ts *testscript.TestScript, args []string) {
	var n int
	_, err := fmt.Sscan(args[1], &n)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), bytes.Repeat([]byte(args[0]), n), 0o600))
}
