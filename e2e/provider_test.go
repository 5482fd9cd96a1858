package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"
)

// startProvider starts an identity provider of the folder provider as a process of its own, and
// returns what it says when it is ready.
func startProvider(t *testing.T, script string, settings ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "node", script)
	command.Dir = "provider"
	command.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}, settings...)
	var complaints strings.Builder
	command.Stderr = &complaints
	out, err := command.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill() // it may have ended already
		_ = command.Wait()         // because it was killed
		if t.Failed() {
			t.Logf("%s complained:\n%s", script, complaints.String())
		}
	})
	ready := make(chan string, 1)
	go func() {
		lines := bufio.NewScanner(out)
		for lines.Scan() {
			if said, found := strings.CutPrefix(lines.Text(), "ready "); found {
				ready <- said
			}
		}
		close(ready)
	}()
	select {
	case said, ok := <-ready:
		if !ok {
			t.Fatalf("%s ended before it was ready; make tools installs what it needs", script)
		}
		return said
	case <-time.After(startLimit):
		t.Fatalf("%s is not ready after %s", script, startLimit)
	}
	return ""
}

// visitor is a browser without JavaScript: it keeps cookies, follows redirects, and sends forms.
type visitor struct {
	*http.Client
	quorate string
}

func newVisitor(t *testing.T, quorate string) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{&http.Client{Jar: jar, Timeout: startLimit}, quorate}
}

// page is where a visitor has come.
type page struct {
	url    *url.URL
	status int
	body   string
}

func (v *visitor) do(t *testing.T, r *http.Request, err error) page {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := v.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return page{answer.Request.URL, answer.StatusCode, string(body)}
}

func (v *visitor) get(t *testing.T, address string) page {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	return v.do(t, r, err)
}

var (
	formTag  = regexp.MustCompile(`(?s)<form[^>]*?action="([^"]*)"`)
	inputTag = regexp.MustCompile(`(?s)<input[^>]*>`)
	nameOf   = regexp.MustCompile(`name="([^"]*)"`)
	valueOf  = regexp.MustCompile(`(?s)value="([^"]*)"`)
)

// form returns the first form of a page: where it goes, and what is in it.
func (p page) form(t *testing.T) (string, url.Values) {
	t.Helper()
	action := formTag.FindStringSubmatch(p.body)
	if action == nil {
		t.Fatalf("%s answered %d, without a form:\n%s", p.url, p.status, p.body)
	}
	to, err := p.url.Parse(html.UnescapeString(action[1]))
	if err != nil {
		t.Fatal(err)
	}
	values := url.Values{}
	for _, input := range inputTag.FindAllString(p.body, -1) {
		name, value := nameOf.FindStringSubmatch(input), valueOf.FindStringSubmatch(input)
		if name != nil && value != nil {
			values.Set(name[1], html.UnescapeString(value[1]))
		}
	}
	return to.String(), values
}

// send sends the form of a page, with some values set.
func (v *visitor) send(t *testing.T, p page, values ...string) page {
	t.Helper()
	action, fields := p.form(t)
	for i := 0; i < len(values); i += 2 {
		fields.Set(values[i], values[i+1])
	}
	return v.post(t, action, fields)
}

func (v *visitor) post(t *testing.T, address string, fields url.Values) page {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(fields.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return v.do(t, r, err)
}

// me returns who is signed in in the browser; nil: nobody.
func (v *visitor) me(t *testing.T) map[string]any {
	t.Helper()
	p := v.get(t, v.quorate+"/api/admin/user")
	if p.status != http.StatusOK {
		return nil
	}
	var me struct {
		User map[string]any `json:"user"`
	}
	if err := json.Unmarshal([]byte(p.body), &me); err != nil {
		t.Fatal(err)
	}
	return me.User
}

// admin calls the admin API with the admin token and returns what it answers, which has to be a
// success.
func (s *server) admin(t *testing.T, method, path, body string) string {
	t.Helper()
	status, answer := s.ask(t, method, "/api/admin"+path, body, adminToken)
	if status >= 300 {
		t.Fatalf("%s %s %s: got %d %s", method, path, body, status, answer)
	}
	return answer
}

// ask sends a JSON body with a token.
func (s *server) ask(t *testing.T, method, path, body, token string) (status int, answer string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, s.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", token)
	r.Header.Set("Content-Type", "application/json")
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got.StatusCode, string(text)
}

// members returns the e-mail addresses of a group's members.
func (s *server) members(t *testing.T, group string) string {
	t.Helper()
	var all struct {
		Groups []struct {
			Name  string `json:"name"`
			Users []struct {
				User struct {
					Email string `json:"email"`
				} `json:"user"`
			} `json:"users"`
		} `json:"groups"`
	}
	if err := json.Unmarshal([]byte(s.admin(t, "GET", "/groups", "")), &all); err != nil {
		t.Fatal(err)
	}
	for _, g := range all.Groups {
		if g.Name != group {
			continue
		}
		var members []string
		for _, u := range g.Users {
			members = append(members, u.User.Email)
		}
		return strings.Join(members, " ")
	}
	return fmt.Sprintf("there is no group %q", group)
}
