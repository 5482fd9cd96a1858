package store

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ClosedRequest is what lists and searches know of a change request that is closed. What
// it says is in its group of events.
type ClosedRequest struct {
	ID                   int64
	Project, Environment string
	State                string // Applied, Cancelled or Rejected
	Title                string // empty: the default one
	Author               string // as the ledger names actors: "user:7"
	CreatedAt, ClosedAt  time.Time
	Revision             int64    // of the event that closed it
	Features, Segments   []string // the names of what it changes, without white space
	// Reviewers and ReviewerGroups were asked for a review: ids of accounts and groups.
	Reviewers, ReviewerGroups []int64
}

// ClosedRequestFilter says which closed requests are wanted, and in which order. A
// request must satisfy every field that is set; it satisfies a list by having one of its
// values.
type ClosedRequestFilter struct {
	// Projects are those that the reader may see; nil: all, empty: none.
	Projects             []string
	Authors              []string
	States, Environments []string
	// Reviewers and ReviewerGroups are one list: a request satisfies them if any of
	// either was asked for a review.
	Reviewers, ReviewerGroups []int64
	Feature                   string // a flag's whole name
	// Text is a part of the title, or of the name of a flag or segment, whatever the case
	// of letters.
	Text                   string
	CreatedFrom, CreatedTo time.Time // CreatedFrom is included, CreatedTo is not

	// The zero values sort by creation, the newest first.
	SortBy    ClosedRequestSort
	Ascending bool

	// Offset and Limit choose a page; a Limit of 0 means all.
	Offset, Limit int
}

// ClosedRequestSort is what closed requests are sorted by. Texts are compared byte by
// byte, and what is equal stands in the order of ids, which is that of creation;
// Ascending turns this round as well.
type ClosedRequestSort int

// The orders.
const (
	SortByCreatedAt ClosedRequestSort = iota
	SortByTitle                       // in small letters
	SortByProject
	SortByEnvironment
	SortByState
)

// order returns the order by clause, with a leading space.
func (f *ClosedRequestFilter) order() string {
	direction := " desc"
	if f.Ascending {
		direction = ""
	}
	columns := [...]string{
		SortByCreatedAt: "", SortByTitle: "title_key", SortByProject: "project",
		SortByEnvironment: "environment", SortByState: "state",
	}
	first := columns[f.SortBy]
	if first != "" {
		first += direction + ", "
	}
	return " order by " + first + "id" + direction
}

// where returns the condition, with a leading space, and its arguments.
func (f *ClosedRequestFilter) where() (string, []any) {
	var conditions []string
	var args []any
	for _, list := range []struct {
		column string
		values []string
	}{
		{"project", f.Projects},
		{"author", f.Authors},
		{"state", f.States},
		{"environment", f.Environments},
	} {
		if len(list.values) > 0 {
			conditions = append(conditions, in(list.column, list.values, &args))
		}
	}
	var asked []string
	for _, list := range []struct {
		kind string
		ids  []int64
	}{
		{reviewerTerm, f.Reviewers},
		{reviewerGroupTerm, f.ReviewerGroups},
	} {
		if len(list.ids) > 0 {
			asked = append(asked, hasTerm(list.kind, decimals(list.ids), &args))
		}
	}
	if len(asked) > 0 {
		conditions = append(conditions, "("+strings.Join(asked, " or ")+")")
	}
	if f.Feature != "" {
		conditions = append(conditions, hasTerm(featureTerm, []string{f.Feature}, &args))
	}
	if text := strings.ToLower(storable(f.Text)); text != "" {
		conditions = append(conditions, "instr(search, "+placeholder(text, &args)+") > 0")
	}
	if !f.CreatedFrom.IsZero() {
		conditions = append(conditions, "created_at >= "+placeholder(stamp(f.CreatedFrom), &args))
	}
	if !f.CreatedTo.IsZero() {
		conditions = append(conditions, "created_at < "+placeholder(stamp(f.CreatedTo), &args))
	}
	if len(conditions) == 0 {
		return "", nil
	}
	return " where " + strings.Join(conditions, " and "), args
}

// The kinds of terms by which closed requests are found.
const (
	featureTerm       = "feature"
	reviewerTerm      = "reviewer"
	reviewerGroupTerm = "reviewer-group"
)

// hasTerm returns the condition that a request has one of the terms, and adds them to args.
func hasTerm(kind string, terms []string, args *[]any) string {
	return "id in (select request from closed_request_terms where kind = " + placeholder(kind, args) + " and " + in("term", terms, args) + ")"
}

const closedRequestColumns = `id, project, environment, state, author, created_at, closed_at, revision, title,
	features, segments, reviewers, reviewer_groups`

// PutClosedRequest notes a request that is closed, or replaces what is noted of it.
func (tx *Tx) PutClosedRequest(r ClosedRequest) error {
	title, reviewers, groups := storable(r.Title), decimals(r.Reviewers), decimals(r.ReviewerGroups)
	features, segments := strings.Join(r.Features, "\n"), strings.Join(r.Segments, "\n")
	if err := tx.upsert("put closed request", "closed_requests ("+closedRequestColumns+", title_key, search)",
		`on conflict (id) do update set project = excluded.project, environment = excluded.environment,
		state = excluded.state, author = excluded.author, created_at = excluded.created_at,
		closed_at = excluded.closed_at, revision = excluded.revision, title = excluded.title,
		features = excluded.features, segments = excluded.segments, reviewers = excluded.reviewers,
		reviewer_groups = excluded.reviewer_groups, title_key = excluded.title_key, search = excluded.search`,
		[][]any{{
			r.ID, r.Project, r.Environment, r.State, r.Author, stamp(r.CreatedAt), stamp(r.ClosedAt), r.Revision, title,
			features, segments, strings.Join(reviewers, "\n"), strings.Join(groups, "\n"),
			strings.ToLower(title), strings.ToLower(title + "\n" + features + "\n" + segments),
		}}); err != nil {
		return err
	}
	if _, err := tx.exec("delete terms of closed request", `delete from closed_request_terms where request = $1`, r.ID); err != nil {
		return err
	}
	var terms [][]any
	for _, list := range []struct {
		kind  string
		terms []string
	}{
		{featureTerm, r.Features},
		{reviewerTerm, reviewers},
		{reviewerGroupTerm, groups},
	} {
		for _, term := range list.terms {
			terms = append(terms, []any{list.kind, term, r.ID})
		}
	}
	// A list may have a value twice.
	return tx.upsert("put terms of closed request", "closed_request_terms (kind, term, request)", "on conflict do nothing", terms)
}

// ClosedRequests returns a page of the closed requests that match, and how many match
// in all.
func (db *DB) ClosedRequests(ctx context.Context, filter ClosedRequestFilter) ([]ClosedRequest, int, error) {
	if filter.Projects != nil && len(filter.Projects) == 0 {
		return nil, 0, nil
	}
	where, args := filter.where()
	// The page is chosen before whole rows are read, so that little is sorted.
	page, pageArgs := `select id from closed_requests`+where+filter.order(), args
	if filter.Limit > 0 {
		page += ` limit ` + placeholder(filter.Limit, &pageArgs) + ` offset ` + placeholder(filter.Offset, &pageArgs)
	}
	list, err := readAll(ctx, db, "read closed requests", `select `+closedRequestColumns+` from closed_requests
		where id in (`+page+`)`+filter.order(), pageArgs, scanClosedRequest)
	if err != nil {
		return nil, 0, err
	}
	if filter.Limit == 0 {
		return list, len(list), nil
	}
	// A page that is not full is the last one and tells the total, so that a text that few
	// requests have is looked for in every row once and not twice.
	if len(list) < filter.Limit && (len(list) > 0 || filter.Offset == 0) {
		return list, filter.Offset + len(list), nil
	}
	total := 0
	err = db.reader.QueryRowContext(ctx, `select count(*) from closed_requests`+where, args...).Scan(&total)
	return list, total, db.failed("count closed requests", err)
}

// ClosedRequest returns what is known of a closed request, and whether there is one
// with that id.
func (db *DB) ClosedRequest(ctx context.Context, id int64) (ClosedRequest, bool, error) {
	r, err := scanClosedRequest(db.reader.QueryRowContext(ctx,
		`select `+closedRequestColumns+` from closed_requests where id = $1`, id).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return ClosedRequest{}, false, nil
	}
	return r, err == nil, db.failed("read closed request", err)
}

// ClosedRequestCounts returns how many closed requests a project has, by state. States
// without any are missing.
func (db *DB) ClosedRequestCounts(ctx context.Context, project string) (map[string]int, error) {
	counts := map[string]int{}
	err := db.each(ctx, "count closed requests", `select state, count(*) from closed_requests where project = $1 group by state`,
		[]any{project}, func(scan func(...any) error) error {
			var state string
			var n int
			if err := scan(&state, &n); err != nil {
				return db.failed("count closed requests", err)
			}
			counts[state] = n
			return nil
		})
	return counts, err
}

func scanClosedRequest(scan func(...any) error) (ClosedRequest, error) {
	var r ClosedRequest
	var features, segments, reviewers, groups string
	if err := scan(&r.ID, &r.Project, &r.Environment, &r.State, &r.Author, &r.CreatedAt, &r.ClosedAt, &r.Revision, &r.Title,
		&features, &segments, &reviewers, &groups); err != nil {
		return r, err
	}
	r.CreatedAt, r.ClosedAt = stamp(r.CreatedAt), stamp(r.ClosedAt)
	r.Features, r.Segments = slices.Collect(strings.FieldsSeq(features)), slices.Collect(strings.FieldsSeq(segments))
	for _, list := range []struct {
		text string
		ids  *[]int64
	}{{reviewers, &r.Reviewers}, {groups, &r.ReviewerGroups}} {
		for line := range strings.FieldsSeq(list.text) {
			id, err := strconv.ParseInt(line, 10, 64)
			if err != nil {
				return r, err
			}
			*list.ids = append(*list.ids, id)
		}
	}
	return r, nil
}

// decimals returns ids as texts.
func decimals(ids []int64) []string {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = strconv.FormatInt(id, 10)
	}
	return texts
}

// storable returns a text that people have written without what PostgreSQL cannot keep.
func storable(text string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(text, "\x00", ""), "")
}
