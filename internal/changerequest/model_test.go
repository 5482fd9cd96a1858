package changerequest_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
)

// The model is a second, naive telling of what docs/change-requests.md promises: content is a text, votes
// are a list, and everything is computed anew at each step. A world of two environments,
// a few accounts and three flags is turned at random under it.

const (
	here  = 0 // the request's own environment
	there = 1 // another one of the project, in which archiving acts too
)

var places = [2]changerequest.Place{{Project: "p", Environment: "here"}, {Project: "p", Environment: "there"}}

const (
	people   = 5 // the first is the author of every request
	accounts = people + 1
	robot    = people // a service account
)

func refOf(account int) access.Ref {
	if account == robot {
		return access.NewRef(access.KindServiceAccount, robot+1)
	}
	return access.NewRef(access.KindUser, int64(account)+1)
}

// world is what the request is judged against.
type world struct {
	rules   [2]changerequest.Rule
	guarded [2]bool
	approve [accounts][2]bool
	apply   [accounts]bool
	admin   [accounts]bool
	gone    [accounts]bool
	flags   map[flag.Name]*flag.Flag
}

func (w *world) Flag(name flag.Name) *flag.Flag       { return w.flags[name] }
func (w *world) Segment(flag.SegmentID) *flag.Segment { return nil }

func (w *world) Rule(at changerequest.Place) (changerequest.Rule, bool) {
	i := slices.Index(places[:], at)
	return w.rules[i], w.guarded[i]
}

func (w *world) Places(r *changerequest.Request) []changerequest.Place {
	for _, c := range r.Changes {
		if _, ok := c.Payload.(change.ArchiveFeature); ok {
			return places[:]
		}
	}
	return places[:1]
}

func (w *world) Actor(ref access.Ref) (access.Actor, bool) {
	for i := range accounts {
		if refOf(i) == ref && !w.gone[i] {
			return w.actor(i), true
		}
	}
	return access.Actor{}, false
}

func (w *world) actor(i int) access.Actor {
	var grants []access.Grant
	for at, may := range w.approve[i] {
		if may {
			grants = append(grants, access.Grant{Permission: access.ApproveChangeRequest, Project: "p", Environment: places[at].Environment})
		}
	}
	if w.apply[i] {
		grants = append(grants, access.Grant{Permission: access.ApplyChangeRequest, Project: "p", Environment: places[here].Environment})
	}
	if w.admin[i] {
		grants = append(grants, access.Grant{Permission: access.Admin})
	}
	return access.Actor{Ref: refOf(i), Grants: grants}
}

func (w *world) Conflicts(r *changerequest.Request) []change.Conflict {
	return change.ConflictsOf(w, r.Project, r.Environment, r.Changes)
}

// entry is a change as the model has it.
type entry struct {
	flag    flag.Name
	archive bool
	on      bool
	// seen is whether the flag was on here, and where else, when the entry was made or
	// when an approval that was needed was given.
	seen string
}

func (e entry) String() string { return fmt.Sprintf("%s archive=%t on=%t", e.flag, e.archive, e.on) }

type vote struct {
	by      int
	round   int
	content string
}

type model struct {
	state   string // none, Draft, In review, Approved, Scheduled
	round   int
	entries []entry
	votes   []vote
	frozen  [2]changerequest.Rule
	needs   [2]bool // which of frozen mean something
	told    bool    // the request has a description
	granted []int   // whom the author let approve too late

	due    time.Time // when it is scheduled for
	runsAs int       // who scheduled it
	status string    // of the schedule: pending, failed, suspended; empty if it is not scheduled
}

func (m *model) content() string {
	var all []string
	for _, e := range m.entries {
		all = append(all, e.String())
	}
	return strings.Join(all, "; ")
}

// life is a run of the two beside each other.
type life struct {
	t    interface{ Fatalf(string, ...any) }
	draw func(n int) int
	w    *world
	m    model
	r    *changerequest.Request
	now  time.Time

	lastID  changerequest.ID
	changes change.ID
	ends    map[string]int // how requests ended, to see that the run goes everywhere
	ids     map[string]string
}

func newLife(t interface{ Fatalf(string, ...any) }, draw func(int) int) *life {
	l := &life{
		t: t, draw: draw, now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), m: model{state: "none"},
		w: &world{flags: map[flag.Name]*flag.Flag{}}, ends: map[string]int{}, ids: map[string]string{},
	}
	l.w.guarded = [2]bool{true, true}
	for i := range l.w.rules {
		l.w.rules[i].RequiredApprovals = 1 + i
	}
	for i := range accounts {
		l.w.approve[i] = [2]bool{i != 1, i > 2}
		l.w.apply[i] = i%2 == 0
	}
	for _, name := range []flag.Name{"a", "b", "c"} {
		l.w.flags[name] = newFlag(name)
	}
	return l
}

func newFlag(name flag.Name) *flag.Flag {
	return &flag.Flag{Name: name, Project: "p", Environments: []flag.FlagEnvironment{{Environment: "here"}, {Environment: "there"}}}
}

// look tells what an entry's target is like, in the model's words.
func (l *life) look(e entry) string {
	f := l.w.flags[e.flag]
	if e.archive {
		return fmt.Sprint(f.Environments[here].Enabled, f.Environments[there].Enabled)
	}
	return fmt.Sprint(f.Environments[here].Enabled)
}

// drifted tells whether an entry's target has moved away since it was seen, and not to
// where the entry would bring it.
func (l *life) drifted(e entry) bool {
	if !e.archive && l.w.flags[e.flag].Environments[here].Enabled == e.on {
		return false
	}
	return l.look(e) != e.seen
}

func stricter(a, b changerequest.Rule, useA, useB bool) changerequest.Rule {
	switch {
	case !useA:
		return b
	case !useB:
		return a
	}
	return changerequest.Rule{
		RequiredApprovals:   max(a.RequiredApprovals, b.RequiredApprovals),
		AuthorCounts:        a.AuthorCounts && b.AuthorCounts,
		AdminsBound:         a.AdminsBound || b.AdminsBound,
		SeparateApplier:     a.SeparateApplier || b.SeparateApplier,
		DescriptionRequired: a.DescriptionRequired || b.DescriptionRequired,
		AnyoneCounts:        a.AnyoneCounts && b.AnyoneCounts,
	}
}

// needed returns what each place asks for now, given the entries.
func (l *life) needed(entries []entry) (rules [2]changerequest.Rule, asked [2]bool) {
	acts := [2]bool{true, slices.ContainsFunc(entries, func(e entry) bool { return e.archive })}
	for at := range places {
		now := (acts[at] || l.m.needs[at]) && l.w.guarded[at]
		asked[at] = now || l.m.needs[at]
		rules[at] = stricter(l.m.frozen[at], l.w.rules[at], l.m.needs[at], now)
	}
	return rules, asked
}

// counts tells whether somebody's approval would count in a place.
func (l *life) counts(by, at int, rule changerequest.Rule) bool {
	may := (l.w.approve[by][at] || l.w.admin[by]) && !l.w.gone[by]
	person := by != robot || rule.AnyoneCounts
	own := by != 0 || rule.AuthorCounts || (l.w.admin[0] && !rule.AdminsBound)
	return may && person && own && !slices.Contains(l.m.granted, by)
}

// voters returns whose approvals count in a place.
func (l *life) voters(at int, rule changerequest.Rule) []int {
	var who []int
	for _, v := range l.m.votes {
		if v.round == l.m.round && v.content == l.m.content() && l.counts(v.by, at, rule) {
			who = append(who, v.by)
		}
	}
	return who
}

func (l *life) agreed() bool {
	rules, asked := l.needed(l.m.entries)
	for at := range places {
		if asked[at] && len(l.voters(at, rules[at])) < rules[at].RequiredApprovals {
			return false
		}
	}
	return true
}

// step turns the world, or gives the request a command, and compares.
func (l *life) step() {
	l.now = l.now.Add(time.Minute)
	if l.r == nil {
		l.open()
		return
	}
	who := l.draw(accounts)
	what := l.draw(24)
	if l.m.state == "Scheduled" && l.draw(2) == 0 {
		what = []int{0, 0, 12, 21}[l.draw(4)] // what matters then
	}
	switch what {
	case 0:
		l.turn()
	case 1, 2, 3:
		l.add()
	case 4:
		l.remove(l.draw(2) * who)
	case 5, 6:
		l.submit(who)
	case 7, 8, 9, 10, 11:
		l.approve(who)
	case 12:
		l.withdraw(who)
	case 13:
		if l.draw(8) == 0 {
			l.reject(who)
		}
	case 14:
		if l.draw(8) == 0 {
			l.cancel(who)
		}
	case 15, 16:
		l.apply(who)
	case 17, 18, 19, 20:
		l.schedule(who)
	case 21:
		l.run()
	case 22:
		l.breakDown()
	case 23:
		l.describe(who)
	}
	l.compare()
}

// turn changes something that no command of the request changes.
func (l *life) turn() {
	at, who := l.draw(2), l.draw(accounts)
	rule := &l.w.rules[at]
	switch l.draw(16) {
	case 0:
		rule.RequiredApprovals = 1 + l.draw(3)
	case 1:
		rule.AuthorCounts = !rule.AuthorCounts
	case 2:
		rule.AdminsBound = !rule.AdminsBound
	case 3:
		rule.SeparateApplier = !rule.SeparateApplier
	case 4:
		rule.AnyoneCounts = !rule.AnyoneCounts
	case 5:
		rule.DescriptionRequired = l.draw(4) == 0
	case 6:
		l.w.guarded[at] = !l.w.guarded[at]
	case 7:
		l.w.approve[who][at] = !l.w.approve[who][at]
	case 8:
		l.w.apply[who] = !l.w.apply[who]
	case 9:
		l.w.admin[who] = l.draw(4) == 0
	case 10:
		l.w.gone[who] = l.draw(4) == 0
	case 11:
		if l.draw(10) == 0 && who != robot {
			l.r.Granted = append(l.r.Granted, refOf(who).ID())
			l.m.granted = append(l.m.granted, who)
		}
	default:
		name := flag.Name([]string{"a", "b", "c"}[l.draw(3)])
		f := *l.w.flags[name]
		f.Environments = slices.Clone(f.Environments)
		f.Environments[at].Enabled = !f.Environments[at].Enabled
		f.ArchivedAt = nil
		if l.draw(20) == 0 {
			f.ArchivedAt = &l.now
		}
		l.w.flags[name] = &f
	}
	if l.draw(2) > 0 { // else by a way of which nobody is told
		l.tell()
	}
}

// tell suspends a schedule that the world has broken, as whoever writes to the world must.
func (l *life) tell() {
	if l.m.status != "pending" {
		return
	}
	o := changerequest.ObstacleOf(l.r, l.w)
	if (o != nil) != l.obstructed() {
		l.t.Fatalf("obstacle %+v, want one: %t\n%+v\n%+v\n%+v", o, l.obstructed(), l.r, l.m, l.w)
	}
	if o == nil {
		return
	}
	var err error
	cause := changerequest.Cause{Kind: o.Kind, By: access.SystemRef}
	if l.r, err = l.r.After(changerequest.ScheduleSuspended{Reason: o.Reason, Cause: cause}, l.now, access.SystemRef); err != nil {
		l.t.Fatalf("%v", err)
	}
	l.m.status = "suspended"
	l.ends["suspended"]++
}

// obstructed tells whether the one who scheduled could not apply the request now.
func (l *life) obstructed() bool {
	who := l.m.runsAs
	broken := l.w.gone[who] || !l.mayApply(who) || !l.agreed()
	for _, e := range l.m.entries {
		broken = broken || l.w.flags[e.flag].Archived() || l.drifted(e)
	}
	return broken
}

// settle is what a command about a scheduled request does besides.
func (l *life) settle() {
	if l.m.status == "pending" && l.obstructed() {
		l.m.status = "suspended"
		l.ends["suspended by a vote"]++
	}
}

func (l *life) schedule(who int) {
	if l.w.gone[who] {
		return
	}
	first := l.m.state == "Approved"
	ok := (first || l.m.state == "Scheduled") && l.agreed() && l.mayApply(who)
	moved := false
	for _, e := range l.m.entries {
		ok = ok && !l.w.flags[e.flag].Archived()
		moved = moved || l.drifted(e)
	}
	overwrite := ""
	if l.draw(2) == 0 {
		overwrite = change.DriftID(l.r.ContentID(), change.DriftOf(l.w, "here", l.r.Changes))
	}
	at := l.now.Add(time.Duration(l.draw(12)-1) * time.Minute)
	if l.draw(20) == 0 {
		at = l.now.Add(changerequest.MaxAhead + time.Duration(l.draw(2)))
	}
	ok = ok && at.After(l.now) && at.Sub(l.now) <= changerequest.MaxAhead && (!first || !moved || overwrite != "")
	if !l.do(who, changerequest.ScheduleAt{At: at, Overwrite: overwrite}, ok) {
		return
	}
	l.m.state, l.m.status, l.m.due, l.m.runsAs = "Scheduled", "pending", at, who
	for i := range l.m.entries {
		l.m.entries[i].seen = l.look(l.m.entries[i])
	}
}

// run is the timer, which may come late.
func (l *life) run() {
	if l.draw(5) == 0 {
		l.now = l.now.Add(time.Hour)
	}
	grace := time.Duration(l.draw(60)) * time.Minute
	woke := l.now.Add(-time.Duration(l.draw(3)) * time.Minute) // it had others to do before
	due := l.m.status == "pending" && !l.now.Before(l.m.due)
	late, broken := due && woke.Sub(l.m.due) > grace, due && l.obstructed()
	if !l.do(l.m.runsAs, changerequest.Run{Woke: woke, Grace: grace}, due) {
		return
	}
	switch {
	case late:
		l.m.status = "suspended"
		l.ends["too late"]++
	case broken:
		l.m.status, l.m.due = "failed", l.now
		l.ends["failed"]++
	default:
		if l.r.State != changerequest.Applied || l.r.Schedule != nil {
			l.t.Fatalf("it has run, and is %+v", l.r)
		}
		l.end("run")
	}
}

// breakDown is a timer that cannot go on.
func (l *life) breakDown() {
	if l.draw(8) > 0 {
		return
	}
	due := l.m.status == "pending" && !l.now.Before(l.m.due)
	if l.do(l.m.runsAs, changerequest.Fail{Reason: "why"}, due) {
		l.m.status, l.m.due = "failed", l.now
	}
}

func (l *life) open() {
	l.w.guarded[here] = true // elsewhere nobody drafts
	l.lastID++
	l.r = changerequest.New(l.lastID, places[here], changerequest.Open(places[here], l.w.rules[here]), l.now, refOf(0))
	l.m = model{state: "Draft", frozen: [2]changerequest.Rule{l.w.rules[here]}, needs: [2]bool{true, false}}
}

// do gives a command, and expects it to be accepted or refused.
func (l *life) do(who int, c changerequest.Command, accepted bool) bool {
	events, err := changerequest.Decide(l.r, c, l.w, l.w.actor(who), l.now)
	if (err == nil) != accepted {
		l.t.Fatalf("%T by %s in %+v\nmodel %+v\nworld %+v\naccepted %t, want %t: %v", c, refOf(who), l.r, l.m, l.w, err == nil, accepted, err)
	}
	if err != nil {
		return false
	}
	for _, e := range events {
		if l.r, err = l.r.After(e, l.now, refOf(who)); err != nil {
			l.t.Fatalf("%T: %v", e, err)
		}
	}
	return true
}

func (l *life) add() {
	e := entry{flag: flag.Name([]string{"a", "b", "c"}[l.draw(3)]), on: l.draw(2) == 0}
	if l.draw(4) == 0 {
		e.archive, e.on = true, false
	}
	e.seen = l.look(e)
	l.changes++
	c := change.Change{ID: l.changes, Feature: e.flag, CreatedAt: l.now, Payload: change.UpdateEnabled{Enabled: e.on}}
	if e.archive {
		c.Payload = change.ArchiveFeature{}
	}
	c.Base = change.BaseOf(l.w, "here", c.Feature, c.Payload)
	if !l.do(0, changerequest.Add{Changes: []change.Change{c}}, l.m.state != "Scheduled") {
		return
	}
	i := slices.IndexFunc(l.m.entries, func(have entry) bool { return have.flag == e.flag && have.archive == e.archive })
	entries := slices.Clone(l.m.entries)
	if i < 0 {
		entries = append(entries, e)
	} else {
		entries[i] = e
	}
	l.edited(entries)
}

// edited starts a new round.
func (l *life) edited(entries []entry) {
	if l.m.state != "Draft" {
		l.m.frozen, l.m.needs = l.needed(entries)
		l.m.round++
		l.m.state = "In review"
	}
	l.m.entries = entries
}

func (l *life) remove(who int) {
	if len(l.r.Changes) == 0 {
		return
	}
	i := l.draw(len(l.r.Changes))
	last := len(l.r.Changes) == 1
	ok := who == 0 && (!last || l.m.state == "Draft") && l.m.state != "Scheduled"
	events, err := changerequest.Decide(l.r, changerequest.Remove{ID: l.r.Changes[i].ID}, l.w, l.w.actor(who), l.now)
	if (err == nil) != ok {
		l.t.Fatalf("remove by %d: %v", who, err)
	}
	if !ok {
		return
	}
	if last {
		if _, discarded := events[0].(changerequest.Discarded); !discarded {
			l.t.Fatalf("the last change of a draft was removed, and the draft is still there")
		}
		l.end("discarded")
		return
	}
	if l.r, err = l.r.After(events[0], l.now, refOf(who)); err != nil {
		l.t.Fatalf("%v", err)
	}
	l.edited(slices.Delete(slices.Clone(l.m.entries), i, i+1))
}

func (l *life) submit(who int) {
	rules, asked := l.needed(l.m.entries)
	ok := who == 0 && l.m.state == "Draft" && len(l.m.entries) > 0
	for at := range places {
		if asked[at] && rules[at].DescriptionRequired && !l.m.told {
			ok = false
		}
	}
	if l.do(who, changerequest.Submit{}, ok) {
		l.m.frozen, l.m.needs = rules, asked
		l.m.state, l.m.round = "In review", 1
	}
}

func (l *life) approve(who int) {
	stated, current := "", true
	switch l.draw(4) {
	case 0:
		stated = l.r.ContentID()
	case 1:
		if len(l.r.Contents) > 0 {
			stated = l.r.Contents[l.draw(len(l.r.Contents))]
			current = stated == l.r.ContentID()
		}
	}
	rules, asked := l.needed(l.m.entries)
	may := false
	for at := range places {
		may = may || (asked[at] && l.counts(who, at, rules[at]))
	}
	// An actor who is gone cannot call; the gone voter is the world's matter.
	if l.w.gone[who] {
		return
	}
	ok := l.m.state != "Draft" && may && current && !slices.Contains(l.m.votes, vote{who, l.m.round, l.m.content()})
	wasAgreed := l.agreed()
	if !l.do(who, changerequest.Approve{ContentID: stated}, ok) {
		return
	}
	l.m.votes = append(l.m.votes, vote{who, l.m.round, l.m.content()})
	if !wasAgreed {
		for i := range l.m.entries {
			l.m.entries[i].seen = l.look(l.m.entries[i])
		}
	}
	if l.agreed() && l.m.state == "In review" {
		l.m.state = "Approved"
	}
	l.settle()
}

func (l *life) withdraw(who int) {
	mine := vote{who, l.m.round, l.m.content()}
	ok := l.m.state != "Draft" && slices.Contains(l.m.votes, mine)
	if l.do(who, changerequest.Withdraw{}, ok) {
		l.m.votes = slices.DeleteFunc(l.m.votes, func(v vote) bool { return v == mine })
		if !l.agreed() && l.m.state == "Approved" {
			l.m.state = "In review"
		}
		l.settle()
	}
}

func (l *life) reject(who int) {
	_, asked := l.needed(l.m.entries)
	may := l.w.admin[who]
	for at := range places {
		may = may || (asked[at] && l.w.approve[who][at])
	}
	scheduled := l.m.state == "Scheduled"
	may = may || ((l.m.state == "Approved" || scheduled) && l.w.apply[who]) || (scheduled && who == 0)
	ok := l.m.state != "Draft" && may && (who != 0 || l.w.admin[0] || scheduled)
	if l.do(who, changerequest.Reject{}, ok) {
		l.end("rejected")
	}
}

func (l *life) cancel(who int) {
	if l.do(who, changerequest.Cancel{}, (who == 0 || l.w.admin[who]) && l.m.state != "Scheduled") {
		l.end("cancelled")
	}
}

func (l *life) describe(who int) {
	text := "why"
	if l.do(who, changerequest.Describe{Description: &text}, who == 0 || l.w.admin[who]) {
		l.m.told = true
	}
}

// mayApply tells whether somebody may apply the request, once it is agreed to.
func (l *life) mayApply(who int) bool {
	rules, asked := l.needed(l.m.entries)
	may := l.w.apply[who] || l.w.admin[who]
	for at := range places {
		if !asked[at] {
			continue
		}
		if rules[at].AdminsBound && who == 0 && l.w.admin[0] {
			may = false
		}
		if rules[at].SeparateApplier && slices.Contains(l.voters(at, rules[at]), who) {
			may = false
		}
	}
	return may
}

func (l *life) apply(who int) {
	ok := (l.m.state == "Approved" || l.m.state == "Scheduled") && l.agreed() && l.mayApply(who)
	moved := false
	for _, e := range l.m.entries {
		ok = ok && !l.w.flags[e.flag].Archived()
		moved = moved || l.drifted(e)
	}
	overwrite := ""
	if l.draw(2) == 0 {
		overwrite = change.DriftID(l.r.ContentID(), change.DriftOf(l.w, "here", l.r.Changes))
	}
	if l.do(who, changerequest.Apply{Overwrite: overwrite}, ok && (!moved || overwrite != "")) {
		if len(l.r.Rejections) > 0 {
			l.t.Fatalf("a rejected request was applied: %+v", l.r)
		}
		l.end("applied")
	}
}

func (l *life) end(how string) {
	l.ends[how]++
	l.r, l.m = nil, model{state: "none"}
}

// compare holds the request against the model.
func (l *life) compare() {
	if l.r == nil {
		return
	}
	if string(l.r.State) != l.m.state || l.r.Round != l.m.round || len(l.r.Changes) != len(l.m.entries) {
		l.t.Fatalf("request is %q in round %d with %d changes, model %q in round %d with %d", l.r.State, l.r.Round, len(l.r.Changes), l.m.state, l.m.round, len(l.m.entries))
	}
	status := ""
	if l.r.Schedule != nil {
		status = string(l.r.Schedule.Status)
	}
	if status != l.m.status || (status != "" && (!l.r.Schedule.At.Equal(l.m.due) || l.r.Schedule.By != refOf(l.m.runsAs))) {
		l.t.Fatalf("schedule %+v, want %q at %s by %s", l.r.Schedule, l.m.status, l.m.due, refOf(l.m.runsAs))
	}
	if got, want := changerequest.StandingOf(l.r, l.w).Reached(), l.agreed(); got != want {
		l.t.Fatalf("standing reached %t, want %t\n%+v\n%+v\n%+v", got, want, l.r, l.m, l.w)
	}
	// The content id is as good as the content.
	id, text := l.r.ContentID(), l.m.content()
	if known, ok := l.ids[id]; ok && known != text {
		l.t.Fatalf("one content id for %q and %q", known, text)
	}
	l.ids[id] = text
	if len(l.ids) > 10_000 {
		clear(l.ids)
	}
}

func TestLifeAgreesWithModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := newLife(t, func(n int) int { return rapid.IntRange(0, n-1).Draw(t, "") })
		for range 200 {
			l.step()
		}
	})
}

// A million commands: what the shrinking test above is too slow for.
func TestMillionCommands(t *testing.T) {
	t.Parallel()
	const lives, steps = 500, 2000
	ends := map[string]int{}
	for i := range lives {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, uint64(i)))
		l := newLife(seeded{t, seed, i}, random.IntN)
		for range steps {
			l.step()
		}
		for how, n := range l.ends {
			ends[how] += n
		}
	}
	t.Logf("requests ended: %v", ends)
	for how, least := range map[string]int{
		"applied": 500, "rejected": 500, "cancelled": 500, "discarded": 500,
		"run": 100, "suspended": 100, "suspended by a vote": 100, "too late": 100, "failed": 20,
	} {
		if ends[how] < least {
			t.Errorf("only %d requests were %s, want %d or more", ends[how], how, least)
		}
	}
}

// seeded tells with which seed a run failed.
type seeded struct {
	t    *testing.T
	seed uint64
	life int
}

func (s seeded) Fatalf(format string, args ...any) {
	s.t.Helper()
	s.t.Fatalf("seed %d, life %d: %s", s.seed, s.life, fmt.Sprintf(format, args...))
}
