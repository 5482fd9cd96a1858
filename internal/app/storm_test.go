package app_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/requests"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/window"
)

// TestStorm lets eight clients of two nodes do whatever comes to mind, all at once: propose, edit, review, apply,
// write directly, protect and unprotect, freeze, give and take roles. Then the ledger alone is held against a second
// telling of what must always be true (see retelling), and both nodes, the ledger and the index of closed
// requests against each other.
func TestStorm(t *testing.T) {
	t.Parallel()
	const each = 600 // commands of each client
	storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
		s := newStorm(t, dbs)
		seed := rand.Uint64()
		t.Logf("seed %d", seed)
		var clients sync.WaitGroup
		for i, ref := range s.clients {
			clients.Go(func() {
				c := client{storm: s, ref: ref, random: rand.New(rand.NewPCG(seed, uint64(i)))}
				for range each {
					c.step(t)
				}
			})
		}
		clients.Wait()
		s.check(t)
	})
}

// storm is two nodes, and who is there.
type storm struct {
	db      *store.DB
	engines []*engine.Engine
	apps    []*app.App
	clients []access.Ref

	mu      sync.Mutex
	outcome map[string]int // of commands: done, or the kind of the refusal
}

// The people of a storm: accounts from 1 on. Each is a client, but for the last.
const (
	stormAdmin = 1 + iota
	stormAuthor
	stormGiver // proposes, approves, applies, and gives roles
	stormReviewer
	stormSecond // reviewer
	stormViewer
	stormBypasser
	stormIdle // is only given roles
)

// The roles of a storm.
const (
	stormApproves access.RoleID = 7 + iota
	stormApplies
	stormSkips
	stormSkipsAll
	stormGives
)

var (
	stormPlaces = []changerequest.Place{
		{Project: "default", Environment: "production"},
		{Project: "default", Environment: "development"},
		{Project: "other", Environment: "production"},
	}
	stormFlags = map[flag.ProjectID][]flag.Name{"default": {"a", "b", "c"}, "other": {"d"}}
)

func newStorm(t *testing.T, dbs []*store.DB) *storm {
	t.Helper()
	s := &storm{db: dbs[0], outcome: map[string]int{}}
	for _, db := range dbs {
		e, err := engine.Open(t.Context(), engine.Options{
			DB: db, Now: time.Now, Log: slog.New(slog.DiscardHandler),
			NewID:   func() ledger.BatchID { return ledger.BatchID(uuid.Must(uuid.NewV7())) },
			Project: func(tx *store.Tx, c engine.Change) error { return requests.Index(tx, c.Before, c.Events) },
		})
		must(t, err)
		s.engines = append(s.engines, e)
		s.apps = append(s.apps, app.New(app.Options{
			Engine: e, Now: time.Now, NewID: func() string { return uuid.Must(uuid.NewV7()).String() }, Keys: keys{}, ScheduleGrace: time.Minute,
		}))
	}
	must(t, s.apps[0].Bootstrap(t.Context()))
	_, err := s.engines[0].Do(t.Context(), engine.Command{
		Actor:  access.System(),
		Decide: func(*state.State) ([]state.Event, error) { return stormStory(), nil },
	})
	must(t, err)
	for id := int64(stormAdmin); id <= stormBypasser; id++ {
		s.clients = append(s.clients, access.NewRef(access.KindUser, id))
	}
	s.clients = append(s.clients, access.NewRef(access.KindAdminToken, 1))
	for _, e := range s.engines {
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		var running sync.WaitGroup
		running.Go(func() {
			if err := e.Run(ctx); err != nil {
				t.Errorf("run: %v", err)
			}
		})
		t.Cleanup(func() { cancel(); running.Wait() })
		must(t, e.Await(t.Context(), s.engines[0].State().Revision()))
	}
	return s
}

// stormStory is what is there before the storm.
func stormStory() []state.Event {
	var events []state.Event
	add := func(at state.Scope, p state.Payload) { events = append(events, state.Event{Scope: at, Payload: p}) }
	add(state.Scope{Project: "other"}, state.ProjectCreated{Project: flag.Project{
		ID: "other", Name: "Other", Mode: flag.ModeOpen, DefaultStickiness: "default",
		Environments: []flag.ProjectEnvironment{{Environment: "development"}, {Environment: "production"}},
	}})
	add(state.Scope{}, state.SegmentCreated{Segment: flag.Segment{ID: 1, Name: "everywhere"}})
	for project, names := range stormFlags {
		for _, name := range names {
			f := flag.Flag{Name: name, Project: project, Type: "release"}
			for _, env := range []flag.EnvironmentName{"development", "production"} {
				f.Environments = append(f.Environments, flag.FlagEnvironment{Environment: env, Enabled: true, Strategies: []flag.Strategy{{
					ID: flag.StrategyID(fmt.Sprintf("%s in %s", name, env)), Name: decide.FlexibleRollout, Segments: []flag.SegmentID{1},
					Parameters: map[string]string{decide.Rollout: "50", decide.Stickiness: "default", decide.GroupID: string(name)},
				}}})
			}
			add(state.Scope{Project: project, Feature: name}, state.FeatureCreated{Flag: f})
		}
	}
	for _, role := range []access.Role{
		{ID: stormApproves, Permissions: []access.RolePermission{{Permission: access.ApproveChangeRequest}}},
		{ID: stormApplies, Permissions: []access.RolePermission{{Permission: access.ApplyChangeRequest}}},
		{ID: stormSkips, Permissions: []access.RolePermission{{Permission: access.SkipChangeRequest, Environment: "production"}}},
		{ID: stormSkipsAll, Permissions: []access.RolePermission{{Permission: access.SkipChangeRequest}}},
		{ID: stormGives, Permissions: []access.RolePermission{{Permission: access.WriteProjectAccess}}},
	} {
		role.Type, role.Name = access.CustomProjectRole, fmt.Sprintf("Role %d", role.ID)
		add(state.Scope{}, state.RoleCreated{Role: role})
	}
	for id := int64(stormAdmin); id <= stormIdle; id++ {
		root := access.RoleViewer
		if id == stormAdmin {
			root = access.RoleAdmin
		}
		add(state.Scope{}, state.UserCreated{ID: id, RootRole: root})
		for project := range stormFlags {
			if roles := stormRoles[id]; len(roles) > 0 {
				add(state.Scope{Project: project}, state.ProjectAccessAdded{Subjects: []state.Subject{state.AccountSubject(id)}, Roles: roles})
			}
		}
	}
	add(state.Scope{}, state.APITokenCreated{Token: access.APIToken{
		ID: 1, Name: "robot", Type: access.TokenAdmin, Projects: []flag.ProjectID{access.Any}, Environment: access.Any, Digest: "00",
	}})
	for _, at := range stormPlaces {
		add(state.Scope{Project: at.Project, Environment: at.Environment}, state.ChangeRequestConfigurationUpdated{After: &changerequest.Rule{RequiredApprovals: 1}})
	}
	return events
}

// stormRoles are what people hold in each project when it begins.
var stormRoles = map[int64][]access.RoleID{
	stormAuthor:   {access.RoleMember, stormApplies},
	stormGiver:    {access.RoleMember, stormApproves, stormApplies, stormGives},
	stormReviewer: {stormApproves, stormApplies},
	stormSecond:   {stormApproves},
	stormBypasser: {access.RoleMember, stormSkips},
}

// client is somebody who does things.
type client struct {
	*storm
	ref    access.Ref
	random *rand.Rand
	// overwrite is a drift id that the client was told of.
	overwrite string
}

func pick[T any](c *client, list []T) T { return list[c.random.IntN(len(list))] }

// step does something, by one of the nodes.
func (c *client) step(t *testing.T) {
	t.Helper()
	a := pick(c, c.apps)
	s := a.State()
	// As identity does: who calls is known by the state of the node.
	caller := app.Caller{Actor: access.Actor{Ref: c.ref, Grants: []access.Grant{{Permission: access.Admin}}}}
	if c.ref.Kind() == access.KindUser {
		caller.Actor, _ = s.Actor(c.ref.ID())
	}
	if c.random.IntN(2) == 0 {
		caller.Reason = "fire"
	}
	do := c.command(s)
	err := do.do(t.Context(), a, caller)
	if f := fault.As(err); f != nil {
		c.overwrite = f.DriftID
	}
	if err != nil && fault.As(err) == nil {
		t.Errorf("%s by %s: %v", do.name, c.ref, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	outcome := "done"
	if f := fault.As(err); f != nil {
		outcome = string(f.Kind)
	}
	c.outcome[do.name+": "+outcome]++
}

// stormCommand is something to do.
type stormCommand struct {
	name string
	do   func(context.Context, *app.App, app.Caller) error
}

// command draws what to do next.
func (c *client) command(s *state.State) stormCommand {
	if c.random.IntN(40) == 0 {
		return c.window(s)
	}
	switch c.random.IntN(20) {
	case 0, 1, 2:
		return c.propose(s)
	case 3:
		return c.edit(s)
	case 4, 5:
		return c.direct(s)
	case 6:
		return c.protect()
	case 7:
		return c.give()
	case 8:
		return c.changeRole()
	default:
		return c.about(s)
	}
}

// change draws a change of something in a place.
func (c *client) change(s *state.State, at changerequest.Place) decide.Proposal {
	name := pick(c, stormFlags[at.Project])
	row := s.Flag(name).In(at.Environment)
	settings := change.StrategySettings{
		Name:       decide.FlexibleRollout,
		Parameters: map[string]string{decide.Rollout: fmt.Sprint(c.random.IntN(101)), decide.Stickiness: "default", decide.GroupID: string(name)},
	}
	some := func() flag.StrategyID {
		if len(row.Strategies) == 0 {
			return "none"
		}
		return pick(c, row.Strategies).ID
	}
	switch c.random.IntN(12) {
	case 0, 1, 2, 3:
		return decide.Proposal{Feature: name, Payload: change.UpdateEnabled{Enabled: c.random.IntN(2) == 0}}
	case 4:
		if len(row.Strategies) > 5 {
			return decide.Proposal{Feature: name, Payload: change.DeleteStrategy{ID: some()}}
		}
		return decide.Proposal{Feature: name, Payload: change.AddStrategy{StrategySettings: settings}}
	case 5, 6, 7:
		return decide.Proposal{Feature: name, Payload: change.UpdateStrategy{ID: some(), StrategySettings: settings}}
	case 8:
		return decide.Proposal{Feature: name, Payload: change.DeleteStrategy{ID: some()}}
	case 9:
		return decide.Proposal{Feature: name, Payload: change.PatchVariant{Variants: []flag.Variant{{Name: fmt.Sprintf("v%d", c.random.IntN(9)), Weight: 1000, WeightType: flag.WeightVariable, Stickiness: "default"}}}}
	case 10:
		return decide.Proposal{Feature: name, Payload: change.ArchiveFeature{}}
	default:
		return decide.Proposal{Payload: change.UpdateSegment{ID: 1, Name: "everywhere", Constraints: c.constraints()}}
	}
}

func (c *client) constraints() []flag.Constraint {
	return []flag.Constraint{{ContextName: "userId", Operator: flag.In, Values: []string{fmt.Sprint(c.random.IntN(5))}}}
}

func (c *client) propose(s *state.State) stormCommand {
	at := pick(c, stormPlaces)
	var proposals []decide.Proposal
	for range 1 + c.random.IntN(3) {
		proposals = append(proposals, c.change(s, at))
	}
	return stormCommand{"propose", func(ctx context.Context, a *app.App, caller app.Caller) error {
		_, err := a.ProposeChanges(ctx, caller, at, proposals)
		return err
	}}
}

// open draws an open request, preferring one's own if that is wanted.
func (c *client) open(s *state.State, own bool) *changerequest.Request {
	var list []*changerequest.Request
	for r := range s.OpenRequests() {
		if !own || r.Author == c.ref {
			list = append(list, r)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return pick(c, list)
}

func (c *client) edit(s *state.State) stormCommand {
	r := c.open(s, c.random.IntN(4) > 0)
	if r == nil || len(r.Changes) == 0 {
		return c.propose(s)
	}
	id, in, old, p := r.ID, r.Project, pick(c, r.Changes).ID, c.change(s, r.Place())
	if c.random.IntN(3) == 0 {
		return c.on("remove", in, id, changerequest.Remove{ID: old})
	}
	return stormCommand{"edit", func(ctx context.Context, a *app.App, caller app.Caller) error {
		_, err := a.EditChange(ctx, caller, in, id, old, p)
		return err
	}}
}

// on is a command about a request.
func (c *client) on(name string, project flag.ProjectID, id changerequest.ID, commands ...changerequest.Command) stormCommand {
	return stormCommand{name, func(ctx context.Context, a *app.App, caller app.Caller) error {
		r, err := a.CommandRequest(ctx, caller, project, id, commands...)
		if err == nil && r.State == changerequest.Draft && r.Author != c.ref {
			return fmt.Errorf("the draft %d of %s was shown to %s", id, r.Author, c.ref)
		}
		return err
	}}
}

// about draws a step in the life of a request, more often one that leads on.
func (c *client) about(s *state.State) stormCommand {
	r := c.open(s, c.random.IntN(4) == 0)
	if c.random.IntN(3) == 0 {
		for agreed := range s.OpenRequests() { // they are few, and the most happens to them
			if agreed.State == changerequest.Approved || agreed.State == changerequest.Scheduled {
				r = agreed
			}
		}
	}
	if r == nil {
		return c.propose(s)
	}
	on := func(name string, command changerequest.Command) stormCommand {
		return c.on(name, r.Project, r.ID, command)
	}
	content := ""
	if c.random.IntN(3) == 0 {
		content = r.ContentID()
	}
	switch n := c.random.IntN(30); {
	case n == 0:
		return on("reject", changerequest.Reject{})
	case n == 1:
		return on("cancel", changerequest.Cancel{})
	case n == 2:
		return on("discard", changerequest.Discard{})
	case n < 5:
		return on("withdraw", changerequest.Withdraw{})
	case n == 5:
		return on("say", changerequest.Say{Text: "Hm."})
	case r.State == changerequest.Draft:
		return on("submit", changerequest.Submit{})
	case r.State == changerequest.Approved && n < 17, n == 6:
		at := time.Now().Add(time.Duration(c.random.IntN(100)) * time.Millisecond)
		if c.random.IntN(3) == 0 {
			at = at.Add(time.Duration(c.random.IntN(4)) * time.Minute) // windows begin and end then
		}
		return on("schedule", changerequest.ScheduleAt{At: at, Overwrite: c.overwrite})
	case r.State == changerequest.Scheduled && n < 20:
		return stormCommand{"run what is due", func(ctx context.Context, a *app.App, _ app.Caller) error { return a.RunDue(ctx) }}
	case r.State == changerequest.Approved && n < 25, n < 8:
		return on("apply", changerequest.Apply{Overwrite: c.overwrite})
	default:
		return on("approve", changerequest.Approve{ContentID: content})
	}
}

// direct draws a write that is not proposed.
func (c *client) direct(s *state.State) stormCommand {
	at := pick(c, stormPlaces)
	name := pick(c, stormFlags[at.Project])
	scope := state.Scope{Project: at.Project, Environment: at.Environment, Feature: name}
	switch c.random.IntN(8) {
	case 0, 1:
		return stormCommand{"switch on", func(ctx context.Context, a *app.App, caller app.Caller) error {
			return a.SwitchFeaturesOn(ctx, caller, at.Project, at.Environment, []flag.Name{name}, decide.Activation{})
		}}
	case 2, 3:
		return stormCommand{"switch off", func(ctx context.Context, a *app.App, caller app.Caller) error {
			return a.SwitchFeaturesOff(ctx, caller, at.Project, at.Environment, []flag.Name{name})
		}}
	case 4:
		return stormCommand{"add a strategy", func(ctx context.Context, a *app.App, caller app.Caller) error {
			if len(s.Flag(name).In(at.Environment).Strategies) > 5 {
				return nil
			}
			_, err := a.AddStrategy(ctx, caller, scope, everyone())
			return err
		}}
	case 5:
		constraints := c.constraints()
		return stormCommand{"change the segment", func(ctx context.Context, a *app.App, caller app.Caller) error {
			return a.UpdateSegment(ctx, caller, 1, func(*flag.Segment) decide.SegmentSettings {
				return decide.SegmentSettings{Name: "everywhere", Constraints: constraints}
			})
		}}
	case 6:
		return stormCommand{"archive", func(ctx context.Context, a *app.App, caller app.Caller) error {
			return a.ArchiveFeatures(ctx, caller, at.Project, []flag.Name{name})
		}}
	default:
		return stormCommand{"revive", func(ctx context.Context, a *app.App, caller app.Caller) error {
			return a.ReviveFeatures(ctx, caller, at.Project, stormFlags[at.Project])
		}}
	}
}

// protect draws another rule for a place.
func (c *client) protect() stormCommand {
	at := pick(c, stormPlaces)
	odds := func() bool { return c.random.IntN(4) == 0 }
	rule := changerequest.Rule{
		RequiredApprovals: 1 + c.random.IntN(2), AuthorCounts: odds(), AdminsBound: odds(), SeparateApplier: odds(), AnyoneCounts: odds(),
	}
	if c.random.IntN(16) == 0 {
		rule = changerequest.Rule{Off: true}
	}
	return stormCommand{"protect", func(ctx context.Context, a *app.App, caller app.Caller) error {
		return a.SetProtection(ctx, caller, at, func(changerequest.Rule, bool) (changerequest.Rule, error) { return rule, nil })
	}}
}

// window makes, moves or ends a window that begins at about this minute or one of the next. They end soon, for most of what
// else happens needs them open.
func (c *client) window(s *state.State) stormCommand {
	at := pick(c, stormPlaces)
	var id window.ID
	for w := range s.WindowsOf(at.Environment) {
		id = w.ID
	}
	if id != 0 && c.random.IntN(4) > 0 {
		return stormCommand{"end a window", func(ctx context.Context, a *app.App, caller app.Caller) error {
			return a.DeleteWindow(ctx, caller, at.Environment, id)
		}}
	}
	w := newWindow(pick(c, []window.Kind{window.Freeze, window.Freeze, window.Freeze, window.Maintenance}), fmt.Sprint("Window ", c.random.Uint32()),
		time.Now().Truncate(time.Minute).Add(time.Duration(c.random.IntN(4))*time.Minute), 1+c.random.IntN(3), c.random.IntN(2) == 0, at.Project)
	return stormCommand{"make or move a window", func(ctx context.Context, a *app.App, caller app.Caller) error {
		var err error
		if id == 0 {
			_, err = a.CreateWindow(ctx, caller, at.Environment, w)
		} else {
			_, err = a.UpdateWindow(ctx, caller, at.Environment, id, w)
		}
		return err
	}}
}

// give draws roles for somebody.
func (c *client) give() stormCommand {
	project := pick(c, stormPlaces).Project
	who := state.AccountSubject(stormAuthor + c.random.Int64N(stormIdle-stormAuthor+1))
	if c.random.IntN(4) == 0 {
		role := pick(c, []access.RoleID{stormApproves, stormApplies})
		return stormCommand{"give a role", func(ctx context.Context, a *app.App, caller app.Caller) error {
			return a.AddProjectAccess(ctx, caller, project, []access.RoleID{role}, []int64{who.Account}, nil)
		}}
	}
	roles := stormRoles[who.Account]
	if c.random.IntN(2) == 0 || len(roles) == 0 {
		roles = []access.RoleID{access.RoleMember, pick(c, []access.RoleID{stormApproves, stormApplies, stormSkips, stormSkipsAll})}
	}
	return stormCommand{"set roles", func(ctx context.Context, a *app.App, caller app.Caller) error {
		return a.SetProjectRoles(ctx, caller, project, who, roles)
	}}
}

// changeRole takes from a role what it allows, or gives it back.
func (c *client) changeRole() stormCommand {
	permissions := map[access.RoleID]access.Permission{stormApproves: access.ApproveChangeRequest, stormApplies: access.ApplyChangeRequest, stormSkips: access.SkipChangeRequest}
	id := pick(c, slices.Sorted(maps.Keys(permissions)))
	held := []access.RolePermission{{Permission: permissions[id]}}
	if c.random.IntN(4) == 0 {
		held = []access.RolePermission{}
	}
	return stormCommand{"change a role", func(ctx context.Context, a *app.App, caller app.Caller) error {
		_, err := a.UpdateRole(ctx, caller, id, app.RoleChange{Name: fmt.Sprintf("Role %d", id), Permissions: &held})
		return err
	}}
}

// check holds the nodes, the ledger and the index of closed requests against each other and the second telling.
func (s *storm) check(t *testing.T) {
	t.Helper()
	last := max(s.engines[0].State().Revision(), s.engines[1].State().Revision())
	var digests []string
	for _, e := range s.engines {
		must(t, e.Await(t.Context(), last))
		digests = append(digests, mustDigest(t, e.State()))
	}
	if digests[0] != digests[1] {
		t.Errorf("the nodes have the digests %v", digests)
	}
	told := newRetelling()
	batches := 0
	var batch []ledger.Entry
	retell := func() {
		if len(batch) == 0 {
			return
		}
		batches++
		if err := told.batch(batch); err != nil {
			t.Fatalf("revision %d, by %s: %v", batch[0].Revision, batch[0].Actor, err)
		}
		batch = nil
	}
	_, err := s.db.Verify(t.Context(), ledger.Head{}, func(e ledger.Entry) error {
		if len(batch) > 0 && batch[0].Batch != e.Batch {
			retell()
		}
		batch = append(batch, e)
		return nil
	})
	must(t, err)
	retell()
	if got := mustDigest(t, told.state); got != digests[0] {
		t.Errorf("the ledger folds to %s, and the nodes have %s", got, digests[0])
	}
	newest := s.engines[0].State()
	open := 0
	for r := range newest.OpenRequests() {
		open++
		if have := told.requests[r.ID]; have == nil || have.state != r.State || have.round != r.Round || len(have.changes) != len(r.Changes) {
			t.Errorf("request %d is %q in round %d, and is retold as %+v", r.ID, r.State, r.Round, have)
		}
	}
	if open != len(told.requests) {
		t.Errorf("got %d open requests, want %d", open, len(told.requests))
	}
	closed, total, err := s.db.ClosedRequests(t.Context(), store.ClosedRequestFilter{Projects: []string{"default", "other"}, Limit: 10_000})
	must(t, err)
	indexed := map[changerequest.ID]changerequest.State{}
	for _, row := range closed {
		indexed[changerequest.ID(row.ID)] = changerequest.State(row.State)
	}
	if diff := cmp.Diff(told.indexed, indexed); diff != "" || total != len(closed) {
		t.Errorf("the index of %d closed requests is not what the ledger tells (-ledger +index):\n%s", total, diff)
	}
	t.Logf("%d batches, %d events", batches, last)
	for _, counts := range []map[string]int{s.outcome, told.counts} {
		for _, name := range slices.Sorted(maps.Keys(counts)) {
			t.Logf("%6d %s", counts[name], name)
		}
	}
	// What happens some twenty times or more in each run; rarer things are in the log.
	for _, happened := range []string{"applied", "bypassed", "written directly", "rounds", "granted by the author", "change-request-rejected", "change-request-cancelled"} {
		if told.counts[happened] == 0 {
			t.Errorf("%s: it never happened, so nothing is known about it", happened)
		}
	}
}
