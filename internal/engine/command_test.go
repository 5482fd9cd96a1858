package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestDo follows one write: what it returns, what is stored, and who has seen it by then.
func TestDo(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Now().Truncate(time.Second).Add(123_456_789) // a fraction that is cut
		e := mustOpen(t, db, func(o *engine.Options) { o.Now = func() time.Time { return now } })
		before := mustBegin(t, e)
		var seen []engine.Change
		e.Subscribe(func(c engine.Change) {
			if e.State() != c.After {
				t.Error("State does not return the new state while a subscriber is told of it")
			}
			seen = append(seen, c)
		})

		scope := state.Scope{Project: "default", Environment: flagtest.Production, Feature: "billing-limit"}
		got := mustDo(t, e, engine.Command{
			Actor:  access.Actor{Ref: "user:7"},
			Origin: store.Origin{IP: "192.0.2.1", UserAgent: "test", At: now},
			Decide: func(s *state.State) ([]state.Event, error) {
				return []state.Event{setting("a", "1"), {Scope: scope, Group: ledger.Group{Kind: "test", ID: 3}, Payload: state.SettingUpdated{ID: "b", After: "2"}}}, nil
			},
		})

		if got.Revision() != before.Revision()+2 || got.Setting("a") != "1" || got.Setting("b") != "2" || e.State() != got {
			t.Errorf("got revision %d with the settings %q and %q, want %d with 1 and 2", got.Revision(), got.Setting("a"), got.Setting("b"), before.Revision()+2)
		}
		if len(seen) != 1 || seen[0].Before != before || seen[0].After != got || len(seen[0].Events) != 2 {
			t.Fatalf("subscribers were told %d changes, want one of two events", len(seen))
		}
		entries, err := db.Tail(t.Context(), before.Revision(), 10)
		if err != nil || len(entries) != 2 {
			t.Fatalf("tail: got %d entries, %v, want 2", len(entries), err)
		}
		second := entries[1].Event
		want := ledger.Event{
			Revision: before.Revision() + 2, Batch: second.Batch, Index: 1, Size: 2, At: now.UTC().Truncate(time.Microsecond),
			Actor: "user:7", Type: "setting-updated", Project: "default", Environment: "production", Feature: "billing-limit",
			Group: ledger.Group{Kind: "test", ID: 3}, Payload: []byte(`{"id":"b","after":"2"}`),
		}
		if diff := cmp.Diff(want, second); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
		origins, err := db.Origins(t.Context(), second.Batch)
		if err != nil || origins[second.Batch].IP != "192.0.2.1" {
			t.Errorf("origins: got %v, %v, want the command's", origins, err)
		}
		if status := e.Status(); !status.Ready || !status.CanWrite || status.Head != got.Head() || status.Reason != "" || status.WriteReason != "" {
			t.Errorf("got status %+v, want all well", status)
		}
	})
}

// TestDoRefused holds that whatever goes wrong on the way leaves nothing behind.
func TestDoRefused(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mustOpen(t, db)
		before := mustBegin(t, e)
		e.Subscribe(func(c engine.Change) { t.Errorf("subscribers were told of revision %d", c.After.Revision()) })
		refusal := fault.New(fault.Conflict, "No.")
		broken := errors.New("broken")
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		decided := func(events []state.Event, err error) engine.Command {
			return engine.Command{Actor: access.System(), Decide: func(*state.State) ([]state.Event, error) { return events, err }}
		}
		also := func(err error) engine.Command {
			c := decided([]state.Event{setting("a", "1")}, nil)
			c.Origin = store.Origin{IP: "192.0.2.1"}
			c.Also = func(tx *store.Tx) error {
				if err := tx.PutSealed("test", "1", []byte{1}); err != nil {
					return err
				}
				return err
			}
			return c
		}
		for name, test := range map[string]struct {
			ctx     context.Context
			command engine.Command
			want    func(error) bool
		}{
			"Decide's fault":             {t.Context(), decided(nil, refusal), func(err error) bool { return errors.Is(err, error(refusal)) }},
			"Decide's error":             {t.Context(), decided(nil, broken), func(err error) bool { return errors.Is(err, broken) }},
			"Also's fault":               {t.Context(), also(refusal), func(err error) bool { return errors.Is(err, error(refusal)) }},
			"Also's error":               {t.Context(), also(broken), func(err error) bool { return errors.Is(err, broken) }},
			"an event that does not fit": {t.Context(), decided([]state.Event{setting("a", "1"), {Payload: state.FeatureArchived{}}}, nil), func(err error) bool { return errors.As(err, new(*state.MisfitError)) }},
			"a caller who is gone":       {canceled, decided([]state.Event{setting("a", "1")}, nil), func(err error) bool { return errors.Is(err, context.Canceled) }},
		} {
			if s, err := e.Do(test.ctx, test.command); err == nil || !test.want(err) {
				t.Errorf("%s: got %v, %v", name, s, err)
			}
		}
		if s, err := e.Do(t.Context(), decided(nil, nil)); s != before || err != nil {
			t.Errorf("no events: got %v, %v, want the state that is", s, err)
		}
		head, err := db.Head(t.Context())
		if err != nil || head != before.Head() || e.State() != before {
			t.Errorf("got head %v, %v, want %v", head, err, before.Head())
		}
		if boxes, err := db.Sealed(t.Context(), "test"); err != nil || len(boxes) != 0 {
			t.Errorf("got boxes %v, %v, want none", boxes, err)
		}
	})
}

// TestAlso holds that plain rows are written with the batch.
func TestAlso(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mustOpen(t, db)
		mustBegin(t, e)
		c := writing(setting("a", "1"))
		c.Also = func(tx *store.Tx) error { return tx.PutSealed("test", "1", []byte{7}) }
		mustDo(t, e, c)
		boxes, err := db.Sealed(t.Context(), "test")
		if diff := cmp.Diff(map[string][]byte{"1": {7}}, boxes); err != nil || diff != "" {
			t.Errorf("got %v (-want +got):\n%s", err, diff)
		}
	})
}

// TestTimeNeverRunsBackwards holds for a clock that does.
func TestTimeNeverRunsBackwards(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	now := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
	e := mustOpen(t, db, func(o *engine.Options) { o.Now = func() time.Time { return now } })
	first := mustBegin(t, e).At()
	now = now.Add(-time.Hour)
	if got := mustDo(t, e, writing(setting("a", "1"))).At(); !got.Equal(first) {
		t.Errorf("an hour earlier: got %v, want %v", got, first)
	}
	now = first.Add(time.Second + time.Nanosecond)
	if got, want := mustDo(t, e, writing(setting("a", "2"))).At(), first.Add(time.Second); !got.Equal(want) {
		t.Errorf("a second later: got %v, want %v", got, want)
	}
}

// TestWriters lets eight nodes write at once. Every decision must be made on exactly the state that
// it is appended to: then each leaves one setting.
func TestWriters(t *testing.T) {
	t.Parallel()
	const nodes, commands = 8, 25
	storetest.EachNodes(t, nodes, func(t *testing.T, dbs []*store.DB) {
		mustBegin(t, mustOpen(t, dbs[0]))
		engines := make([]*engine.Engine, nodes)
		var writing sync.WaitGroup
		for i, db := range dbs {
			engines[i] = mustOpen(t, db)
			var last int64
			engines[i].Subscribe(func(c engine.Change) {
				if c.Before.Revision() < last || c.After.Revision() != c.Before.Revision()+1 {
					t.Errorf("node %d was told of revision %d after %d", i, c.After.Revision(), last)
				}
				last = c.After.Revision()
			})
			writing.Go(func() {
				for range commands {
					s, err := engines[i].Do(t.Context(), counting("n"))
					if err != nil {
						t.Errorf("node %d: %v", i, err)
						return
					}
					if last < s.Revision() {
						t.Errorf("node %d: Do returned revision %d before subscribers had seen it", i, s.Revision())
					}
				}
			})
		}
		writing.Wait()
		var refused int64
		for i, e := range engines {
			mustDo(t, e, counting("last")) // catches up
			if got := count(e.State(), "n"); got != nodes*commands {
				t.Errorf("node %d: got %d settings, want %d", i, got, nodes*commands)
			}
			refused += e.Status().Refused
		}
		if refused == 0 {
			t.Error("no append was refused; the nodes did not meet")
		}
		t.Logf("%d commands, %d refusals", nodes*commands, refused)
	})
}

// TestSlowDecision holds that a decision that always loses the race gets its turn under the
// lock: then the others wait for it.
func TestSlowDecision(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 8, func(t *testing.T, dbs []*store.DB) {
		slow := mustOpen(t, dbs[0])
		mustBegin(t, slow)
		fast := make([]*engine.Engine, len(dbs)-1)
		for i := range fast {
			fast[i] = mustOpen(t, dbs[i+1])
		}
		appended := make(chan error, len(fast))
		write := func() {
			for _, e := range fast {
				go func() {
					_, err := e.Do(t.Context(), counting("fast"))
					appended <- err
				}()
			}
		}
		runs := 0
		command := counting("slow")
		decide := command.Decide
		command.Decide = func(s *state.State) ([]state.Event, error) {
			runs++
			write()
			if runs <= 3 {
				for range fast { // all of them are faster
					if err := <-appended; err != nil {
						t.Errorf("fast: %v", err)
					}
				}
				return decide(s)
			}
			select {
			case err := <-appended:
				t.Errorf("run %d: another node appended (%v) while this one had the lock", runs, err)
			case <-time.After(200 * time.Millisecond): // long enough for those that do not wait
			}
			return decide(s)
		}
		mustDo(t, slow, command)
		for range fast {
			if err := <-appended; err != nil {
				t.Errorf("fast, after the slow one: %v", err)
			}
		}
		if status := slow.Status(); runs != 4 || status.Refused != 3 || status.Locked != 1 {
			t.Errorf("got %d runs, %d refusals and the lock %d times; want 4, 3 and 1", runs, status.Refused, status.Locked)
		}
		mustDo(t, slow, counting("slow"))
		if got := count(slow.State(), "fast"); got != 4*len(fast) {
			t.Errorf("got %d settings of the fast ones, want %d", got, 4*len(fast))
		}
	})
}

// TestRefusalIsNews holds that a command is not refused because of what this node has not heard yet.
func TestRefusalIsNews(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
		here, there := mustOpen(t, dbs[0]), mustOpen(t, dbs[1])
		mustBegin(t, here)
		runs := 0
		got := mustDo(t, there, engine.Command{Actor: access.System(), Decide: func(s *state.State) ([]state.Event, error) {
			runs++
			if s.Project("default") == nil {
				return nil, fault.New(fault.NotFound, "There is no such project.")
			}
			return []state.Event{setting("a", "1")}, nil
		}})
		if runs != 2 || got.Setting("a") != "1" {
			t.Errorf("got %d runs and the setting %q, want 2 and 1", runs, got.Setting("a"))
		}
		// What is still refused is refused.
		_, err := here.Do(t.Context(), engine.Command{Actor: access.System(), Decide: func(s *state.State) ([]state.Event, error) {
			return nil, fault.New(fault.NotFound, "%d", s.Revision())
		}})
		if want := fmt.Sprint(got.Revision()); !fault.Is(err, fault.NotFound) || err.Error() != want {
			t.Errorf("got %v, want the refusal of revision %s", err, want)
		}
	})
}

// TestGate holds that the engine asks the gate, and records a bypass with what it let through.
func TestGate(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		e := mustOpen(t, db)
		s := mustBegin(t, e)
		var f *flag.Flag
		for f = range s.Flags() {
			if !f.Archived() {
				break
			}
		}
		at := func(env flag.EnvironmentName) state.Scope {
			return state.Scope{Project: f.Project, Environment: env, Feature: f.Name}
		}
		before := mustDo(t, e, writing(
			state.Event{Scope: at(flagtest.Production), Payload: state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 1}}},
			state.Event{Scope: at(flagtest.Staging), Payload: state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 1}}},
		))
		toggle := func(actor access.Actor, envs ...flag.EnvironmentName) engine.Command {
			return engine.Command{Actor: actor, Reason: "The shop is down.", Decide: func(s *state.State) ([]state.Event, error) {
				var events []state.Event
				for _, env := range envs {
					events = append(events, flagtest.Toggle(s.Flag(f.Name), env))
				}
				return events, nil
			}}
		}
		grant := func(p access.Permission, env flag.EnvironmentName) access.Actor {
			return access.Actor{Ref: "user:9", Grants: []access.Grant{{Permission: p, Project: f.Project, Environment: env}}}
		}

		editor := grant(access.UpdateFeatureEnvironment, "")
		_, err := e.Do(t.Context(), toggle(editor, flagtest.Development, flagtest.Production))
		if f := fault.As(err); f == nil || f.Kind != fault.Permission || !strings.Contains(f.Message, string(access.SkipChangeRequest)) {
			t.Errorf("an editor: got %v, want a fault that names %s", err, access.SkipChangeRequest)
		}
		if e.State() != before {
			t.Errorf("a refused command left revision %d, want %d", e.State().Revision(), before.Revision())
		}
		for _, test := range []struct {
			name  string
			actor access.Actor
			envs  []flag.EnvironmentName
			want  string // the record of the bypass
			scope string
		}{
			{"where nothing is protected", editor, []flag.EnvironmentName{flagtest.Development}, "", ""},
			{
				"an admin",
				access.Actor{Ref: "user:1", Grants: []access.Grant{{Permission: access.Admin}}},
				[]flag.EnvironmentName{flagtest.Development, flagtest.Production},
				`{"environments":["production"],"reason":"The shop is down."}`, "production",
			},
			{
				"who may there", grant(access.SkipChangeRequest, flagtest.Production),
				[]flag.EnvironmentName{flagtest.Production},
				`{"environments":["production"],"reason":"The shop is down."}`, "production",
			},
			{
				"who may in both", grant(access.SkipChangeRequest, ""),
				[]flag.EnvironmentName{flagtest.Staging, flagtest.Production},
				`{"environments":["production","staging"],"reason":"The shop is down."}`, "",
			},
		} {
			before := e.State()
			mustDo(t, e, toggle(test.actor, test.envs...))
			entries, err := db.Tail(t.Context(), before.Revision(), 10)
			if err != nil {
				t.Fatal(err)
			}
			last := entries[len(entries)-1]
			if test.want == "" {
				if len(entries) != len(test.envs) {
					t.Errorf("%s: got %d events, want %d", test.name, len(entries), len(test.envs))
				}
				continue
			}
			if len(entries) != len(test.envs)+1 || last.Type != "change-requests-bypassed" || string(last.Payload) != test.want ||
				last.Project != string(f.Project) || last.Environment != test.scope || last.Batch != entries[0].Batch {
				t.Errorf("%s: got %d events, the last of them %s in %q %q: %s; want a bypass in the same batch: %s",
					test.name, len(entries), last.Type, last.Project, last.Environment, last.Payload, test.want)
			}
		}
	})
}

// TestTurns holds that the commands of one node go one after the other, and that a caller need not wait.
func TestTurns(t *testing.T) {
	t.Parallel()
	e := mustOpen(t, storetest.Open(t, storetest.SQLite(t)))
	mustBegin(t, e)
	deciding, decide := make(chan struct{}), make(chan struct{})
	var order []string
	var commands sync.WaitGroup
	commands.Go(func() {
		_, err := e.Do(t.Context(), engine.Command{Actor: access.System(), Decide: func(*state.State) ([]state.Event, error) {
			close(deciding)
			<-decide
			order = append(order, "first")
			return []state.Event{setting("a", "1")}, nil
		}})
		if err != nil {
			t.Error(err)
		}
	})
	<-deciding
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := e.Do(ctx, counting("n")); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a caller who does not wait: got %v, want %v", err, context.DeadlineExceeded)
	}
	commands.Go(func() {
		_, err := e.Do(t.Context(), engine.Command{Actor: access.System(), Decide: func(s *state.State) ([]state.Event, error) {
			order = append(order, "second after "+s.Setting("a"))
			return nil, nil
		}})
		if err != nil {
			t.Error(err)
		}
	})
	close(decide)
	commands.Wait()
	if want := []string{"first", "second after 1"}; !slices.Equal(order, want) {
		t.Errorf("got %q, want %q", order, want)
	}
	if got := e.Status().Refused; got != 0 {
		t.Errorf("got %d refusals on one node, want none", got)
	}
}
