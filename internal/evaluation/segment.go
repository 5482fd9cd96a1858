package evaluation

import "github.com/quorate/quorate/internal/flag"

// Segment is a segment ready to be evaluated. It is compiled once for all the
// strategies that use it, and shared by them.
type Segment struct {
	constraints []constraint
}

// CompileSegment prepares a segment.
func CompileSegment(s *flag.Segment) (*Segment, []Problem) {
	constraints, problems := compileConstraints(s.Constraints)
	return &Segment{constraints}, problems
}

// holds reports whether all of the segment's constraints hold; without any it does.
func (s *Segment) holds(ctx *Context) bool { return allHold(s.constraints, ctx) }
