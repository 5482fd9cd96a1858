package state

import (
	"fmt"

	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[SegmentCreated]()
	_ = register[SegmentUpdated]()
	_ = register[SegmentDeleted]()
)

// SegmentCreated makes a segment. No strategy uses it yet, so SDKs see nothing.
type SegmentCreated struct {
	nothing
	Segment flag.Segment `json:"segment"`
}

// EventType returns "segment-created".
func (SegmentCreated) EventType() string { return "segment-created" }

func (p SegmentCreated) apply(s *State, _ Place) error {
	if want := s.NextSegmentID(); p.Segment.ID != want {
		return fmt.Errorf("the segment's id is %d, the next one is %d", p.Segment.ID, want)
	}
	s.counters.Segment = int64(p.Segment.ID)
	s.segments = s.segments.with(number(p.Segment.ID), &p.Segment)
	return nil
}

// SegmentUpdated changes a segment.
type SegmentUpdated struct {
	Before flag.Segment `json:"before"`
	After  flag.Segment `json:"after"`
}

// EventType returns "segment-updated".
func (SegmentUpdated) EventType() string { return "segment-updated" }

// Touch returns the segment, in all environments.
func (p SegmentUpdated) Touch(Scope) Touch { return Touch{Served: true, Segment: p.After.ID} }

func (p SegmentUpdated) apply(s *State, _ Place) error {
	if s.Segment(p.After.ID) == nil {
		return fmt.Errorf("there is no segment %d", p.After.ID)
	}
	s.segments = s.segments.with(number(p.After.ID), &p.After)
	return nil
}

// SegmentDeleted removes a segment that no strategy uses.
type SegmentDeleted struct {
	Before flag.Segment `json:"before"`
}

// EventType returns "segment-deleted".
func (SegmentDeleted) EventType() string { return "segment-deleted" }

// Touch returns the segment, in all environments: SDKs that hold it may forget it.
func (p SegmentDeleted) Touch(Scope) Touch { return Touch{Served: true, Segment: p.Before.ID} }

func (p SegmentDeleted) apply(s *State, _ Place) error {
	for name := range s.SegmentUsers(p.Before.ID) {
		return fmt.Errorf("flag %q uses segment %d", name, p.Before.ID)
	}
	s.segments = s.segments.without(number(p.Before.ID))
	return nil
}
