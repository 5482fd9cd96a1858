// Package requests is where change requests are looked for: open ones in the state, closed
// ones in their index and in the ledger, in one list.
//
// A closed request leaves the state, so that memory grows with what is open. Index writes its
// row in the transaction that closes it; what it says is read from its events, which no
// deletion of flags, strategies or people can touch.
//
// What happens to a request belongs in changerequest and app; the shapes that an API shows
// belong in adminapi.
package requests

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// Requests finds change requests. Its methods may be called from several goroutines at once.
type Requests struct {
	db *store.DB
}

// New returns a Requests that finds closed requests in db.
func New(db *store.DB) *Requests { return &Requests{db} }

// Index writes the rows of the requests that the events of one batch closed. It is called in
// the transaction that stores the batch. A draft that was cancelled has no row: it was its
// author's alone, and stays that.
//
// before is the state that the batch was decided on: the state after it does not have the closed requests any more. A request may
// be created and closed in one batch, so it is followed through the events. An error refuses the write.
func Index(tx *store.Tx, before *state.State, events []state.Applied) error {
	open := map[changerequest.ID]*changerequest.Request{}
	for _, e := range events {
		p, ok := e.Payload.(state.ChangeRequestEvent)
		if !ok {
			continue
		}
		at, by := e.Stored.At, access.Ref(e.Stored.Actor)
		if created, ok := p.Fact.(changerequest.Created); ok {
			open[p.ID] = changerequest.New(p.ID, changerequest.Place{Project: e.Project, Environment: e.Environment}, created, at, by)
			continue
		}
		r := open[p.ID]
		if r == nil {
			r = before.ChangeRequest(p.ID)
		}
		if r == nil {
			continue // a comment on a request that was closed before
		}
		next, err := r.After(p.Fact, at, by)
		if err != nil {
			return fmt.Errorf("requests: index: %w", err)
		}
		open[p.ID] = next
		if next.State.Closed() && !r.State.Closed() && next.Submitted() {
			if err := tx.PutClosedRequest(row(before, next, e.Stored.Revision)); err != nil {
				return fmt.Errorf("requests: index: %w", err)
			}
		}
	}
	return nil
}

// row returns the row of a request that closes. The names of segments are those of now, as they are to be found by later.
func row(s *state.State, r *changerequest.Request, revision int64) store.ClosedRequest {
	found := Summarize(s, r)
	return store.ClosedRequest{
		ID: int64(r.ID), Project: string(r.Project), Environment: string(r.Environment), State: string(r.State),
		Title: r.Title, Author: string(r.Author), CreatedAt: r.CreatedAt, ClosedAt: *r.ClosedAt, Revision: revision,
		Features: texts(found.Features), Segments: found.Segments, Reviewers: r.Reviewers, ReviewerGroups: r.ReviewerGroups,
	}
}

// texts returns names as plain texts, never nil.
func texts[T ~string](names []T) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = string(name)
	}
	return all
}

// Get returns a change request, open or closed; nil if there is none. Whether somebody may
// see it is not asked.
// An open one is the state's own: it must not be changed. A closed one is folded from its events anew.
func (q *Requests) Get(ctx context.Context, s *state.State, id changerequest.ID) (*changerequest.Request, error) {
	if r := s.ChangeRequest(id); r != nil {
		return r, nil
	}
	// Ids are given in order, so this is known without a query.
	if !s.HadChangeRequest(id) {
		return nil, nil
	}
	events, err := q.db.Events(ctx, store.EventFilter{Group: state.RequestGroup(id)})
	if err != nil {
		return nil, fmt.Errorf("requests: read %d: %w", id, err)
	}
	slices.Reverse(events)
	return state.Refold(id, events)
}

// Summary is what lists show of a request.
type Summary struct {
	ID          changerequest.ID
	Project     flag.ProjectID
	Environment flag.EnvironmentName
	State       changerequest.State
	Title       string // empty: the default one
	Author      access.Ref
	CreatedAt   time.Time
	Features    []flag.Name
	Segments    []string // names
	// Schedule says when it is applied; nil unless it is scheduled.
	Schedule *changerequest.Schedule
}

// Summarize returns what lists show of an open request.
// Of a closed one, which the caller has from Get, it does the same, with the names that segments have by now.
func Summarize(s *state.State, r *changerequest.Request) Summary {
	found := Summary{
		ID: r.ID, Project: r.Project, Environment: r.Environment, State: r.State, Title: r.Title,
		Author: r.Author, CreatedAt: r.CreatedAt, Features: r.Features(), Schedule: r.Schedule,
	}
	for _, c := range r.Changes {
		if id := c.Segment(); id != 0 {
			if name := segmentName(s, id, c.Base.Segment); !slices.Contains(found.Segments, name) {
				found.Segments = append(found.Segments, name)
			}
		}
	}
	return found
}

// segmentName returns what a segment is called, or was when it was drafted.
func segmentName(s *state.State, id flag.SegmentID, base *flag.Segment) string {
	if segment := s.Segment(id); segment != nil {
		return segment.Name
	}
	if base != nil {
		return base.Name
	}
	return fmt.Sprintf("segment-%d", id)
}

// summaryOf returns what the index has of a closed request.
func summaryOf(r store.ClosedRequest) Summary {
	found := Summary{
		ID: changerequest.ID(r.ID), Project: flag.ProjectID(r.Project), Environment: flag.EnvironmentName(r.Environment),
		State: changerequest.State(r.State), Title: r.Title, Author: access.Ref(r.Author), CreatedAt: r.CreatedAt, Segments: r.Segments,
	}
	for _, name := range r.Features {
		found.Features = append(found.Features, flag.Name(name))
	}
	return found
}

// Sort is what requests are sorted by; what is equal stands in the order of creation.
type Sort string

// The orders, by the names that the API has for them.
const (
	ByCreation    Sort = "createdAt"
	ByTitle       Sort = "title"
	ByProject     Sort = "project"
	ByEnvironment Sort = "environment"
	ByState       Sort = "state"
)

// sorts are the orders as the store has them.
// ByCreation is the store's zero value.
var sorts = map[Sort]store.ClosedRequestSort{
	ByTitle: store.SortByTitle, ByProject: store.SortByProject, ByEnvironment: store.SortByEnvironment, ByState: store.SortByState,
}

// Query says which requests are wanted. Lists are satisfied by one of their values; what is
// empty does not matter.
type Query struct {
	// Actor is who asks: only requests of projects that they may see are found, and only their
	// own drafts.
	Actor        access.Actor
	Projects     []flag.ProjectID
	Environments []flag.EnvironmentName
	States       []changerequest.State
	Authors      []access.Ref
	// Reviewers were asked for a review, themselves or with one of ReviewerGroups.
	Reviewers      []int64
	ReviewerGroups []int64
	Feature        flag.Name
	Text           string // a part of the title or of the name of a flag or segment
	// From and To bound when it was created; From is included, To is not. Zero: no bound.
	From, To     time.Time
	Open, Closed bool // which of the two; both false: both

	SortBy        Sort // empty: ByCreation
	Ascending     bool
	Offset, Limit int // a Limit of 0 means all
}

// Search returns a page of the requests that match, newest first unless it says otherwise, and
// how many match in all.
//
// s and the index are read one after the other. A request that is closed in between may be missing from a page or be in it twice;
// the next look is right.
func (q *Requests) Search(ctx context.Context, s *state.State, query Query) ([]Summary, int, error) {
	var open []*changerequest.Request
	if query.Open || !query.Closed {
		open = query.open(s)
	}
	if query.Open && !query.Closed {
		return summaries(s, window(open, query.Offset, query.Limit)), len(open), nil
	}
	filter := query.filter(s)
	// Nothing to merge with: the database can take the page itself.
	if len(open) == 0 && query.Limit > 0 {
		filter.Offset, filter.Limit = query.Offset, query.Limit
		return q.closed(ctx, filter)
	}
	// The page lies in the merge of both lists, so of each its first part is enough.
	upTo := 0
	if query.Limit > 0 {
		upTo = query.Offset + query.Limit
	}
	filter.Limit = upTo
	closed, total, err := q.closed(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	all := append(summaries(s, window(open, 0, upTo)), closed...)
	slices.SortStableFunc(all, query.compare)
	return window(all, query.Offset, query.Limit), len(open) + total, nil
}

// summaries returns what lists show of open requests; only a page of them, since names of segments are looked up.
func summaries(s *state.State, list []*changerequest.Request) []Summary {
	all := make([]Summary, len(list))
	for i, r := range list {
		all[i] = Summarize(s, r)
	}
	return all
}

// closed returns the closed requests that match, and how many do without the bounds of a page.
func (q *Requests) closed(ctx context.Context, filter store.ClosedRequestFilter) ([]Summary, int, error) {
	rows, total, err := q.db.ClosedRequests(ctx, filter)
	if err != nil {
		return nil, 0, fmt.Errorf("requests: search: %w", err)
	}
	found := make([]Summary, len(rows))
	for i, r := range rows {
		found[i] = summaryOf(r)
	}
	return found, total, nil
}

// window returns a part of a list; a limit of 0 means all.
// An offset behind the end gives nothing.
func window[T any](list []T, offset, limit int) []T {
	list = list[min(offset, len(list)):]
	if limit > 0 {
		list = list[:min(limit, len(list))]
	}
	return list
}

// open returns the open requests that match, sorted.
func (query *Query) open(s *state.State) []*changerequest.Request {
	sees := map[flag.ProjectID]bool{}
	text := strings.ToLower(query.Text)
	var found []*changerequest.Request
	for r := range query.candidates(s) {
		may, known := sees[r.Project]
		if !known {
			may = s.MaySee(query.Actor, r.Project)
			sees[r.Project] = may
		}
		// The cheap conditions come first: a search for text has to know the names of segments.
		if may && query.matches(r) && (text == "" || Summarize(s, r).contains(text)) {
			found = append(found, r)
		}
	}
	if query.SortBy == ByCreation || query.SortBy == "" {
		if !query.Ascending {
			slices.Reverse(found) // they come by id
		}
		return found
	}
	slices.SortStableFunc(found, func(a, b *changerequest.Request) int { return query.compare(sortable(a), sortable(b)) })
	return found
}

// candidates yields open requests by id: those of one flag, if it must be that one's.
// It only narrows what is gone through; matches still asks for everything but the flag.
func (query *Query) candidates(s *state.State) iter.Seq[*changerequest.Request] {
	if query.Feature != "" {
		return s.OpenRequestsOn(query.Feature)
	}
	if len(query.Projects) == 1 {
		return s.OpenRequestsOf(query.Projects[0])
	}
	return s.OpenRequests()
}

// sortable returns what compare needs of a request.
func sortable(r *changerequest.Request) Summary {
	return Summary{ID: r.ID, Project: r.Project, Environment: r.Environment, State: r.State, Title: r.Title}
}

// matches reports whether an open request satisfies what can be asked of it alone: not whether its project may be seen, nor Text.
func (query *Query) matches(r *changerequest.Request) bool {
	return (r.State != changerequest.Draft || r.Author == query.Actor.Ref) &&
		anyOf(query.Projects, r.Project) && anyOf(query.Environments, r.Environment) &&
		anyOf(query.States, r.State) && anyOf(query.Authors, r.Author) &&
		(query.From.IsZero() || !r.CreatedAt.Before(query.From)) && (query.To.IsZero() || r.CreatedAt.Before(query.To)) &&
		query.asks(r)
}

// asks reports whether one of the reviewers or groups was asked for a review.
func (query *Query) asks(r *changerequest.Request) bool {
	if len(query.Reviewers) == 0 && len(query.ReviewerGroups) == 0 {
		return true
	}
	in := func(list []int64) func(int64) bool { return func(id int64) bool { return slices.Contains(list, id) } }
	return slices.ContainsFunc(r.Reviewers, in(query.Reviewers)) || slices.ContainsFunc(r.ReviewerGroups, in(query.ReviewerGroups))
}

// anyOf reports whether a list has a value, or is empty, which asks for nothing.
func anyOf[T comparable](wanted []T, value T) bool {
	return len(wanted) == 0 || slices.Contains(wanted, value)
}

// contains reports whether a text in small letters is part of what the request is called or changes.
func (m Summary) contains(text string) bool {
	if strings.Contains(strings.ToLower(m.Title), text) {
		return true
	}
	in := func(name string) bool { return strings.Contains(strings.ToLower(name), text) }
	return slices.ContainsFunc(texts(m.Features), in) || slices.ContainsFunc(m.Segments, in)
}

// compare orders requests as the store does.
// Two lists are merged by it, of which the database has sorted one, so it must order as the store's SQL does, in small letters
// where that does. Ids make the order total.
func (query *Query) compare(a, b Summary) int {
	order := 0
	switch query.SortBy {
	case ByTitle:
		order = cmp.Compare(strings.ToLower(a.Title), strings.ToLower(b.Title))
	case ByProject:
		order = cmp.Compare(a.Project, b.Project)
	case ByEnvironment:
		order = cmp.Compare(a.Environment, b.Environment)
	case ByState:
		order = cmp.Compare(a.State, b.State)
	default: // ByCreation: as the ids are
	}
	order = cmp.Or(order, cmp.Compare(a.ID, b.ID))
	if !query.Ascending {
		order = -order
	}
	return order
}

// filter returns the query as the store understands it.
// What an actor may see is settled here, by listing projects: rows know no permissions.
func (query *Query) filter(s *state.State) store.ClosedRequestFilter {
	filter := store.ClosedRequestFilter{
		Environments: texts(query.Environments), States: texts(query.States), Authors: texts(query.Authors),
		Reviewers: query.Reviewers, ReviewerGroups: query.ReviewerGroups,
		Feature: string(query.Feature), Text: query.Text, CreatedFrom: query.From, CreatedTo: query.To,
		SortBy: sorts[query.SortBy], Ascending: query.Ascending,
	}
	if len(query.Projects) == 0 && query.Actor.IsAdmin() {
		return filter // of all projects, deleted ones too
	}
	// Not nil: a list without projects finds nothing, while none at all finds everything.
	filter.Projects = []string{}
	wanted := query.Projects
	if len(wanted) == 0 {
		for p := range s.Projects() {
			wanted = append(wanted, p.ID)
		}
	}
	for _, id := range wanted {
		if s.MaySee(query.Actor, id) {
			filter.Projects = append(filter.Projects, string(id))
		}
	}
	return filter
}

// Counts says how many requests a project has, by state; others' drafts do not count.
// Whether the actor may see the project is not asked.
func (q *Requests) Counts(ctx context.Context, s *state.State, actor access.Actor, project flag.ProjectID) (map[changerequest.State]int, error) {
	closed, err := q.db.ClosedRequestCounts(ctx, string(project))
	if err != nil {
		return nil, fmt.Errorf("requests: count: %w", err)
	}
	counts := map[changerequest.State]int{}
	for name, n := range closed {
		counts[changerequest.State(name)] = n
	}
	for r := range s.OpenRequestsOf(project) {
		if r.State != changerequest.Draft || r.Author == actor.Ref {
			counts[r.State]++
		}
	}
	return counts, nil
}
