package payload

import (
	"sync"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// segment is a segment that flags use, in the form that SDKs are sent and, once
// somebody evaluates, compiled.
type segment struct {
	source   *flag.Segment
	served   []byte // as JSON
	compiled func() *evaluation.Segment
}

func newSegment(source *flag.Segment) *segment {
	return &segment{
		source: source,
		served: marshal(clientSegment{source.ID, source.Name, clientConstraints(source.Constraints)}),
		compiled: sync.OnceValue(func() *evaluation.Segment {
			// What cannot be evaluated is shown where the segment is edited, not here.
			compiled, _ := evaluation.CompileSegment(source)
			return compiled
		}),
	}
}
