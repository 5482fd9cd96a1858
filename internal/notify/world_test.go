package notify_test

import (
	"flag"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	flags "github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/identity"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/notify"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

var update = flag.Bool("update", false, "rewrite golden files and docs/notifications.md")

// The people of every world. Ada proposes, bo and cy may approve in production, dee and eve are in the
// group team, and fay has nothing to do with any of it.
const (
	root int64 = iota + 1
	ada
	bo
	cy
	dee
	eve
	fay
	robot // a service account
)

var names = map[int64]string{root: "root", ada: "ada", bo: "bo", cy: "cy", dee: "dee", eve: "eve", fay: "fay", robot: "robot"}

const (
	team     int64         = 1
	approver access.RoleID = 7
)

var (
	noon       = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)
	production = changerequest.Place{Project: "shop", Environment: "production"}
	hush       = changerequest.Place{Project: "hush", Environment: "production"} // private: ada and bo are members
)

// world is an instance with people, on one node, and what tells them.
type world struct {
	*notify.Notify
	db     *store.DB
	engine *engine.Engine
	keys   *identity.Keyring

	mu  sync.Mutex
	now time.Time // of Notify; the ledger has the real one
}

func (w *world) clock() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = w.now.Add(d)
}

// newWorld makes an instance on an empty database. Mails are written down, and sent if they can.
func newWorld(t testing.TB, db *store.DB, mail *notify.SMTP) *world {
	t.Helper()
	w := openWorld(t, db, mail)
	must(t, w.Begin(t.Context()))
	event := func(project flags.ProjectID, p state.Payload) state.Event {
		return state.Event{Scope: state.Scope{Project: project}, Payload: p}
	}
	events := []state.Event{
		event("", state.LedgerCreated{ID: uuid.NewString(), Format: state.Format}),
		event("", state.EnvironmentCreated{Environment: flags.Environment{Name: "production", Type: "production", Enabled: true}}),
	}
	for _, role := range access.BuiltInRoles() {
		events = append(events, event("", state.RoleCreated{Role: role}))
	}
	events = append(events, event("", state.RoleCreated{Role: access.Role{
		ID: approver, Name: "Approver", Type: access.CustomProjectRole,
		Permissions: []access.RolePermission{{Permission: access.ApproveChangeRequest, Environment: "production"}},
	}}))
	for id := root; id <= fay; id++ {
		role := access.RoleViewer
		if id == root {
			role = access.RoleAdmin
		}
		events = append(events, event("", state.UserCreated{ID: id, RootRole: role}))
	}
	events = append(events, event("", state.ServiceAccountCreated{ID: robot, RootRole: access.RoleViewer}))
	for id, mode := range map[flags.ProjectID]flags.Mode{"shop": flags.ModeOpen, "hush": flags.ModePrivate} {
		events = append(events, event(id, state.ProjectCreated{Project: flags.Project{
			ID: id, Name: string(id), Mode: mode, Environments: []flags.ProjectEnvironment{{Environment: "production"}},
		}}))
	}
	events = append(events,
		state.Event{Scope: state.Scope{Project: "shop", Feature: "checkout"}, Payload: state.FeatureCreated{Flag: flags.Flag{
			Name: "checkout", Project: "shop", Type: "release", CreatedAt: noon, CreatedBy: string(user(ada)), Environments: []flags.FlagEnvironment{{Environment: "production"}},
		}}},
		event("", state.GroupCreated{Group: access.Group{ID: team, Name: "Team", Members: []access.Member{{Account: dee}, {Account: eve}}}}),
		event("shop", state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(bo), state.AccountSubject(cy)}, Roles: []access.RoleID{approver}}),
		event("hush", state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(ada), state.AccountSubject(bo)}, Roles: []access.RoleID{access.RoleMember}}),
	)
	w.happen(t, access.SystemRef, events...)
	must(t, db.Update(t.Context(), func(tx *store.Tx) error {
		for id, name := range names {
			kind := access.KindUser
			if id == robot {
				kind = access.KindServiceAccount
			}
			if err := tx.AddPerson(store.Person{ID: id, Kind: string(kind), Name: "", Username: name, Email: name + "@example.com", CreatedAt: noon}); err != nil {
				return err
			}
		}
		return nil
	}))
	return w
}

// openWorld is another node of an instance.
func openWorld(t testing.TB, db *store.DB, mail *notify.SMTP) *world {
	t.Helper()
	w := &world{db: db, now: noon}
	var err error
	w.engine, err = engine.Open(t.Context(), engine.Options{
		DB: db, Log: slog.New(slog.DiscardHandler), Now: time.Now, // that of the database
		NewID: func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
	})
	must(t, err)
	w.keys, err = identity.NewKeyring(make([]byte, 32))
	must(t, err)
	w.Notify = notify.New(notify.Options{
		DB: db, State: w.engine.State, Now: w.clock, NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
		Keys: w.keys, Log: slog.New(slog.DiscardHandler), URL: "https://flags.example.com", Mail: mail,
	})
	return w
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("got %v, want no error", err)
	}
}

// happen writes the events of one batch.
func (w *world) happen(t testing.TB, by access.Ref, events ...state.Event) {
	t.Helper()
	actor, known := w.engine.State().Actor(by.Account())
	if !known {
		actor = access.Actor{Ref: by}
	}
	_, err := w.engine.Do(t.Context(), engine.Command{
		Actor: actor, Decide: func(*state.State) ([]state.Event, error) { return events, nil },
	})
	must(t, err)
}

func user(id int64) access.Ref { return access.NewRef(access.KindUser, id) }

// say writes facts about a request, in one batch.
func (w *world) say(t testing.TB, by int64, id changerequest.ID, at changerequest.Place, facts ...changerequest.Event) {
	t.Helper()
	ref := user(by)
	if by == 0 {
		ref = access.SystemRef
	}
	r := &changerequest.Request{ID: id, Project: at.Project, Environment: at.Environment}
	events := make([]state.Event, len(facts))
	for i, fact := range facts {
		events[i] = decide.RequestEvent(r, fact)
	}
	w.happen(t, ref, events...)
}

// submit makes a request of ada's and sends it to review; its id is returned.
func (w *world) submit(t testing.TB, at changerequest.Place, title string, facts ...changerequest.Event) changerequest.ID {
	t.Helper()
	id := w.engine.State().NextChangeRequestID()
	agreements := []changerequest.Agreement{{Place: at, Rule: changerequest.Rule{RequiredApprovals: 1}}}
	w.say(t, ada, id, at, changerequest.Created{Agreements: agreements}, changerequest.Described{Title: &title}, changerequest.ChangeAdded{Change: w.aChange()})
	w.say(t, ada, id, at, append(facts, changerequest.SentToReview{Agreements: agreements})...)
	return id
}

// aChange returns a change with a new id.
func (w *world) aChange() change.Change {
	return change.Change{ID: w.engine.State().NextChangeID(), Feature: "checkout", CreatedAt: noon, Payload: change.UpdateEnabled{Enabled: true}}
}

// vote returns somebody's vote on a request as it is.
func (w *world) vote(by int64, id changerequest.ID) changerequest.Vote {
	r := w.engine.State().ChangeRequest(id)
	return changerequest.Vote{By: user(by), At: w.clock(), Round: r.Round, ContentID: r.ContentID()}
}

// apply applies a request on the approval of bo. Facts come before.
func (w *world) apply(t testing.TB, by int64, id changerequest.ID, facts ...changerequest.Event) {
	t.Helper()
	r := w.engine.State().ChangeRequest(id)
	var events []state.Event
	for _, fact := range append(facts, changerequest.AppliedEvent{Approvals: []changerequest.Vote{w.vote(bo, id)}}) {
		events = append(events, decide.RequestEvent(r, fact))
	}
	events = append(events, decide.Try(w.engine.State(), r.Place(), r.Changes).Events...)
	for i := range events {
		events[i].Group = state.RequestGroup(id)
	}
	w.happen(t, user(by), events...)
}

// told returns what everyone was told since the last time that was asked, as "bo review-requested", sorted, and
// marks it as read.
func (w *world) told(t testing.TB) []string {
	t.Helper()
	var all []string
	for id := root; id <= robot; id++ {
		items, _, _, err := w.Inbox(t.Context(), id, 0, 1000)
		must(t, err)
		for _, item := range items {
			if item.ReadAt == nil {
				all = append(all, fmt.Sprintf("%s %s", names[id], item.Topic))
			}
		}
		must(t, w.MarkRead(t.Context(), id, nil))
	}
	slices.Sort(all)
	return all
}

// mails returns the mails in the queue, by the state that they are in.
func (w *world) mails(t testing.TB, state string) []store.Delivery {
	t.Helper()
	all, _, err := w.Deliveries(t.Context(), notify.DeliveryFilter{Kind: "mail", State: state, Limit: 1000})
	must(t, err)
	return all
}
