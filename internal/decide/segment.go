package decide

import (
	"fmt"
	"iter"
	"slices"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// SegmentSettings are what a segment is made of.
type SegmentSettings struct {
	Name        string
	Description *string
	Project     *flag.ProjectID // nil: every project may use it
	Constraints []flag.Constraint
}

// CreateSegment makes a segment, and returns its id.
//
// Faults: BadData, NameExists, ExceedsLimit.
func CreateSegment(d *Decision, in SegmentSettings) (flag.SegmentID, error) {
	if limit := d.Limits.Segments; Reached(d.SegmentCount(), limit) {
		return 0, flag.ExceedsLimit("segment", limit)
	}
	segment := flag.Segment{ID: d.NextSegmentID(), CreatedAt: d.Now, CreatedBy: string(d.Actor.Ref)}
	if err := fillSegment(d, &segment, in); err != nil {
		return 0, err
	}
	d.Add(state.Scope{Project: Owner(in.Project)}, state.SegmentCreated{Segment: segment})
	return segment.ID, nil
}

// UpdateSegment changes a segment.
//
// Faults: NotFound, BadData, also when the segment would belong to a project while
// another one uses it, or proposes to, NameExists.
func UpdateSegment(d *Decision, id flag.SegmentID, in SegmentSettings) error {
	before, err := Segment(d.State, id)
	if err != nil {
		return err
	}
	after := *before
	if err := fillSegment(d, &after, in); err != nil {
		return err
	}
	if after.Project != nil {
		for name := range d.SegmentUsers(id) {
			if f := d.Flag(name); f.Project != *after.Project {
				return fault.Field("/body/project", "The segment %q cannot belong to project %q: the flag %q of project %q uses it.", before.Name, *after.Project, name, f.Project)
			}
		}
		for r := range ProposedUses(d.State, id) {
			if r.Project != *after.Project && r.State != changerequest.Draft {
				return fault.Field("/body/project", "The segment %q cannot belong to project %q: the open change request %d of project %q uses it.", before.Name, *after.Project, r.ID, r.Project)
			}
		}
	}
	if !Same(*before, after) {
		d.Add(state.Scope{Project: Owner(after.Project)}, state.SegmentUpdated{Before: *before, After: after})
	}
	return nil
}

// fillSegment puts settings into a segment, if they are good.
func fillSegment(d *Decision, segment *flag.Segment, in SegmentSettings) error {
	segment.Name, segment.Description, segment.Project, segment.Constraints = in.Name, in.Description, in.Project, in.Constraints
	if err := fault.Invalid(flag.ValidateSegment("/body", *segment, legalValues(d.State))...); err != nil {
		return err
	}
	if err := d.Limits.CheckSegment("/body", *segment); err != nil {
		return err
	}
	if in.Project != nil {
		if p := d.Project(*in.Project); p == nil || p.Archived() {
			return fault.Field("/body/project", "There is no project %q.", *in.Project)
		}
	}
	return freeSegmentName(d.State, in.Name, segment.ID)
}

// ValidateSegmentName says whether a segment of this name could be created.
//
// Faults: BadData, NameExists.
func ValidateSegmentName(s *state.State, name string) error {
	if err := fault.Invalid(flag.ValidateSegmentName("/body/name", name)...); err != nil {
		return err
	}
	return freeSegmentName(s, name, 0)
}

// freeSegmentName returns a NameExists fault if another segment than the given one has the name.
func freeSegmentName(s *state.State, name string, except flag.SegmentID) error {
	for other := range s.Segments() {
		if other.Name == name && other.ID != except {
			return &fault.Error{
				Kind: fault.NameExists, Message: "Segment name already exists", // Unleash's words
				Details: []fault.Detail{{Path: "/body/name", Message: fmt.Sprintf("The segment %d has the name %q already.", other.ID, name)}},
			}
		}
	}
	return nil
}

// ForeignSegment says why a place has no say about the segment that a change is about; nothing
// if it has, or if there is none. People of one project do not decide about what belongs to
// another; a global segment is for those to decide who use it, where it is protected
// (docs/gate.md).
func ForeignSegment(s *state.State, in changerequest.Place, p change.Payload) string {
	segment := s.Segment((change.Change{Payload: p}).Segment())
	switch {
	case segment == nil:
		return ""
	case segment.Project != nil && *segment.Project != in.Project:
		return "Segment belongs to another project"
	case segment.Project == nil && !usedIn(s, segment.ID, in):
		return "Segment is for all projects, and no flag uses it in this environment"
	}
	if update, ok := p.(change.UpdateSegment); ok && update.Project != nil && *update.Project != in.Project {
		return "A change request cannot give a segment to another project"
	}
	return ""
}

// usedIn reports whether a flag in use has a strategy in a place that uses a segment.
func usedIn(s *state.State, id flag.SegmentID, in changerequest.Place) bool {
	for name := range s.SegmentUsers(id) {
		f := s.Flag(name)
		if row := f.In(in.Environment); f.Project == in.Project && !f.Archived() && row != nil {
			if slices.ContainsFunc(row.Strategies, func(s flag.Strategy) bool { return slices.Contains(s.Segments, id) }) {
				return true
			}
		}
	}
	return false
}

// ProposedUses yields the changes of open requests that give a segment to a strategy. A draft
// is its author's alone to know of; while change requests are turned off, nobody knows of any.
func ProposedUses(s *state.State, id flag.SegmentID) iter.Seq2[*changerequest.Request, change.Change] {
	return func(yield func(*changerequest.Request, change.Change) bool) {
		if s.ChangeRequests().Disabled {
			return
		}
		for r := range s.OpenRequestsUsing(id) {
			for _, c := range r.Changes {
				if _, settings, ok := c.Strategy(); ok && slices.Contains(settings.Segments, id) && !yield(r, c) {
					return
				}
			}
		}
	}
}

// DeleteSegment removes a segment that no strategy uses, archived flags included, and that
// no request that was submitted gives to one.
//
// Faults: NotFound, Conflict while it is used.
func DeleteSegment(d *Decision, id flag.SegmentID) error {
	segment, err := Segment(d.State, id)
	if err != nil {
		return err
	}
	if users := slices.Collect(d.SegmentUsers(id)); len(users) > 0 {
		return fault.New(fault.Conflict, "The segment %q cannot be deleted: it is used by the flag %q and %d others. Archived flags count.", segment.Name, users[0], len(users)-1)
	}
	for r, c := range ProposedUses(d.State, id) {
		if r.State != changerequest.Draft {
			return fault.New(fault.Conflict, "The segment %q cannot be deleted: the open change request %d gives it to a strategy of the flag %q.", segment.Name, r.ID, c.Feature)
		}
	}
	d.Add(state.Scope{Project: Owner(segment.Project)}, state.SegmentDeleted{Before: *segment})
	return nil
}

// Segment returns a segment.
//
// Faults: NotFound.
func Segment(s *state.State, id flag.SegmentID) (*flag.Segment, error) {
	if segment := s.Segment(id); segment != nil {
		return segment, nil
	}
	return nil, fault.New(fault.NotFound, "No segment exists with ID \"%d\"", id)
}

// Owner returns the project to which something belongs, empty if it belongs to none.
func Owner(project *flag.ProjectID) flag.ProjectID {
	if project == nil {
		return ""
	}
	return *project
}
