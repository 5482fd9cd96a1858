package interchange

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/fault"
)

// API is the admin API of a server, Unleash's or Quorate's, which are the same here. The path is
// given part by part below /api/admin. What the server refuses is returned as the fault that it
// is there. It is made by whoever has the addresses and tokens; here is no HTTP. Without an error, the answer is JSON or
// empty.
type API interface {
	Call(ctx context.Context, method string, path []string, query url.Values, body any) (json.RawMessage, error)
}

// The methods of the admin API.
const (
	get  = "GET"
	post = "POST"
	put  = "PUT"
)

// Outcome is what became of one thing of the other server.
type Outcome string

// The outcomes.
const (
	Created   Outcome = "created"
	Updated   Outcome = "updated"
	Unchanged Outcome = "unchanged" // it is there already
	Proposed  Outcome = "proposed"  // the environment is protected: it is in a change request
	Left      Outcome = "left"      // it is not taken over; Why says why
	Failed    Outcome = "failed"    // it was refused; Why says why
)

// Taken is one thing of the other server, and what became of it.
type Taken struct {
	Kind    string  `json:"kind"` // environment, segment, token, …
	Name    string  `json:"name"`
	Outcome Outcome `json:"outcome"`
	Why     string  `json:"why,omitempty"`
}

// Takeover makes a server have what an Unleash server has: environments, tag types, context
// fields, strategy types, projects, segments, flags, roles, people, groups, access, API tokens and
// protections, by the admin APIs of both. It can be repeated: what is there is brought up to date, and
// nothing is made twice. It deletes nothing. It goes on after a refusal, and says of each thing what
// became of it.
//
// If it only checks, nothing is written, and the outcomes are those that a takeover would have.
//
// The error is one of reading the other server; then nothing more is taken over. Each kind of thing is a method that reads
// the list of both servers, compares by name, writes what is missing or different, and notes what became of each. Writes go
// through the admin API like everybody's, so that what is taken over is checked, and logged, like everything else. The
// table of what is taken over and how is in docs/import-export.md.
func Takeover(ctx context.Context, from, to API, check bool) ([]Taken, error) {
	t := takeover{
		from: from, to: to, check: check,
		segmentIDs: map[int64]int64{}, roleIDs: map[int64]int64{}, accountIDs: map[int64]int64{}, groupIDs: map[int64]int64{},
	}
	// Each needs what stands before it: strategies name segments, people have roles, access names people and groups.
	// Protections come last: what is protected takes nothing directly any more.
	for _, take := range []func(context.Context) error{
		t.environments, t.tagTypes, t.contextFields, t.strategyTypes, t.projects, t.segments, t.flags, t.archivedFlags, t.settings,
		t.roles, t.users, t.serviceAccounts, t.groups, t.access, t.tokens, t.protections,
	} {
		if err := take(ctx); err != nil {
			return t.taken, err
		}
	}
	return t.taken, nil
}

// takeover is a takeover that goes on.
type takeover struct {
	from, to API
	taken    []Taken
	// check is set where nothing is written; unwritten, if something would have been; and lacking, if that
	// was before the flags, which then cannot be checked. With lacking, importing a flag would be refused for want of
	// something that the takeover itself brings, which says nothing.
	check, unwritten, lacking bool
	// known are the projects that can be filled, with their environments.
	known []project
	// The ids of the server that takes over, by those of the other one. In a check, what would be
	// created has the id 0. What has no entry was not taken over.
	segmentIDs, roleIDs, accountIDs, groupIDs map[int64]int64
}

// note remembers what became of something.
func (t *takeover) note(kind, name string, outcome Outcome, why string) {
	t.taken = append(t.taken, Taken{kind, name, outcome, why})
}

// noteError is note for what may have been refused. A failure of reading is not for it: it ends the takeover, since the
// rest cannot be known.
func (t *takeover) noteError(kind, name string, done Outcome, err error) {
	if err == nil {
		t.note(kind, name, done, "")
		return
	}
	why := []string{err.Error()}
	if f := fault.As(err); f != nil {
		for _, detail := range f.Details {
			why = append(why, detail.Message)
		}
	}
	t.note(kind, name, Failed, strings.Join(why, " "))
}

// read asks a server for something. What T does not have is ignored, so that releases that say more are understood.
func read[T any](ctx context.Context, api API, path ...string) (T, error) {
	var value T
	answer, err := api.Call(ctx, get, path, nil, nil)
	if err != nil {
		return value, err
	}
	if err := json.Unmarshal(answer, &value); err != nil {
		return value, fmt.Errorf("interchange: what is answered for %v is not understood: %w", path, err)
	}
	return value, nil
}

// write sends something to the server that takes over, unless this is a check. A check gets an empty object for an answer,
// from which ids decode as 0.
func (t *takeover) write(ctx context.Context, method string, body any, path ...string) (json.RawMessage, error) {
	if t.check {
		t.unwritten = true
		return json.RawMessage(`{}`), nil
	}
	return t.to.Call(ctx, method, path, nil, body)
}

// readOurs asks the server that takes over for something. In a check, what it would have created
// is not there, and has nothing.
func readOurs[T any](ctx context.Context, t *takeover, path ...string) (T, error) {
	value, err := read[T](ctx, t.to, path...)
	if t.check && fault.Is(err, fault.NotFound) {
		return value, nil
	}
	return value, err
}

// both reads the same list of both servers.
func both[T any](ctx context.Context, t *takeover, path ...string) (theirs, ours T, err error) {
	if theirs, err = read[T](ctx, t.from, path...); err != nil {
		return theirs, ours, err
	}
	ours, err = readOurs[T](ctx, t, path...)
	return theirs, ours, err
}

// enterprise reports whether an error says that the server has not got something that only
// Unleash's paid editions have. Unleash answers so in several ways, by edition and release. Only reading the other server
// is asked about: a refusal here is one.
func enterprise(err error) bool {
	return fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) || fault.Is(err, fault.Permission) || fault.Is(err, fault.NotImplemented)
}

type environment struct {
	Name      string `json:"name"`
	Type      string `json:"type"`
	Enabled   bool   `json:"enabled"`
	SortOrder int    `json:"sortOrder"`
}

// environments creates those that are not here. Those that are keep their type and order, and whether they are enabled.
func (t *takeover) environments(ctx context.Context) error {
	type list struct{ Environments []environment }
	theirs, ours, err := both[list](ctx, t, "environments")
	if err != nil {
		return err
	}
	for _, e := range theirs.Environments {
		if slices.ContainsFunc(ours.Environments, func(o environment) bool { return o.Name == e.Name }) {
			t.note("environment", e.Name, Unchanged, "")
			continue
		}
		_, err := t.write(ctx, post, e, "environments")
		t.noteError("environment", e.Name, Created, err)
	}
	return nil
}

// tagTypes creates those that are not here, by name.
func (t *takeover) tagTypes(ctx context.Context) error {
	type list struct{ TagTypes []ExportedTagType }
	theirs, ours, err := both[list](ctx, t, "tag-types")
	if err != nil {
		return err
	}
	for _, kind := range theirs.TagTypes {
		if slices.ContainsFunc(ours.TagTypes, func(o ExportedTagType) bool { return o.Name == kind.Name }) {
			t.note("tag type", kind.Name, Unchanged, "")
			continue
		}
		_, err := t.write(ctx, post, kind, "tag-types")
		t.noteError("tag type", kind.Name, Created, err)
	}
	return nil
}

// contextFields takes the global ones over; those of projects come with them.
func (t *takeover) contextFields(ctx context.Context) error {
	theirs, ours, err := both[[]ExportedContextField](ctx, t, "context")
	if err != nil {
		return err
	}
	t.takeContextFields(ctx, theirs, ours, "context")
	return nil
}

// takeContextFields creates fields, and gives those that are there the legal values that they lack. A field without legal
// values takes any, so giving it some would take something away; it is left. Values that only this server has stay.
func (t *takeover) takeContextFields(ctx context.Context, theirs, ours []ExportedContextField, path ...string) {
	for _, field := range theirs {
		i := slices.IndexFunc(ours, func(o ExportedContextField) bool { return o.Name == field.Name })
		if i < 0 {
			_, err := t.write(ctx, post, field, path...)
			t.noteError("context field", field.Name, Created, err)
			continue
		}
		have := ours[i]
		lacks := func(v ExportedLegalValue) bool {
			return !slices.ContainsFunc(have.LegalValues, func(h ExportedLegalValue) bool { return h.Value == v.Value })
		}
		if !slices.ContainsFunc(field.LegalValues, lacks) {
			t.note("context field", field.Name, Unchanged, "")
			continue
		}
		// To give it values now would refuse those that constraints here may name already.
		if len(have.LegalValues) == 0 {
			t.note("context field", field.Name, Left, "it is there, and takes any value, also these")
			continue
		}
		for _, v := range field.LegalValues {
			if lacks(v) {
				have.LegalValues = append(have.LegalValues, v)
			}
		}
		_, err := t.write(ctx, put, have, append(slices.Clone(path), field.Name)...)
		t.noteError("context field", field.Name, Updated, err)
	}
}

type strategyType struct {
	Name        string            `json:"name"`
	Title       *string           `json:"title"`
	Description *string           `json:"description"`
	Deprecated  bool              `json:"deprecated"`
	Parameters  []json.RawMessage `json:"parameters"`
}

// strategyTypes creates those that are not here. The built-in ones are, under the same names.
func (t *takeover) strategyTypes(ctx context.Context) error {
	type list struct{ Strategies []strategyType }
	theirs, ours, err := both[list](ctx, t, "strategies")
	if err != nil {
		return err
	}
	for _, kind := range theirs.Strategies {
		if slices.ContainsFunc(ours.Strategies, func(o strategyType) bool { return o.Name == kind.Name }) {
			t.note("strategy type", kind.Name, Unchanged, "")
			continue
		}
		if kind.Parameters == nil {
			kind.Parameters = []json.RawMessage{}
		}
		_, err := t.write(ctx, post, kind, "strategies")
		t.noteError("strategy type", kind.Name, Created, err)
	}
	return nil
}

type segment struct {
	ID          int64                `json:"id,omitempty"`
	Name        string               `json:"name"`
	Description *string              `json:"description"`
	Project     *string              `json:"project,omitempty"`
	Constraints []ExportedConstraint `json:"constraints"`
}

// segments takes segments over by their names, and learns their ids on both sides. They are created in the order of
// their ids, in which strategies have them: an empty server gives them the same ones.
func (t *takeover) segments(ctx context.Context) error {
	type list struct{ Segments []segment }
	theirs, ours, err := both[list](ctx, t, "segments")
	if err != nil {
		return err
	}
	slices.SortFunc(theirs.Segments, func(a, b segment) int { return cmp.Compare(a.ID, b.ID) })
	for _, s := range theirs.Segments {
		// The id is no part of what is compared and sent: it is 0, and so left out.
		there := s.ID
		s.ID = 0
		if s.Constraints == nil {
			s.Constraints = []ExportedConstraint{}
		}
		i := slices.IndexFunc(ours.Segments, func(o segment) bool { return o.Name == s.Name })
		if i < 0 {
			answer, err := t.write(ctx, post, s, "segments")
			var made segment
			if err == nil {
				err = json.Unmarshal(answer, &made)
			}
			// After a refusal this is 0, an id that no segment has; what names the segment is refused then, too, and noted.
			t.segmentIDs[there] = made.ID
			t.noteError("segment", s.Name, Created, err)
			continue
		}
		have := ours.Segments[i]
		t.segmentIDs[there] = have.ID
		have.ID = 0
		if sameJSON(have, s) {
			t.note("segment", s.Name, Unchanged, "")
			continue
		}
		_, err := t.write(ctx, put, s, "segments", fmt.Sprint(t.segmentIDs[there]))
		t.noteError("segment", s.Name, Updated, err)
	}
	return nil
}

// sameJSON reports whether two values are written alike. Fields of both are those that the types here have, so what only
// one server tells does not make them differ.
func sameJSON(a, b any) bool {
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}
