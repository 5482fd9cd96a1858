package payload

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"sync"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
)

// Flag is a flag in one environment, ready to be sent. It never changes.
type Flag struct {
	source *flag.Flag
	row    *flag.FlagEnvironment
	// served is the flag as JSON, with segments by their ids.
	served []byte
	// segments are those that the served strategies use, by id.
	segments []*segment

	once  sync.Once
	ready answers
}

// answers are the forms of a flag that Quorate evaluates itself. Most installations
// never do, so they are made when the first caller asks.
type answers struct {
	compiled *evaluation.Flag
	toggle   toggle
	resolved resolved
}

// absent is what a flag has in an environment in which it has no row.
var absent flag.FlagEnvironment

// newFlag prepares a flag for an environment. The segments function returns a
// segment as flags use it.
func newFlag(source *flag.Flag, env flag.EnvironmentName, segments func(flag.SegmentID) *segment) *Flag {
	f := &Flag{source: source, row: source.In(env)}
	if f.row == nil {
		f.row = &absent
	}
	for i := range f.row.Strategies {
		if f.row.Strategies[i].Disabled {
			continue
		}
		for _, id := range f.row.Strategies[i].Segments {
			if s := segments(id); s != nil && !slices.Contains(f.segments, s) {
				f.segments = append(f.segments, s)
			}
		}
	}
	slices.SortFunc(f.segments, func(a, b *segment) int { return int(a.source.ID - b.source.ID) })
	f.served = marshal(newClientFeature(source, f.row, nil))
	return f
}

// JSON returns the flag as an SDK is sent it, with segments by id or, for SDKs that
// know none, with the constraints of its segments inlined.
func (f *Flag) JSON(inline bool) []byte {
	if !inline || len(f.segments) == 0 {
		return f.served
	}
	return marshal(newClientFeature(f.source, f.row, func(id flag.SegmentID) []flag.Constraint {
		return f.segment(id).source.Constraints
	}))
}

// segment returns one of the flag's segments.
func (f *Flag) segment(id flag.SegmentID) *segment {
	i := slices.IndexFunc(f.segments, func(s *segment) bool { return s.source.ID == id })
	return f.segments[i]
}

// uses reports whether a served strategy of the flag uses the segment.
func (f *Flag) uses(id flag.SegmentID) bool {
	return slices.ContainsFunc(f.segments, func(s *segment) bool { return s.source.ID == id })
}

// answers returns what is needed to evaluate the flag, made on the first call.
func (f *Flag) answers() *answers {
	f.once.Do(func() {
		// What cannot be evaluated is shown where the flag is edited, not here.
		f.ready.compiled, _ = evaluation.Compile(f.source, f.row.Environment, func(id flag.SegmentID) *evaluation.Segment {
			if !f.uses(id) {
				return nil
			}
			return f.segment(id).compiled()
		})
		f.ready.toggle = newToggle(f)
		f.ready.resolved = newResolved(f)
	})
	return &f.ready
}

// variants returns every variant that the flag may answer with.
func (f *Flag) variants() []*flag.Variant {
	var all []*flag.Variant
	add := func(list []flag.Variant) {
		for i := range list {
			all = append(all, &list[i])
		}
	}
	add(f.row.Variants)
	for i := range f.row.Strategies {
		if !f.row.Strategies[i].Disabled {
			add(f.row.Strategies[i].Variants)
		}
	}
	return all
}

// piece is a part of an answer, and a number that differs when the part does. The
// numbers of an answer's pieces together make its entity tag.
type piece struct {
	text []byte
	sum  uint64
}

func newPiece(text []byte) piece {
	sum := sha256.Sum256(text)
	return piece{text, binary.BigEndian.Uint64(sum[:])}
}
