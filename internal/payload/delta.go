package payload

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"github.com/quorate/quorate/internal/flag"
)

// Delta is what an SDK is sent to get from one revision to another.
type Delta struct {
	// Body is {"events": […]} as JSON; nil when nothing that the query asks for has
	// changed.
	Body []byte
	// Revision is the id of the last event.
	Revision int64
}

// Since returns what has changed since a revision in what a query asks for, and
// whether the revision is remembered. If it is not, the SDK needs a Hydration.
func (s *Set) Since(revision int64, q Query) (Delta, bool) {
	f := q.filter()
	return s.since(revision, &f)
}

// happened is what became of a flag or segment in some steps. Its fields are in the order
// by which events are sorted.
type happened struct {
	revision int64
	kind     eventKind
	name     flag.Name
	segment  flag.SegmentID
	project  flag.ProjectID // from which the flag went
}

// eventKind is the kind of a delta event. Events of the same revision are sent in this
// order, so that a flag finds its segments there and a move does not end in a removal.
type eventKind int

const (
	segmentUpdated eventKind = iota
	featureRemoved
	featureUpdated
	segmentRemoved
)

func (s *Set) since(revision int64, f *filter) (Delta, bool) {
	steps, ok := s.history.after(revision)
	if !ok {
		return Delta{}, false
	}
	list := append(s.segmentsIn(steps, f), s.flagsIn(steps, f)...)
	if len(list) == 0 {
		return Delta{}, true
	}
	slices.SortFunc(list, func(a, b happened) int {
		return cmp.Or(cmp.Compare(a.revision, b.revision), cmp.Compare(a.kind, b.kind),
			cmp.Compare(a.name, b.name), cmp.Compare(a.segment, b.segment))
	})
	body := []byte(`{"events":[`)
	sent := map[flag.SegmentID]bool{}
	for _, h := range list {
		switch h.kind {
		case segmentUpdated:
			body = appendSegmentUpdated(body, h.revision, s.usedSegment(h.segment, f))
			sent[h.segment] = true
		case segmentRemoved:
			body = appendEvent(body, "segment-removed", h.revision, "segmentId")
			body = strconv.AppendInt(body, int64(h.segment), 10)
			body = append(body, "},"...)
		case featureRemoved:
			body = appendEvent(body, "feature-removed", h.revision, "featureName")
			body = append(body, marshal(h.name)...)
			body = append(body, `,"project":`...)
			body = append(body, marshal(h.project)...)
			body = append(body, "},"...)
		case featureUpdated:
			updated := s.Flag(h.name)
			// The SDK may never have been sent the segments that the flag uses.
			for _, segment := range updated.segments {
				if !sent[segment.source.ID] {
					body = appendSegmentUpdated(body, h.revision, segment)
					sent[segment.source.ID] = true
				}
			}
			body = appendEvent(body, "feature-updated", h.revision, "feature")
			body = append(body, updated.served...)
			body = append(body, "},"...)
		}
	}
	body[len(body)-1] = ']'
	return Delta{Body: append(body, '}'), Revision: list[len(list)-1].revision}, true
}

// flagsIn returns what became of the flags in some steps, as far as the filter sees it: one
// event for each, or two for a flag that moved to another project.
func (s *Set) flagsIn(steps []step, f *filter) []happened {
	type fate struct {
		before   *sight // in the first step
		revision int64  // of the last
	}
	fates := map[flag.Name]fate{}
	for i := range steps {
		for _, change := range steps[i].flags {
			known, again := fates[change.name]
			if !again {
				known.before = change.before
			}
			known.revision = steps[i].revision
			fates[change.name] = known
		}
	}
	var list []happened
	for name, fate := range fates {
		now := s.Flag(name)
		seen := now != nil && f.sees(now)
		if b := fate.before; b != nil && f.wouldSee(name, b) && (!seen || now.source.Project != b.project) {
			list = append(list, happened{revision: fate.revision, kind: featureRemoved, name: name, project: b.project})
		}
		if seen {
			list = append(list, happened{revision: fate.revision, kind: featureUpdated, name: name})
		}
	}
	return list
}

// segmentsIn returns what became of the segments in some steps. A changed segment
// counts only if the filter sees a flag that uses it.
func (s *Set) segmentsIn(steps []step, f *filter) []happened {
	last := map[flag.SegmentID]int64{}
	for i := range steps {
		for _, id := range steps[i].segments {
			last[id] = steps[i].revision
		}
	}
	var list []happened
	for id, revision := range last {
		switch {
		case s.state.Segment(id) == nil:
			list = append(list, happened{revision: revision, kind: segmentRemoved, segment: id})
		case s.usedSegment(id, f) != nil:
			list = append(list, happened{revision: revision, kind: segmentUpdated, segment: id})
		}
	}
	return list
}

// usedSegment returns a segment if the filter sees a flag that uses it, else nil.
func (s *Set) usedSegment(id flag.SegmentID, f *filter) *segment {
	for name := range s.state.SegmentUsers(id) {
		if user := s.Flag(name); user != nil && f.sees(user) && user.uses(id) {
			return user.segment(id)
		}
	}
	return nil
}

// appendEvent begins an event, up to and with the key under which its content stands.
func appendEvent(body []byte, kind string, revision int64, key string) []byte {
	body = append(body, `{"type":"`...)
	body = append(body, kind...)
	body = append(body, `","eventId":`...)
	body = strconv.AppendInt(body, revision, 10)
	body = append(body, `,"`...)
	body = append(body, key...)
	return append(body, `":`...)
}

func appendSegmentUpdated(body []byte, revision int64, s *segment) []byte {
	body = appendEvent(body, "segment-updated", revision, "segment")
	body = append(body, s.served...)
	return append(body, "},"...)
}

// Hydration returns everything that a query asks for as a single delta event, for an
// SDK that is not known to have anything. Its entity tag is the quoted revision.
func (s *Set) Hydration(q Query) *Answer {
	key := answerKey{q, hydration}
	if there := s.kept.get(key); there != nil {
		return there
	}
	return s.kept.put(key, s.newHydration(q))
}

func (s *Set) newHydration(q Query) *Answer {
	revision := strconv.FormatInt(s.head.Revision, 10)
	return newAnswer(&s.kept, `"`+revision+`"`, func() []byte {
		flags := s.Visible(q)
		body := make([]byte, 0, lengthOf(flags))
		body = append(body, `{"events":[{"type":"hydration","eventId":`+revision+`,"features":`...)
		body = appendFlags(body, flags, false)
		body = append(body, `,"segments":`...)
		body = appendSegments(body, flags)
		return append(body, "}]}"...)
	})
}

// appendFlags appends the flags as a JSON list.
func appendFlags(body []byte, flags []*Flag, inline bool) []byte {
	body = append(body, '[')
	for i, f := range flags {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, f.JSON(inline)...)
	}
	return append(body, ']')
}

// appendSegments appends the segments that the flags use as a JSON list, sorted by name.
func appendSegments(body []byte, flags []*Flag) []byte {
	used := map[*segment]struct{}{}
	for _, f := range flags {
		for _, segment := range f.segments {
			used[segment] = struct{}{}
		}
	}
	sorted := slices.SortedFunc(maps.Keys(used), func(a, b *segment) int {
		return cmp.Or(cmp.Compare(a.source.Name, b.source.Name), cmp.Compare(a.source.ID, b.source.ID))
	})
	body = append(body, '[')
	for i, segment := range sorted {
		if i > 0 {
			body = append(body, ',')
		}
		body = append(body, segment.served...)
	}
	return append(body, ']')
}

// lengthOf estimates the length of an answer with the flags, from above for most.
func lengthOf(flags []*Flag) int {
	length := 4096
	for _, f := range flags {
		length += len(f.served) + 1
	}
	return length
}
