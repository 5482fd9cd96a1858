package e2e_test

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	netmail "net/mail"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/changerequest"
)

// TestKillAroundDueMails holds that whoever has scheduled change requests gets a mail about each that was applied or
// suspended, whatever becomes of the nodes; and that a mail which comes again has the same Message-ID.
func TestKillAroundDueMails(t *testing.T) {
	t.Parallel()
	mails := mustTakeMails(t)
	d := newDueStorm(t, 20, "QUORATE_SMTP_HOST=127.0.0.1", fmt.Sprint("QUORATE_SMTP_PORT=", mails.port), "QUORATE_SMTP_TLS=none",
		"QUORATE_SMTP_SENDER=quorate@flags.example.com", "QUORATE_PUBLIC_URL=https://flags.example.com")
	defer d.keepDatabase()
	var people struct {
		Users []struct {
			ID       int64
			Username string
		}
	}
	mustUnmarshal(t, d.nodes[0].mustCall(t, http.StatusOK, http.MethodGet, "/api/admin/user-admin", adminToken, ""), &people)
	for _, person := range people.Users {
		if person.Username == "reviewer" {
			// The answer to the first mail to this address is lost; see mail/server.mjs.
			d.nodes[0].mustCall(t, http.StatusOK, http.MethodPut, fmt.Sprint("/api/admin/user-admin/", person.ID), adminToken, `{"email":"lost@example.com"}`)
		}
	}
	const rounds = 4
	for round := range rounds {
		d.round(round, faults[2*round+1])         // those in which nodes are killed, or miss an answer
		d.both(func(i int) { d.nodes[i].kill() }) // while they send
		d.both(func(i int) { d.start(i, anHour) })
	}
	want := map[string]bool{}
	for i, r := range d.ledger.requests {
		subject := "Applied"
		if r.suspended != nil { // and applied by hand then, by whoever would get the mail
			subject = "Suspended"
		}
		want[told(subject, changerequest.ID(i+1))] = true
	}
	db, err := sql.Open("pgx", d.database)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	hurried := time.Now()
	eventually(t, time.Minute, "a mail about each request", func() bool {
		// What a node that died was sending waits for the end of its lease, and what has failed for a while.
		if time.Since(hurried) > time.Second {
			hurried = time.Now()
			if _, err := db.ExecContext(t.Context(), `update deliveries set leased_until = created_at, due_at = created_at where state = 'waiting'`); err != nil {
				t.Fatal(err)
			}
		}
		return mails.haveAll(want)
	})
	d.end(rounds)

	mails.mu.Lock()
	defer mails.mu.Unlock()
	taken := 0
	for what, ids := range mails.ids {
		for id, times := range ids {
			taken += times
			if len(ids) != 1 || !want[what] {
				t.Errorf("%s was told by the mail %s, %d times, and %d mails in all; want it told, by one", what, id, times, len(ids))
			}
		}
	}
	if taken == len(mails.ids) {
		t.Error("no mail came twice; the test has proved little")
	}
	t.Logf("%d requests were told of by %d mails, %d of them repeated", len(mails.ids), taken, taken-len(mails.ids))
}

// told names what a mail tells of a request.
func told(subject string, id changerequest.ID) string { return fmt.Sprintf("%s %d", subject, id) }

// takenMails is a mail server in a process of its own, and what it has taken.
type takenMails struct {
	port int

	mu  sync.Mutex
	ids map[string]map[string]int // how often each Message-ID came, by what it tells
}

// mustTakeMails starts the server, which ends with the test.
func mustTakeMails(t *testing.T) *takenMails {
	t.Helper()
	if _, err := os.Stat("sdk/node_modules/smtp-server"); err != nil {
		missing(t, "the mail server is not installed; make tools does it")
	}
	process := exec.Command("node", "mail/server.mjs", "{}")
	process.Stderr = os.Stderr
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	m := &takenMails{ids: map[string]map[string]int{}}
	var listening struct{ Port int }
	if !lines.Scan() || json.Unmarshal(lines.Bytes(), &listening) != nil {
		t.Fatalf("the mail server says %q", lines.Text())
	}
	m.port = listening.Port
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for lines.Scan() {
			if err := m.take(lines.Bytes()); err != nil {
				t.Errorf("a mail: %v", err)
			}
		}
	}()
	t.Cleanup(func() {
		_ = process.Process.Kill()
		<-ended
		_ = process.Wait() // killed
	})
	return m
}

var aboutRequest = regexp.MustCompile(`https://flags\.example\.com/projects/default/change-requests/(\d+)`)

// take notes a mail, which the server prints as JSON.
func (m *takenMails) take(line []byte) error {
	var mail struct{ Raw string }
	if err := json.Unmarshal(line, &mail); err != nil {
		return err
	}
	message, err := netmail.ReadMessage(strings.NewReader(mail.Raw))
	if err != nil {
		return err
	}
	about := aboutRequest.FindStringSubmatch(strings.ReplaceAll(mail.Raw, "=\r\n", ""))
	if about == nil {
		return fmt.Errorf("it has no link to a request: %s", mail.Raw)
	}
	subject, _, _ := strings.Cut(message.Header.Get("Subject"), ":")
	what := subject + " " + about[1]
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.ids[what] == nil {
		m.ids[what] = map[string]int{}
	}
	m.ids[what][message.Header.Get("Message-ID")]++
	return nil
}

// haveAll reports whether all that is wanted was told.
func (m *takenMails) haveAll(want map[string]bool) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	for what := range want {
		if m.ids[what] == nil {
			return false
		}
	}
	return true
}
