package app_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
)

// retelling reads a ledger and tells anew who was allowed what, and who agreed to what: a second, naive telling
// of what change requests promise. It believes of the fold only what SDKs are served and what
// flags look like after a batch; roles, rules, rounds, votes and requests are its own.
type retelling struct {
	state *state.State

	roles    map[access.RoleID][]access.RolePermission
	root     map[int64]access.RoleID
	held     map[flag.ProjectID]map[int64][]access.RoleID
	tokens   map[int64]bool // admin tokens
	rules    map[changerequest.Place]changerequest.Rule
	windows  modelWindows
	requests map[changerequest.ID]*told
	closed   map[changerequest.ID]changerequest.State
	indexed  map[changerequest.ID]changerequest.State // those that others could see
	// contents are what content ids stand for.
	contents map[string]string

	counts map[string]int // what was seen, to know that the run went everywhere
}

// told is an open request as it is retold.
type told struct {
	id      changerequest.ID
	author  access.Ref
	place   changerequest.Place
	state   changerequest.State
	round   int
	changes []toldChange
	votes   []toldVote
	frozen  map[changerequest.Place]changerequest.Rule
	granted map[int64]bool // whom the author let approve after submitting

	waits     bool       // it is scheduled, and nothing has broken that yet
	runs      bool       // its time has come
	scheduler access.Ref // who scheduled it last
	due       time.Time  // when it is to run
}

type toldChange struct {
	id   change.ID
	text string
	full change.Change
}

type toldVote struct {
	by      access.Ref
	round   int
	content string
}

func newRetelling() *retelling {
	return &retelling{
		state: &state.State{},
		roles: map[access.RoleID][]access.RolePermission{}, root: map[int64]access.RoleID{},
		held: map[flag.ProjectID]map[int64][]access.RoleID{}, tokens: map[int64]bool{},
		rules: map[changerequest.Place]changerequest.Rule{}, windows: modelWindows{}, requests: map[changerequest.ID]*told{},
		closed: map[changerequest.ID]changerequest.State{}, indexed: map[changerequest.ID]changerequest.State{}, contents: map[string]string{}, counts: map[string]int{},
	}
}

// content is what a request says, as a text.
func (r *told) content() string {
	texts := make([]string, len(r.changes))
	for i, c := range r.changes {
		texts[i] = c.text
	}
	return strings.Join(texts, "\n")
}

// may tells whether somebody has a permission in a place; an empty environment asks for all of them.
func (r *retelling) may(who access.Ref, p access.Permission, at changerequest.Place) bool {
	if who == access.SystemRef || who.Kind() == access.KindAdminToken && r.tokens[who.ID()] {
		return true
	}
	if who.Kind() != access.KindUser {
		return false
	}
	roles := append([]access.RoleID{r.root[who.ID()]}, r.held[at.Project][who.ID()]...)
	for _, id := range roles {
		for _, has := range r.roles[id] {
			if has.Permission == access.Admin || has.Permission == p && (has.Environment == "" || has.Environment == at.Environment) {
				return true
			}
		}
	}
	return false
}

func (r *retelling) admin(who access.Ref) bool {
	return r.may(who, access.Admin, changerequest.Place{})
}

// agrees tells whether somebody's approval of a request counts in a place with a rule.
func (r *retelling) agrees(t *told, who access.Ref, at changerequest.Place, rule changerequest.Rule) bool {
	switch {
	case !r.may(who, access.ApproveChangeRequest, at):
		return false
	case who.Kind() != access.KindUser && !rule.AnyoneCounts:
		return false
	case who == t.author && !rule.AuthorCounts && (!r.admin(who) || rule.AdminsBound):
		return false
	default:
		return who.Kind() != access.KindUser || !t.granted[who.ID()]
	}
}

// hardest returns the rule that asks for all that either of two asks for.
func hardest(a, b changerequest.Rule) changerequest.Rule {
	a.RequiredApprovals = max(a.RequiredApprovals, b.RequiredApprovals)
	a.AuthorCounts = a.AuthorCounts && b.AuthorCounts
	a.AnyoneCounts = a.AnyoneCounts && b.AnyoneCounts
	a.AdminsBound = a.AdminsBound || b.AdminsBound
	a.SeparateApplier = a.SeparateApplier || b.SeparateApplier
	return a
}

// rule returns what a request is asked for in a place now, and whether it is asked for anything.
func (r *retelling) rule(t *told, at changerequest.Place) (changerequest.Rule, bool) {
	frozen, was := t.frozen[at]
	now, is := r.rules[at]
	switch {
	case was && is:
		return hardest(frozen, now), true
	case was:
		return frozen, true
	default:
		return now, is
	}
}

// agreed returns an error unless enough people agree to a request as it is, in each of the places.
func (r *retelling) agreed(t *told, places []changerequest.Place) error {
	for _, at := range places {
		rule, asked := r.rule(t, at)
		if !asked {
			continue
		}
		who := map[access.Ref]bool{}
		for _, v := range t.votes {
			if v.round == t.round && v.content == t.content() && r.agrees(t, v.by, at, rule) {
				who[v.by] = true
			}
		}
		if len(who) < rule.RequiredApprovals {
			return fmt.Errorf("request %d: %d people agree in %v, and %d are needed", t.id, len(who), at, rule.RequiredApprovals)
		}
	}
	return nil
}

// frozenPlaces are the places of the rules that were frozen.
func (r *told) frozenPlaces() []changerequest.Place { return slices.Collect(maps.Keys(r.frozen)) }

// batch retells one batch, and returns what in it must not have been.
func (r *retelling) batch(entries []ledger.Entry) error {
	by := access.Ref(entries[0].Actor)
	before := r.state
	after, events, err := state.Fold(before, entries)
	if err != nil {
		return err
	}
	r.state = after
	var applied *told
	var bypassed *state.Event
	exempt := true
	for i := range events {
		e := &events[i].Event
		switch p := e.Payload.(type) {
		case state.ChangeRequestsBypassed:
			bypassed = e
		case state.ChangeRequestEvent:
			if _, ok := p.Fact.(changerequest.AppliedEvent); ok {
				applied = r.requests[p.ID]
			}
		case state.FeatureCreated, state.FeatureRevived, state.FeatureDeleted, state.LedgerCreated, state.ProjectCreated:
		default:
			exempt = false
		}
	}
	moved := movedBetween(before, after, events)
	if err := r.justified(by, moved, events, applied, bypassed, exempt); err != nil {
		return err
	}
	if !exempt {
		if err := r.within(by, moved, entries[0].At, bypassed); err != nil {
			return err
		}
	}
	approvers := map[changerequest.ID]map[int64]bool{}
	if slices.ContainsFunc(events, func(e state.Applied) bool { return aboutAccess(e.Stored.Type) }) {
		approvers = r.approvers(by)
	}
	for i := range events {
		if err := r.event(by, &events[i].Event, applied); err != nil {
			return err
		}
	}
	for id, could := range approvers {
		t := r.requests[id]
		if t == nil || t.state == changerequest.Draft {
			continue
		}
		for account := range r.mayApprove(t) {
			if !could[account] {
				t.granted[account] = true
				r.counts["granted by the author"]++
			}
		}
	}
	return r.unbroken()
}

// approvers returns who may approve the submitted requests of an author.
func (r *retelling) approvers(author access.Ref) map[changerequest.ID]map[int64]bool {
	all := map[changerequest.ID]map[int64]bool{}
	for id, t := range r.requests {
		if t.author == author && t.state != changerequest.Draft {
			all[id] = r.mayApprove(t)
		}
	}
	return all
}

func (r *retelling) mayApprove(t *told) map[int64]bool {
	who := map[int64]bool{}
	for account := range r.root {
		for at := range t.frozen {
			if r.may(access.NewRef(access.KindUser, account), access.ApproveChangeRequest, at) {
				who[account] = true
			}
		}
	}
	return who
}

// movedBetween returns the places in which SDKs are served something else after a batch than before.
func movedBetween(before, after *state.State, events []state.Applied) []changerequest.Place {
	var moved []changerequest.Place
	old := payload.New(before, payload.Options{})
	projects := map[flag.ProjectID]bool{}
	for p := range after.Projects() {
		projects[p.ID] = true
	}
	environments := []flag.EnvironmentName{"development", "production"}
	served := func(p *payload.Payload, project flag.ProjectID, env flag.EnvironmentName) string {
		var body []byte
		query := payload.NewQuery(&access.APIToken{Environment: env, Projects: []flag.ProjectID{project}})
		for _, f := range p.Set(env).Visible(query) {
			body = fmt.Appendf(body, "%s\n", f.JSON(true))
		}
		return string(body)
	}
	was := map[changerequest.Place]string{}
	for project := range projects {
		for _, env := range environments {
			was[changerequest.Place{Project: project, Environment: env}] = served(old, project, env)
		}
	}
	old.Follow(after, events)
	for at, body := range was {
		if served(old, at.Project, at.Environment) != body {
			moved = append(moved, at)
		}
	}
	return moved
}

// justified returns an error unless what moved was allowed to: by an applied request, a bypass, or a permission
// where nothing is protected (invariants 1, 2, 3 and 9).
func (r *retelling) justified(by access.Ref, moved []changerequest.Place, events []state.Applied, applied *told, bypassed *state.Event, exempt bool) error {
	if applied != nil {
		return r.appliedWhole(by, moved, events, applied)
	}
	for _, at := range moved {
		_, protected := r.rules[at]
		switch {
		case exempt:
			continue
		case !protected:
			r.counts["written directly"]++
		case bypassed == nil:
			return fmt.Errorf("%v was moved by %s without a request, a bypass or an exemption", at, by)
		case !slices.Contains(bypassed.Payload.(state.ChangeRequestsBypassed).Environments, at.Environment):
			return fmt.Errorf("%v was moved by a bypass that does not name it", at)
		case !r.may(by, access.SkipChangeRequest, at):
			return fmt.Errorf("%v was moved by a bypass of %s, who may not", at, by)
		default:
			r.counts["bypassed"]++
		}
	}
	for _, e := range events {
		if _, ofRequest := e.Payload.(state.ChangeRequestEvent); !ofRequest && e.Group != (ledger.Group{}) {
			return fmt.Errorf("%s is said to belong to %v, which was not applied", e.Stored.Type, e.Group)
		}
		if p, asked := permissionFor[e.Stored.Type]; asked && !r.may(by, p, changerequest.Place{Project: e.Project, Environment: e.Environment}) {
			return fmt.Errorf("%s in %v by %s, who has no longer the permission %s", e.Stored.Type, e.Scope, by, p)
		}
	}
	return nil
}

// within returns an error if something moved at a time that a window closes, but by a bypass that names the environment and says
// why, of somebody who may.
func (r *retelling) within(by access.Ref, moved []changerequest.Place, t time.Time, bypassed *state.Event) error {
	for _, at := range moved {
		if r.windows.open(at, t) {
			continue
		}
		if bypassed == nil {
			return fmt.Errorf("%v was moved by %s at %s, when a window closed it", at, by, t)
		}
		p := bypassed.Payload.(state.ChangeRequestsBypassed)
		if p.Reason == "" || !slices.Contains(p.Closed, at.Environment) || !r.may(by, access.SkipChangeRequest, at) {
			return fmt.Errorf("%v was moved by %s at %s, when a window closed it, by the bypass %+v", at, by, t, p)
		}
		r.counts["bypassed a window"]++
	}
	return nil
}

// shut tells whether a request that takes effect in its place, and perhaps in others, could not be applied at a time.
func (r *retelling) shut(t *told, perhaps bool) bool {
	places := []changerequest.Place{t.place}
	for project := range r.held {
		if perhaps {
			places = append(places, changerequest.Place{Project: project, Environment: "production"}, changerequest.Place{Project: project, Environment: "development"})
		}
	}
	return slices.ContainsFunc(places, func(at changerequest.Place) bool { return !r.windows.open(at, t.due) })
}

// permissionFor is what a direct write takes.
var permissionFor = map[string]access.Permission{
	"feature-environment-enabled":          access.UpdateFeatureEnvironment,
	"feature-environment-disabled":         access.UpdateFeatureEnvironment,
	"feature-strategy-add":                 access.CreateFeatureStrategy,
	"feature-archived":                     access.DeleteFeature,
	"feature-revived":                      access.UpdateFeature,
	"change-request-configuration-updated": access.UpdateProject,
	"project-access-user-roles-updated":    access.WriteProjectAccess,
	"project-access-user-roles-deleted":    access.WriteProjectAccess,
	"role-updated":                         access.Admin,
}

// appliedWhole returns an error unless a request could be applied, and has been as a whole.
func (r *retelling) appliedWhole(by access.Ref, moved []changerequest.Place, events []state.Applied, t *told) error {
	if t.state != changerequest.Approved && t.state != changerequest.Scheduled {
		return fmt.Errorf("request %d was applied while it was %q", t.id, t.state)
	}
	if !r.may(by, access.ApplyChangeRequest, t.place) {
		return fmt.Errorf("request %d was applied by %s, who may not", t.id, by)
	}
	places := append(t.frozenPlaces(), moved...)
	if err := r.agreed(t, places); err != nil {
		return err
	}
	for _, at := range t.frozenPlaces() {
		rule, _ := r.rule(t, at)
		if rule.SeparateApplier && slices.ContainsFunc(t.votes, func(v toldVote) bool {
			return v.by == by && v.round == t.round && v.content == t.content() && r.agrees(t, by, at, rule)
		}) {
			return fmt.Errorf("request %d was applied by %s, who approved it, where the rule forbids that", t.id, by)
		}
	}
	for _, e := range events {
		follows := e.Stored.Type == (changerequest.CancelledEvent{}).EventType() || e.Stored.Type == (changerequest.ScheduleSuspended{}).EventType() ||
			e.Stored.Type == (state.ChangeRequestsBypassed{}).EventType() // of a window; see within
		if e.Group != state.RequestGroup(t.id) && !follows {
			return fmt.Errorf("%s was written with request %d and belongs to %v", e.Stored.Type, t.id, e.Group)
		}
	}
	for _, c := range t.changes {
		if err := took(r.state, t.place.Environment, c.full); err != nil {
			return fmt.Errorf("request %d: change %d did not take effect: %w", t.id, c.id, err)
		}
	}
	r.counts["applied"]++
	if len(t.frozen) > 1 {
		r.counts["applied in several environments"]++
	}
	return nil
}

// took returns an error unless a change has taken effect.
func took(s *state.State, env flag.EnvironmentName, c change.Change) error {
	f := s.Flag(c.Feature)
	if p, ok := c.Payload.(change.UpdateSegment); ok {
		if got := s.Segment(p.ID); got == nil || !sameJSON(got.Constraints, p.Constraints) {
			return fmt.Errorf("the segment is %v", got)
		}
		return nil
	}
	if f == nil {
		return fmt.Errorf("there is no flag %s", c.Feature)
	}
	row := f.In(env)
	strategy := func(id flag.StrategyID) *flag.Strategy {
		i := slices.IndexFunc(row.Strategies, func(s flag.Strategy) bool { return s.ID == id })
		if i < 0 {
			return nil
		}
		return &row.Strategies[i]
	}
	switch p := c.Payload.(type) {
	case change.UpdateEnabled:
		if row.Enabled != p.Enabled && !f.Archived() {
			return fmt.Errorf("the flag is on: %t", row.Enabled)
		}
	case change.AddStrategy:
		if got := strategy(p.Minted); got == nil || !sameJSON(got.Parameters, p.Parameters) {
			return fmt.Errorf("the strategy is %v", got)
		}
	case change.UpdateStrategy:
		if got := strategy(p.ID); got == nil || !sameJSON(got.Parameters, p.Parameters) {
			return fmt.Errorf("the strategy is %v", got)
		}
	case change.DeleteStrategy:
		if got := strategy(p.ID); got != nil {
			return fmt.Errorf("the strategy is %v", got)
		}
	case change.PatchVariant:
		if !sameJSON(row.Variants, p.Variants) {
			return fmt.Errorf("the variants are %v", row.Variants)
		}
	case change.ArchiveFeature:
		if !f.Archived() {
			return fmt.Errorf("the flag is not archived")
		}
	default:
		return fmt.Errorf("nobody said how to see %T", p)
	}
	return nil
}

func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// event retells one event.
func (r *retelling) event(by access.Ref, e *state.Event, applied *told) error {
	at := changerequest.Place{Project: e.Project, Environment: e.Environment}
	switch p := e.Payload.(type) {
	case state.RoleCreated:
		r.roles[p.Role.ID] = p.Role.Permissions
	case state.RoleUpdated:
		r.roles[p.After.ID] = p.After.Permissions
	case state.UserCreated:
		r.root[p.ID] = p.RootRole
	case state.APITokenCreated:
		r.tokens[p.Token.ID] = p.Token.Type == access.TokenAdmin
	case state.ProjectAccessAdded:
		for _, s := range p.Subjects {
			r.hold(e.Project, s.Account, append(slices.Clone(r.held[e.Project][s.Account]), p.Roles...))
		}
	case state.ProjectAccessUserRolesUpdated:
		r.hold(e.Project, p.Account, p.After)
	case state.ProjectAccessUserRolesDeleted:
		r.hold(e.Project, p.Account, nil)
	case state.ChangeRequestConfigurationUpdated:
		delete(r.rules, at)
		if p.After != nil && !p.After.Off {
			r.rules[at] = *p.After
		}
	case state.EnvironmentWindowCreated:
		r.windows[p.Window.ID] = modelOf(p.Window)
	case state.EnvironmentWindowUpdated:
		r.windows[p.After.ID] = modelOf(p.After)
	case state.EnvironmentWindowDeleted:
		delete(r.windows, p.Before.ID)
	case state.ChangeRequestEvent:
		return r.fact(by, at, p, applied)
	default:
		if aboutAccess(p.EventType()) {
			return fmt.Errorf("nobody said how to retell %s", p.EventType())
		}
	}
	return nil
}

// aboutAccess reports whether events of a type may say who may do what.
func aboutAccess(eventType string) bool {
	return slices.ContainsFunc([]string{"role-", "user-", "group-", "project-access-", "setting-", "service-account-"}, func(kind string) bool {
		return strings.HasPrefix(eventType, kind)
	})
}

func (r *retelling) hold(project flag.ProjectID, account int64, roles []access.RoleID) {
	if r.held[project] == nil {
		r.held[project] = map[int64][]access.RoleID{}
	}
	r.held[project][account] = roles
}

// fact retells an event of a change request (invariants 4, 5, 6 and 7).
func (r *retelling) fact(by access.Ref, at changerequest.Place, p state.ChangeRequestEvent, applied *told) error {
	r.counts[p.EventType()]++
	if _, closed := r.closed[p.ID]; closed {
		if _, said := p.Fact.(changerequest.Commented); said {
			return nil
		}
		return fmt.Errorf("request %d is closed, and %s happened to it", p.ID, p.EventType())
	}
	if created, ok := p.Fact.(changerequest.Created); ok {
		return r.created(by, at, p.ID, created)
	}
	t := r.requests[p.ID]
	if t == nil || t.place != at {
		return fmt.Errorf("%s happened to request %d, which is not there", p.EventType(), p.ID)
	}
	author := func() error {
		if by != t.author {
			return fmt.Errorf("%s happened to request %d of %s by %s", p.EventType(), t.id, t.author, by)
		}
		return nil
	}
	switch fact := p.Fact.(type) {
	case changerequest.ChangeAdded:
		t.changes = append(t.changes, tell(fact.Change))
		return errorsOf(author(), r.edited(t, fact.Agreements))
	case changerequest.ChangeEdited:
		i := slices.IndexFunc(t.changes, func(c toldChange) bool { return c.id == fact.Old })
		if i < 0 {
			return fmt.Errorf("request %d has no change %d", t.id, fact.Old)
		}
		t.changes[i] = tell(fact.Change)
		return errorsOf(author(), r.edited(t, fact.Agreements))
	case changerequest.ChangeDiscarded:
		t.changes = slices.DeleteFunc(t.changes, func(c toldChange) bool { return c.id == fact.ID })
		return errorsOf(author(), r.edited(t, fact.Agreements))
	case changerequest.SentToReview:
		if t.state != changerequest.Draft || len(t.changes) == 0 {
			return fmt.Errorf("request %d was submitted while it was %q, with %d changes", t.id, t.state, len(t.changes))
		}
		t.state, t.round = changerequest.InReview, 1
		return errorsOf(author(), r.freeze(t, fact.Agreements))
	case changerequest.ApprovalAdded:
		return r.voted(t, by, fact.Vote)
	case changerequest.ApprovedEvent:
		if t.state != changerequest.InReview {
			return fmt.Errorf("request %d was approved while it was %q", t.id, t.state)
		}
		if err := r.voted(t, by, fact.Vote); err != nil {
			return err
		}
		t.state = changerequest.Approved
		return r.agreed(t, t.frozenPlaces())
	case changerequest.ApprovalWithdrawn:
		votes := len(t.votes)
		t.votes = slices.DeleteFunc(t.votes, func(v toldVote) bool { return v.by == by && v.round == t.round })
		if len(t.votes) == votes {
			return fmt.Errorf("%s withdrew an approval of request %d that was not there", by, t.id)
		}
		if fact.Reopened {
			t.state = changerequest.InReview
		}
	case changerequest.RejectedEvent:
		may := func(p access.Permission) bool {
			return slices.ContainsFunc(slices.Concat(t.frozenPlaces(), slices.Collect(maps.Keys(r.rules))), func(at changerequest.Place) bool { return r.may(by, p, at) })
		}
		own := by == t.author && !r.admin(by)
		switch {
		case t.state == changerequest.Scheduled && own: // there is no cancelling it
		case t.state == changerequest.Draft || own || !may(access.ApproveChangeRequest) && !may(access.ApplyChangeRequest):
			return fmt.Errorf("request %d, which was %q, was rejected by %s", t.id, t.state, by)
		}
		r.close(t, changerequest.Rejected)
	case changerequest.CancelledEvent:
		if fact.Reason == "" && (by != t.author && !r.admin(by) || t.state == changerequest.Scheduled) {
			return fmt.Errorf("request %d of %s was cancelled by %s", t.id, t.author, by)
		}
		r.close(t, changerequest.Cancelled)
	case changerequest.Discarded:
		if t.state != changerequest.Draft || by != t.author && !r.admin(by) {
			return fmt.Errorf("request %d of %s, which was %q, was discarded by %s", t.id, t.author, t.state, by)
		}
		delete(r.requests, t.id)
	case changerequest.ScheduledEvent:
		if t.state != changerequest.Approved && t.state != changerequest.Scheduled || !r.may(by, access.ApplyChangeRequest, at) {
			return fmt.Errorf("request %d, which was %q, was scheduled by %s", t.id, t.state, by)
		}
		t.state, t.waits, t.scheduler, t.due = changerequest.Scheduled, true, by, fact.At
		return r.agreed(t, t.frozenPlaces())
	case changerequest.ScheduleSuspended, changerequest.ScheduleFailed:
		if !t.waits {
			return fmt.Errorf("%s happened to request %d, which was not waiting for its time", p.EventType(), t.id)
		}
		t.waits = false
		if s, ok := fact.(changerequest.ScheduleSuspended); ok && s.Cause.Kind == changerequest.EnvironmentClosed {
			if !r.shut(t, true) {
				return fmt.Errorf("request %d was suspended for a window, and no window closes %s", t.id, t.due)
			}
			r.counts["suspended by a window"]++
		}
	case changerequest.ScheduleSucceeded:
		if !t.waits || by != t.scheduler || applied != t {
			return fmt.Errorf("the time of request %d of %s came for %s: waiting %t, applied %v", t.id, t.scheduler, by, t.waits, applied)
		}
		t.runs = true
	case changerequest.AppliedEvent:
		if t.runs {
			r.counts["run"]++
		}
		r.close(t, changerequest.Applied) // appliedWhole has looked at it
	}
	return nil
}

// unbroken returns an error if a schedule is waiting for its time that could not be kept if that came now: what
// breaks one suspends it in the same batch.
func (r *retelling) unbroken() error {
	for _, t := range r.requests {
		if !t.waits {
			continue
		}
		if !r.may(t.scheduler, access.ApplyChangeRequest, t.place) {
			return fmt.Errorf("request %d waits, and %s, who scheduled it, may not apply it", t.id, t.scheduler)
		}
		if err := r.agreed(t, t.frozenPlaces()); err != nil {
			return fmt.Errorf("request %d waits: %w", t.id, err)
		}
		if r.shut(t, false) {
			return fmt.Errorf("request %d waits for %s, when a window closes %v", t.id, t.due, t.place)
		}
		for _, c := range t.changes {
			if f := r.state.Flag(c.full.Feature); c.full.Feature != "" && (f == nil || f.Archived()) {
				return fmt.Errorf("request %d waits, and the flag %s is gone", t.id, c.full.Feature)
			}
		}
		if o := changerequest.ObstacleOf(r.state.ChangeRequest(t.id), gate.World(r.state)); o != nil {
			return fmt.Errorf("request %d waits, and cannot be applied: %+v", t.id, o)
		}
	}
	return nil
}

func errorsOf(a, b error) error {
	if a != nil {
		return a
	}
	return b
}

func tell(c change.Change) toldChange {
	text, err := json.Marshal(c.Payload)
	if err != nil {
		return toldChange{}
	}
	return toldChange{c.ID, fmt.Sprintf("%s %s %s", c.Payload.Action(), c.Feature, text), c}
}

func (r *retelling) created(by access.Ref, at changerequest.Place, id changerequest.ID, e changerequest.Created) error {
	rule, protected := r.rules[at]
	if !protected || len(e.Agreements) != 1 || e.Agreements[0] != (changerequest.Agreement{Place: at, Rule: rule}) {
		return fmt.Errorf("request %d was made with %v, and %v has the rule %v (%t)", id, e.Agreements, at, rule, protected)
	}
	for _, t := range r.requests {
		if t.author == by && t.place == at && t.state != changerequest.Scheduled {
			return fmt.Errorf("%s has the requests %d and %d in %v", by, t.id, id, at)
		}
	}
	if r.requests[id] != nil {
		return fmt.Errorf("request %d was made twice", id)
	}
	r.requests[id] = &told{
		id: id, author: by, place: at, state: changerequest.Draft,
		frozen: map[changerequest.Place]changerequest.Rule{at: rule}, granted: map[int64]bool{},
	}
	return nil
}

// edited begins a new round of a submitted request.
func (r *retelling) edited(t *told, agreements []changerequest.Agreement) error {
	switch {
	case t.state == changerequest.Draft && len(agreements) == 0:
		return nil
	case t.state == changerequest.Draft || t.state == changerequest.Scheduled:
		return fmt.Errorf("request %d was edited while it was %q, and freezes %v", t.id, t.state, agreements)
	}
	t.round++
	t.state = changerequest.InReview
	r.counts["rounds"]++
	return r.freeze(t, agreements)
}

// freeze holds that the rules that a request is frozen with ask for no less than those before and those now.
func (r *retelling) freeze(t *told, agreements []changerequest.Agreement) error {
	frozen := map[changerequest.Place]changerequest.Rule{}
	for _, a := range agreements {
		frozen[a.Place] = a.Rule
		if rule, asked := r.rule(t, a.Place); !asked || rule != a.Rule {
			return fmt.Errorf("request %d freezes %v, and %v was asked for (%t)", t.id, a, rule, asked)
		}
	}
	for at := range t.frozen {
		if _, still := frozen[at]; !still {
			return fmt.Errorf("request %d does not ask %v any more", t.id, at)
		}
	}
	t.frozen = frozen
	return nil
}

// voted takes down a vote.
func (r *retelling) voted(t *told, by access.Ref, v changerequest.Vote) error {
	if t.state == changerequest.Draft {
		return fmt.Errorf("%s approved request %d while it was %q", by, t.id, t.state)
	}
	if v.By != by || v.Round != t.round {
		return fmt.Errorf("%s approved request %d in round %d as %s in round %d", by, t.id, t.round, v.By, v.Round)
	}
	if text, known := r.contents[v.ContentID]; known && text != fmt.Sprint(t.place, t.content()) {
		return fmt.Errorf("the content id %s stands for %q and for %q", v.ContentID, text, t.content())
	}
	r.contents[v.ContentID] = fmt.Sprint(t.place, t.content())
	// The changes may have come to act in places that were not asked when the rules were frozen.
	places := slices.Concat(t.frozenPlaces(), slices.Collect(maps.Keys(r.rules)))
	if !slices.ContainsFunc(places, func(at changerequest.Place) bool {
		rule, _ := r.rule(t, at)
		return r.agrees(t, by, at, rule)
	}) {
		return fmt.Errorf("%s approved request %d, whose approval counts nowhere", by, t.id)
	}
	for _, have := range t.votes {
		if have.by == by && have.round == t.round {
			return fmt.Errorf("%s approved request %d twice", by, t.id)
		}
	}
	t.votes = append(t.votes, toldVote{by, t.round, t.content()})
	return nil
}

func (r *retelling) close(t *told, s changerequest.State) {
	r.closed[t.id] = s
	if t.round > 0 { // a draft stays its author's alone
		r.indexed[t.id] = s
	}
	delete(r.requests, t.id)
}
