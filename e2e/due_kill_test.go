package e2e_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestKillAroundDue lets many change requests fall due at the same instant, round after round, while two nodes
// are killed, or cut off from PostgreSQL, around that instant. Each request is applied exactly once; or, where no node
// was there within the grace, it is suspended with that reason, and then applied by hand.
func TestKillAroundDue(t *testing.T) {
	t.Parallel()
	const most = 30 // rounds with one ledger, all of which every node reads again when it starts
	for rounds := mustRounds(t, most); rounds > 0; rounds -= most {
		t.Run(fmt.Sprint(rounds, " rounds to go"), func(t *testing.T) {
			d := newDueStorm(t, 100)
			defer d.keepDatabase()
			for round := range min(rounds, most) {
				d.round(round, faults[round%len(faults)])
			}
			d.end(min(rounds, most))
		})
	}
}

// The two ways in which the nodes are set: for what comes late, and so that next to nothing may come late.
var (
	anHour  = "QUORATE_SCHEDULE_GRACE=1h"
	aSecond = "QUORATE_SCHEDULE_GRACE=1s"
)

// dueFault is what goes wrong around the instant at which requests are due. When exactly is up to chance.
type dueFault struct {
	name string
	// mayBeLate says that some of the requests may be suspended because no node was there in time.
	mayBeLate bool
	do        func(d *dueStorm, due time.Time)
}

// faults are what goes wrong, one after the other. Each leaves two nodes that run.
var faults = []dueFault{
	{"nothing", false, func(*dueStorm, time.Time) {}},
	{"a node is killed", false, func(d *dueStorm, due time.Time) {
		i := rand.IntN(2)
		waitUntil(due, -50, 300)
		d.nodes[i].kill()
		d.start(i, anHour)
	}},
	{"a node is cut off", false, func(d *dueStorm, due time.Time) {
		proxy := d.proxies[rand.IntN(2)]
		waitUntil(due, -100, 200)
		proxy.Cut()
		waitUntil(time.Now(), 50, 1200)
		proxy.Heal()
	}},
	{"both nodes are killed", false, func(d *dueStorm, due time.Time) {
		d.both(func(i int) {
			waitUntil(due, -50, 250)
			d.nodes[i].kill()
		})
		d.both(func(i int) { d.start(i, anHour) })
	}},
	{"both nodes miss the answer to a commit", false, func(d *dueStorm, due time.Time) {
		d.both(func(i int) {
			waitUntil(due, -20, 200)
			select {
			case <-d.proxies[i].CutCommit():
				waitUntil(time.Now(), 50, 700)
			case <-time.After(time.Second): // the other node has done everything
				d.proxies[i].Cut()
			}
			d.proxies[i].Heal()
		})
	}},
	{"nobody is there in time", true, func(d *dueStorm, due time.Time) {
		waitUntil(due, -300, -100)
		d.both(func(i int) { d.nodes[i].kill() })
		waitUntil(due, 1001, 1200)
		d.both(func(i int) { d.start(i, aSecond) })
	}},
	{"both nodes are cut off", false, func(d *dueStorm, due time.Time) {
		d.both(func(i int) {
			waitUntil(due, -100, 200)
			d.proxies[i].Cut()
			waitUntil(time.Now(), 50, 1200)
			d.proxies[i].Heal()
		})
	}},
	{"both nodes are down at the moment", false, func(d *dueStorm, due time.Time) {
		waitUntil(due, -300, -50)
		d.both(func(i int) { d.nodes[i].kill() })
		waitUntil(due, 50, 500)
		d.both(func(i int) { d.start(i, anHour) })
	}},
	{"a node is killed and the other cut off", false, func(d *dueStorm, due time.Time) {
		i := rand.IntN(2)
		waitUntil(due, -50, 200)
		d.proxies[1-i].Cut()
		waitUntil(time.Now(), 0, 200)
		d.nodes[i].kill()
		d.start(i, anHour)
		d.proxies[1-i].Heal()
	}},
	{"both nodes are killed, and back too late", true, func(d *dueStorm, due time.Time) {
		d.both(func(i int) {
			waitUntil(due, 0, 250)
			d.nodes[i].kill()
		})
		waitUntil(due, 1001, 1200)
		d.both(func(i int) { d.start(i, aSecond) })
	}},
	{"a node stands still", false, func(d *dueStorm, due time.Time) {
		process := d.nodes[rand.IntN(2)].cmd.Process
		waitUntil(due, -50, 200)
		d.signal(process, syscall.SIGSTOP)
		waitUntil(time.Now(), 50, 2500) // and so may a transaction of its, longer than others wait for a lock
		d.signal(process, syscall.SIGCONT)
	}},
}

// waitUntil waits until some milliseconds after an instant, at least and at most.
func waitUntil(at time.Time, least, most int) {
	time.Sleep(time.Until(at.Add(time.Duration(least+rand.IntN(most-least)) * time.Millisecond)))
}

// dueStorm is two nodes on one PostgreSQL, each behind a proxy of its own, and what the ledger has told so far.
type dueStorm struct {
	t        *testing.T
	postgres *storetest.PostgresServer
	database string
	proxies  []*storetest.Proxy
	folders  []string
	settings []string
	nodes    []*server
	graces   []string
	authors  []string // tokens, one for each flag: nobody can have two requests in review in a place
	reviewer string   // the token of whoever approves and schedules
	// strategies are one of each flag in production, by id, which requests change.
	strategies []string

	db     *store.DB // past the proxies
	ledger dueLedger
	counts struct{ applied, suspended int }
}

// dueClients are how many call the nodes at the same time.
const dueClients = 8

// dueBackendToken is what an SDK reads production with.
const dueBackendToken = "*:production.e2e-backend-0123456789"

// requestLines are what a node logs of requests, which are thousands in each round.
var requestLines = regexp.MustCompile(`(?m)^.* msg=request .*\n`)

// newDueStorm starts the nodes for the first time, with so many flags, in a production that is protected.
func newDueStorm(t *testing.T, flags int, settings ...string) *dueStorm {
	t.Helper()
	postgres := storetest.StartPostgres(t)
	d := &dueStorm{t: t, postgres: postgres, database: postgres.URL, nodes: make([]*server, 2), graces: make([]string, 2)}
	d.settings = append([]string{
		"INIT_ADMIN_API_TOKENS=" + adminToken, "INIT_BACKEND_API_TOKENS=" + dueBackendToken,
		"UNLEASH_DEFAULT_ADMIN_USERNAME=reviewer", "UNLEASH_DEFAULT_ADMIN_PASSWORD=" + reviewerPassword,
		"QUORATE_SECRET_KEY=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
	}, settings...)
	for i := range d.nodes {
		d.folders = append(d.folders, filepath.Join(t.ArtifactDir(), fmt.Sprint("node-", i)))
		if err := os.Mkdir(d.folders[i], 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		for i, s := range d.nodes {
			if s != nil {
				s.kill()
				d.keepOutput(i)
			}
			if t.Failed() {
				output, err := os.ReadFile(d.log(i))
				t.Logf("the output of node %d: %v\n%s", i, err, output)
			}
		}
	})
	for i := range d.nodes {
		d.proxies = append(d.proxies, storetest.NewProxy(t, d.database))
		d.start(i, anHour)
	}
	s := d.nodes[0]
	d.reviewer = mustSignIn(t, s)
	s.mustCreate(t, dueProbe)
	for i := range flags {
		s.mustCall(t, http.StatusCreated, http.MethodPost, "/api/admin/projects/default/features", adminToken, fmt.Sprintf(`{"name":%q}`, dueFlag(i)))
		d.authors = append(d.authors, mustAuthor(t, s, fmt.Sprint("author-", i)))
		var strategy struct{ ID string }
		mustUnmarshal(t, s.mustCall(t, http.StatusOK, http.MethodPost, fmt.Sprintf("/api/admin/projects/default/features/%s/environments/production/strategies", dueFlag(i)),
			adminToken, `{"name":"flexibleRollout"}`), &strategy)
		d.strategies = append(d.strategies, strategy.ID)
	}
	s.mustCall(t, http.StatusNoContent, http.MethodPut, proposals+"/config", adminToken, `{"changeRequestsEnabled":true,"requiredApprovals":1}`)
	db, err := store.Open(t.Context(), store.Options{URL: d.database})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	d.db, d.ledger = db, dueLedger{state: &state.State{}}
	return d
}

// dueProbe is a flag that no request changes.
const dueProbe = "probe"

func dueFlag(i int) flag.Name { return flag.Name(fmt.Sprint("due-", i)) }

// start starts a node, which has ended or was never there.
func (d *dueStorm) start(i int, grace string) {
	if d.nodes[i] != nil {
		d.keepOutput(i)
	}
	s, err := start(d.folders[i], append(slices.Clone(d.settings), "QUORATE_DATABASE="+d.proxies[i].URL(), grace))
	if err != nil {
		d.t.Errorf("a node does not start: %v", err)
		return
	}
	d.nodes[i], d.graces[i] = s, grace
}

// keepDatabase writes the database down if the test has failed. It is for defer: cleanups come after the database's end.
func (d *dueStorm) keepDatabase() {
	if d.t.Failed() {
		d.postgres.Dump(d.t, filepath.Join(d.t.ArtifactDir(), "database.sql"))
	}
}

// log is the path of what a node has printed, whenever it ran.
func (d *dueStorm) log(i int) string { return filepath.Join(d.folders[i], "log") }

// keepOutput adds what a node that has ended has printed to its log.
func (d *dueStorm) keepOutput(i int) {
	log, err := os.OpenFile(d.log(i), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		_, err = log.WriteString(requestLines.ReplaceAllString(d.nodes[i].output.String(), ""))
		err = errors.Join(err, log.Close())
	}
	if err != nil {
		d.t.Errorf("keep the output of a node: %v", err)
	}
}

func (d *dueStorm) signal(process *os.Process, signal os.Signal) {
	if err := process.Signal(signal); err != nil {
		d.t.Errorf("%s: %v", signal, err)
	}
}

// both does something for both nodes at the same time.
func (d *dueStorm) both(do func(i int)) {
	var work sync.WaitGroup
	for i := range d.nodes {
		work.Go(func() { do(i) })
	}
	work.Wait()
}

// round has one change of each flag scheduled for the same instant, lets something go wrong then, and checks what
// has become of each request.
func (d *dueStorm) round(round int, wrong dueFault) {
	d.t.Helper()
	wanted := fmt.Sprint("round-", round)
	began := time.Now()
	requests := d.propose(wanted)
	proposed := time.Now()
	// That were two calls for each request; scheduling is a third, and is to be done before the time comes.
	due := proposed.Add(500*time.Millisecond + proposed.Sub(began)*2/3).Truncate(time.Millisecond)
	d.schedule(requests, due)
	early := time.Until(due)
	wrong.do(d, due)
	if d.t.Failed() {
		d.t.FailNow()
	}
	eventually(d.t, time.Minute, fmt.Sprintf("round %d (%s): each request is applied, or left with a reason", round, wrong.name), func() bool {
		d.ledger.read(d.t, d.db)
		return d.ledger.settled(requests)
	})
	ended := time.Now()
	first, last, late := d.check(round, wrong, requests)
	for i, grace := range d.graces {
		if grace != anHour {
			d.nodes[i].kill()
			d.start(i, anHour)
		}
	}
	d.apply(late)
	eventually(d.t, 30*time.Second, "what was applied is served", func() bool {
		return d.writes() && d.served(0, wanted) && d.served(1, wanted)
	})
	d.t.Logf("round %d: %s; proposed in %s, scheduled %s ahead; settled %s after; applied %s to %s after their time; %d too late",
		round, wrong.name, proposed.Sub(began).Round(time.Millisecond), early.Round(time.Millisecond), ended.Sub(due).Round(time.Millisecond), first, last, len(late))
	d.counts.applied += len(requests)
	d.counts.suspended += len(late)
}

// each calls do for every number below n, several at the same time.
func (d *dueStorm) each(n int, do func(i int) error) {
	d.t.Helper()
	var clients sync.WaitGroup
	for client := range dueClients {
		clients.Go(func() {
			for i := client; i < n; i += dueClients {
				if err := do(i); err != nil {
					d.t.Error(err)
					return
				}
			}
		})
	}
	clients.Wait()
	if d.t.Failed() {
		d.t.FailNow()
	}
}

// propose has a change of each flag proposed and approved, and returns the requests in the order of the flags.
func (d *dueStorm) propose(says string) []changerequest.ID {
	d.t.Helper()
	ids := make([]changerequest.ID, len(d.strategies))
	body := fmt.Sprintf(`{"name":"flexibleRollout","parameters":{"rollout":"50","stickiness":"default","groupId":%q}}`, says)
	d.each(len(ids), func(i int) error {
		s := d.nodes[i%2]
		a, err := s.call(d.t.Context(), http.MethodPut, fmt.Sprintf("/api/admin/projects/default/features/%s/environments/production/strategies/%s", dueFlag(i), d.strategies[i]),
			d.authors[i], body, "Quorate-Change-Request", "submit")
		if err != nil {
			return err
		}
		if a.status != http.StatusAccepted {
			return refusedError{a}
		}
		var r struct{ ID changerequest.ID }
		if err := json.Unmarshal([]byte(a.body), &r); err != nil {
			return err
		}
		ids[i] = r.ID
		return d.put(s, r.ID, `{"state":"Approved"}`)
	})
	return ids
}

// put leads a request to another state, in the reviewer's name.
func (d *dueStorm) put(s *server, id changerequest.ID, body string) error {
	return s.done(d.t.Context(), http.MethodPut, fmt.Sprintf("%s/%d/state", changeRequests, id), d.reviewer, body)
}

// schedule has requests applied at an instant; on a machine so slow that it has passed by then, a second from now.
func (d *dueStorm) schedule(ids []changerequest.ID, due time.Time) {
	d.t.Helper()
	d.each(len(ids), func(i int) error {
		for at := due; ; at = time.Now().Add(time.Second) {
			err := d.put(d.nodes[i%2], ids[i], fmt.Sprintf(`{"state":"Scheduled","scheduledAt":%q}`, at.UTC().Format(time.RFC3339Nano)))
			if err == nil || at.After(time.Now()) {
				return err
			}
		}
	})
}

// apply applies requests by hand.
func (d *dueStorm) apply(ids []changerequest.ID) {
	d.t.Helper()
	d.each(len(ids), func(i int) error { return d.put(d.nodes[i%2], ids[i], `{"state":"Applied"}`) })
}

// writes reports whether both nodes take writes again: one switches a flag on, the other off.
func (d *dueStorm) writes() bool {
	d.t.Helper()
	return !slices.ContainsFunc([]int{0, 1}, func(i int) bool {
		a, err := d.nodes[i].call(d.t.Context(), http.MethodPost, toggle(dueProbe, i == 0), adminToken, "")
		if err != nil {
			d.t.Fatal(err)
		}
		return a.status != http.StatusOK
	})
}

// served reports whether an SDK gets what the last requests say from a node.
func (d *dueStorm) served(node int, says string) bool {
	d.t.Helper()
	var body struct {
		Features []struct {
			Name       string
			Strategies []struct{ Parameters struct{ GroupID string } }
		}
	}
	if err := d.nodes[node].get(d.t.Context(), "/api/client/features", dueBackendToken, &body); err != nil {
		d.t.Fatal(err)
	}
	n := 0
	for _, f := range body.Features {
		if len(f.Strategies) == 1 && f.Strategies[0].Parameters.GroupID == says {
			n++
		}
	}
	return n == len(d.strategies)
}

// check holds what has become of the requests of a round, according to the ledger, against what may. It returns how
// long after their time the first and the last of them were applied, and those that were too late.
func (d *dueStorm) check(round int, wrong dueFault, ids []changerequest.ID) (first, last time.Duration, late []changerequest.ID) {
	d.t.Helper()
	for _, id := range ids {
		r := &d.ledger.requests[id-1]
		switch {
		case r.suspended == nil && len(r.applied) == 1:
			after := r.applied[0].Sub(r.due)
			if last = max(last, after); first == 0 || after < first {
				first = after
			}
			if after < 0 {
				d.t.Errorf("round %d (%s): request %d was applied %s before its time", round, wrong.name, id, -after)
			}
		case r.suspended != nil && len(r.applied) == 0 && wrong.mayBeLate && r.suspended.Cause.Kind == changerequest.TooLate && r.suspended.Reason != "":
			late = append(late, id)
		default:
			d.t.Errorf("round %d (%s): request %d was applied %d times, suspended: %+v, failed: %q", round, wrong.name, id, len(r.applied), r.suspended, r.failed)
		}
	}
	if d.t.Failed() {
		d.t.FailNow()
	}
	return first, last, late
}

// end stops the nodes, and holds the whole ledger against the index of closed requests.
func (d *dueStorm) end(rounds int) {
	d.t.Helper()
	for _, s := range d.nodes {
		if err := s.stop(); err != nil {
			d.t.Errorf("stop: %v", err)
		}
	}
	output, err := run(d.folders[0], "ledger", "verify", "--database", d.database)
	if err != nil {
		d.t.Fatalf("ledger verify: %v\n%s", err, output)
	}
	d.ledger.read(d.t, d.db)
	applied, indexed := map[int64]string{}, map[int64]string{}
	for i, r := range d.ledger.requests {
		if len(r.applied) != 1 {
			d.t.Errorf("request %d was applied %d times", i+1, len(r.applied))
		}
		applied[int64(i+1)] = string(changerequest.Applied)
	}
	rows, _, err := d.db.ClosedRequests(d.t.Context(), store.ClosedRequestFilter{})
	if err != nil {
		d.t.Fatal(err)
	}
	for _, row := range rows {
		indexed[row.ID] = row.State
	}
	if diff := cmp.Diff(applied, indexed); diff != "" || len(applied) != rounds*len(d.strategies) {
		d.t.Errorf("%d requests were applied, want %d; the index of closed requests (-ledger +index):\n%s", len(applied), rounds*len(d.strategies), diff)
	}
	d.t.Logf("%d rounds; %d requests, %d of them after they had been too late\n%s", rounds, d.counts.applied, d.counts.suspended, output)
}

// dueLedger is what the ledger tells of requests that are applied at their time.
type dueLedger struct {
	state    *state.State
	requests []dueRequest // by id, from 1
}

// dueRequest is what became of a request.
type dueRequest struct {
	feature   flag.Name
	says      string // the group id that it gives the flag's strategy
	by        access.Ref
	due       time.Time
	applied   []time.Time
	suspended *changerequest.ScheduleSuspended
	failed    string // why
}

// settled reports whether the ledger tells of all of the requests what has become of them.
func (l *dueLedger) settled(ids []changerequest.ID) bool {
	return !slices.ContainsFunc(ids, func(id changerequest.ID) bool {
		if int(id) > len(l.requests) {
			return true
		}
		r := l.state.ChangeRequest(id)
		return r != nil && (r.Schedule == nil || r.Schedule.Status == changerequest.Pending)
	})
}

// read takes down what has been appended since it was last called.
func (l *dueLedger) read(t *testing.T, db *store.DB) {
	t.Helper()
	entries, err := db.Tail(t.Context(), l.state.Revision(), 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for len(entries) > 0 {
		size := entries[0].Size
		l.mustTell(t, entries[:size])
		entries = entries[size:]
	}
}

// mustTell takes down one batch. One that applies a request changes its flag as the request says, and no other changes one.
func (l *dueLedger) mustTell(t *testing.T, batch []ledger.Entry) {
	t.Helper()
	next, events, err := state.Fold(l.state, batch)
	if err != nil {
		t.Fatal(err)
	}
	l.state = next
	want, got := map[flag.Name]string{}, map[flag.Name]string{}
	for _, e := range events {
		switch p := e.Payload.(type) {
		case state.ChangeRequestEvent:
			for int(p.ID) > len(l.requests) {
				l.requests = append(l.requests, dueRequest{})
			}
			r := &l.requests[p.ID-1]
			switch fact := p.Fact.(type) {
			case changerequest.ChangeAdded:
				r.feature = fact.Change.Feature
				r.says = fact.Change.Payload.(change.UpdateStrategy).Parameters["groupId"]
			case changerequest.ScheduledEvent:
				r.by, r.due = access.Ref(e.Stored.Actor), fact.At
			case changerequest.ScheduleSuspended:
				r.suspended = &fact
			case changerequest.ScheduleFailed:
				r.failed = fact.Reason
			case changerequest.AppliedEvent:
				r.applied = append(r.applied, e.Stored.At)
				want[r.feature] = r.says
				if by := access.Ref(e.Stored.Actor); by != r.by {
					t.Errorf("request %d was applied by %s, want by %s, who scheduled it", p.ID, by, r.by)
				}
			}
		case state.FeatureStrategyUpdated:
			got[e.Feature] = p.After.Parameters["groupId"]
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the batch at revision %d changes other flags than those of the requests that it applies (-want +got):\n%s", batch[0].Revision, diff)
	}
}
