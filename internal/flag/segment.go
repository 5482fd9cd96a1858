package flag

import "time"

// Segment is a named list of constraints that strategies share.
type Segment struct {
	ID          SegmentID    `json:"id"`
	Name        string       `json:"name"`
	Description *string      `json:"description,omitempty"`
	Project     *ProjectID   `json:"project,omitempty"` // nil: global
	Constraints []Constraint `json:"constraints,omitempty"`
	CreatedAt   time.Time    `json:"createdAt"`
	CreatedBy   string       `json:"createdBy,omitempty"` // actor reference, see access.Ref
}

// Global reports whether strategies of every project may use the segment.
func (s *Segment) Global() bool { return s.Project == nil }
