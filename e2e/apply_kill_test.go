package e2e_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// roundsVariable says for how many rounds TestKillDuringApply and TestKillAroundDue go on; make soak sets it.
const roundsVariable = "QUORATE_TEST_ROUNDS"

// mustRounds returns how many rounds are wanted: so many unless the variable says otherwise.
func mustRounds(t *testing.T, usual int) int {
	t.Helper()
	text := os.Getenv(roundsVariable)
	if text == "" {
		return usual
	}
	rounds, err := strconv.Atoi(text)
	if err != nil {
		t.Fatalf("%s: %v", roundsVariable, err)
	}
	return rounds
}

const (
	changeRequests = "/api/admin/projects/default/change-requests"
	proposals      = "/api/admin/projects/default/environments/production/change-requests"

	reviewerPassword = "Four-eyes-see-more-2"
)

// applier is somebody who proposes changes of three flags that nobody else changes, and has them
// approved and applied, one request after the other.
type applier struct {
	name   string
	number int // of the last request
	// applied are the requests of which the server has said that they are.
	applied []changerequest.ID
}

// parts are the flags of an applier, each of which every request changes.
var parts = []string{"one", "two", "three"}

// step leads the applier's pending request one state on, or proposes another.
func (a *applier) step(ctx context.Context, s *server, author, reviewer string) error {
	var pending []struct {
		ID    changerequest.ID
		State changerequest.State
	}
	if err := s.get(ctx, changeRequests+"/pending", author, &pending); err != nil {
		return err
	}
	if len(pending) == 0 {
		a.number++
		var changes []map[string]any
		for _, part := range parts {
			changes = append(changes, map[string]any{"feature": a.name + "-" + part, "action": "patchVariant", "payload": map[string]any{
				"variants": []any{map[string]any{"name": fmt.Sprintf("%s.%d", a.name, a.number), "weight": 1000}},
			}})
		}
		body, err := json.Marshal(changes)
		if err != nil {
			return err
		}
		return s.done(ctx, http.MethodPost, proposals, author, string(body))
	}
	r := pending[0]
	to := map[changerequest.State]struct{ state, token string }{
		changerequest.Draft:    {"In review", author},
		changerequest.InReview: {"Approved", reviewer},
		changerequest.Approved: {"Applied", adminToken},
	}[r.State]
	err := s.done(ctx, http.MethodPut, fmt.Sprintf("%s/%d/state", changeRequests, r.ID), to.token, fmt.Sprintf(`{"state":%q}`, to.state))
	if err == nil && r.State == changerequest.Approved {
		a.applied = append(a.applied, r.ID)
	}
	return err
}

// refusedError is an answer other than success.
type refusedError struct{ answer }

func (e refusedError) Error() string { return fmt.Sprintf("%d %s", e.status, e.body) }

// done sends a request, and fails unless it is carried out.
func (s *server) done(ctx context.Context, method, path, token, body string) error {
	a, err := s.call(ctx, method, path, token, body)
	if err == nil && a.status >= http.StatusBadRequest {
		err = refusedError{a}
	}
	return err
}

// get reads JSON.
func (s *server) get(ctx context.Context, path, token string, into any) error {
	a, err := s.call(ctx, http.MethodGet, path, token, "")
	if err != nil {
		return err
	}
	if a.status != http.StatusOK {
		return refusedError{a}
	}
	return json.Unmarshal([]byte(a.body), into)
}

// TestKillDuringApply kills the server again and again while clients propose, approve and apply. Afterwards
// every request has taken effect as a whole or not at all, its state and the index of closed requests
// agree with that, and what a client was told is applied is.
func TestKillDuringApply(t *testing.T) {
	t.Parallel()
	rounds := mustRounds(t, 30)
	folder := t.ArtifactDir()
	appliers, authors, reviewer := mustPrepare(t, folder)
	var last *toldLedger
	for round := range rounds {
		s := mustStart(t, folder, withTokens)
		ctx, cancel := context.WithCancel(t.Context())
		var clients sync.WaitGroup
		begun := make(chan struct{})
		begin := sync.OnceFunc(func() { close(begun) })
		for i, a := range appliers {
			clients.Go(func() {
				for ctx.Err() == nil {
					err := a.step(ctx, s, authors[i], reviewer)
					begin()
					if errors.As(err, &refusedError{}) {
						t.Errorf("round %d: %s is refused: %v", round, a.name, err)
					}
					if err != nil {
						return // the server is gone
					}
				}
			})
		}
		<-begun                                                         // on a machine that is busy that takes a while
		time.Sleep(time.Duration(20+rand.IntN(250)) * time.Millisecond) // when the power goes is up to chance
		s.kill()
		cancel()
		clients.Wait()
		if output, err := run(folder, "ledger", "verify"); err != nil {
			t.Fatalf("round %d: ledger verify: %v\n%s", round, err, output)
		}
		last = mustTell(t, folder)
		last.check(t, round, appliers)
		if t.Failed() {
			t.FailNow()
		}
	}
	if n := len(last.applied); n < rounds {
		t.Errorf("only %d requests were applied in %d rounds; the test has proved little", n, rounds)
	}
	s := mustStart(t, folder, withTokens)
	var count struct{ Applied int }
	if err := s.get(t.Context(), changeRequests+"/count", adminToken, &count); err != nil {
		t.Fatal(err)
	}
	if count.Applied != len(last.applied) {
		t.Errorf("the server counts %d applied requests, want %d", count.Applied, len(last.applied))
	}
	t.Logf("%d rounds, %d events, %d requests applied, %d of them confirmed", rounds, last.state.Revision(), len(last.applied), last.confirmed)
}

// mustPrepare starts the first time: with appliers and the tokens by which they propose, and the token
// of somebody who approves. Production is protected.
func mustPrepare(t *testing.T, folder string) (appliers []*applier, authors []string, reviewer string) {
	t.Helper()
	s := mustStart(t, folder, append([]string{"UNLEASH_DEFAULT_ADMIN_USERNAME=reviewer", "UNLEASH_DEFAULT_ADMIN_PASSWORD=" + reviewerPassword}, withTokens...))
	reviewer = mustSignIn(t, s)
	for i := range 8 {
		a := &applier{name: fmt.Sprintf("client-%d", i)}
		appliers = append(appliers, a)
		for _, part := range parts {
			s.mustCall(t, http.StatusCreated, http.MethodPost, "/api/admin/projects/default/features", adminToken, fmt.Sprintf(`{"name":"%s-%s"}`, a.name, part))
		}
		authors = append(authors, mustAuthor(t, s, a.name))
	}
	s.mustCall(t, http.StatusNoContent, http.MethodPut, proposals+"/config", adminToken, `{"changeRequestsEnabled":true,"requiredApprovals":1}`)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	return appliers, authors, reviewer
}

// mustAuthor makes a service account, which may propose, and returns its token.
func mustAuthor(t *testing.T, s *server, name string) string {
	t.Helper()
	var account struct{ ID int64 }
	mustUnmarshal(t, s.mustCall(t, http.StatusCreated, http.MethodPost, "/api/admin/service-account", adminToken,
		fmt.Sprintf(`{"username":%q,"name":%q,"rootRole":3}`, name, name)), &account)
	var token struct{ Secret string }
	mustUnmarshal(t, s.mustCall(t, http.StatusCreated, http.MethodPost, fmt.Sprintf("/api/admin/service-account/%d/token", account.ID), adminToken,
		`{"description":"x","expiresAt":"2999-01-01T00:00:00Z"}`), &token)
	return token.Secret
}

// mustSignIn signs the reviewer in, and returns a personal token.
func mustSignIn(t *testing.T, s *server) string {
	t.Helper()
	send := func(path, body string, cookies ...*http.Cookie) *http.Response {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/json")
		for _, cookie := range cookies {
			r.AddCookie(cookie)
		}
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { response.Body.Close() })
		return response
	}
	session := send("/auth/simple/login", `{"username":"reviewer","password":"`+reviewerPassword+`"}`)
	made := send("/api/admin/user/tokens", `{"description":"review","expiresAt":"2999-01-01T00:00:00Z"}`, session.Cookies()...)
	var token struct{ Secret string }
	if err := json.NewDecoder(made.Body).Decode(&token); err != nil || token.Secret == "" {
		t.Fatalf("the reviewer gets no token: %s, %v", made.Status, err)
	}
	return token.Secret
}

func mustUnmarshal(t *testing.T, a answer, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.body), into); err != nil {
		t.Fatal(err)
	}
}

// toldLedger is what the ledger tells of change requests, and the index beside it.
type toldLedger struct {
	state     *state.State
	says      map[changerequest.ID]string              // the variant that a request gives its flags
	closed    map[changerequest.ID]changerequest.State // by the ledger
	indexed   map[changerequest.ID]changerequest.State // by the index
	applied   []changerequest.ID                       // in the order in which they were
	confirmed int
}

// mustTell reads the database of a server that is not running.
func mustTell(t *testing.T, folder string) *toldLedger {
	t.Helper()
	db, err := store.Open(t.Context(), store.Options{URL: "sqlite:" + filepath.Join(folder, "data", "quorate.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	l := &toldLedger{
		state: &state.State{}, says: map[changerequest.ID]string{},
		closed: map[changerequest.ID]changerequest.State{}, indexed: map[changerequest.ID]changerequest.State{},
	}
	var batch []ledger.Entry
	tell := func() {
		if len(batch) > 0 {
			l.mustTell(t, batch)
		}
		batch = nil
	}
	if _, err := db.Verify(t.Context(), ledger.Head{}, func(e ledger.Entry) error {
		if len(batch) > 0 && batch[0].Batch != e.Batch {
			tell()
		}
		batch = append(batch, e)
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	tell()
	rows, _, err := db.ClosedRequests(t.Context(), store.ClosedRequestFilter{})
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		l.indexed[changerequest.ID(row.ID)] = changerequest.State(row.State)
	}
	return l
}

// mustTell takes down one batch. One that applies a request changes all of its flags, others change none.
func (l *toldLedger) mustTell(t *testing.T, batch []ledger.Entry) {
	t.Helper()
	next, events, err := state.Fold(l.state, batch)
	if err != nil {
		t.Fatal(err)
	}
	l.state = next
	var applied changerequest.ID
	var changed []flag.Name
	for _, e := range events {
		switch p := e.Payload.(type) {
		case state.ChangeRequestEvent:
			switch fact := p.Fact.(type) {
			case changerequest.ChangeAdded:
				l.says[p.ID] = fact.Change.Payload.(change.PatchVariant).Variants[0].Name
			case changerequest.AppliedEvent:
				applied = p.ID
				l.applied = append(l.applied, p.ID)
				l.closed[p.ID] = changerequest.Applied
			}
		case state.FeatureEnvironmentVariantsUpdated:
			changed = append(changed, e.Feature)
		}
	}
	if want := len(parts); applied != 0 && len(changed) != want || applied == 0 && len(changed) > 0 {
		t.Errorf("the batch at revision %d applies request %d and changes the flags %v", batch[0].Revision, applied, changed)
	}
}

// check holds what the ledger tells, the state that it folds to, the index and what clients were told
// against each other.
func (l *toldLedger) check(t *testing.T, round int, appliers []*applier) {
	t.Helper()
	if diff := cmp.Diff(l.closed, l.indexed); diff != "" {
		t.Errorf("round %d: the index of closed requests is not what the ledger tells (-ledger +index):\n%s", round, diff)
	}
	newest := map[string]string{} // what the last applied request of each applier says
	for _, id := range l.applied {
		if l.state.ChangeRequest(id) != nil {
			t.Errorf("round %d: request %d is applied and open", round, id)
		}
		var name string
		var number int
		if _, err := fmt.Sscanf(l.says[id], "client-%1s.%d", &name, &number); err != nil {
			t.Fatalf("round %d: request %d says %q", round, id, l.says[id])
		}
		newest["client-"+name] = l.says[id]
	}
	for id := range l.says {
		if _, closed := l.closed[id]; !closed && l.state.ChangeRequest(id) == nil {
			t.Errorf("round %d: request %d is neither open nor closed", round, id)
		}
	}
	l.confirmed = 0
	for _, a := range appliers {
		for _, part := range parts {
			var got string
			if variants := l.state.Flag(flag.Name(a.name + "-" + part)).In("production").Variants; len(variants) > 0 {
				got = variants[0].Name
			}
			if got != newest[a.name] {
				t.Errorf("round %d: %s-%s has the variant %q, want %q as the last applied request says", round, a.name, part, got, newest[a.name])
			}
		}
		for _, id := range a.applied {
			if _, closed := l.closed[id]; !closed {
				t.Errorf("round %d: request %d was said to be applied, and is not", round, id)
			}
		}
		l.confirmed += len(a.applied)
	}
}
