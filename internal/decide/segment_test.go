package decide_test

import (
	"testing"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// TestSegment makes a segment, lets a flag use it, and asks for what its user stands against.
func TestSegment(t *testing.T) {
	t.Parallel()
	d := begin()
	id, err := decide.CreateSegment(d, decide.SegmentSettings{Name: "beta"})
	must(t, err)
	must(t, decide.UpdateStrategy(d, in("live"), "l1", func(s flag.Strategy) (change.StrategySettings, error) {
		settings := change.SettingsOf(s)
		settings.Segments = []flag.SegmentID{id}
		return settings, nil
	}))
	decided := len(d.Events())
	refuse := func(err error, kind fault.Kind) {
		t.Helper()
		if !fault.Is(err, kind) || len(d.Events()) != decided {
			t.Errorf("got %v and %d events more, want a %s and none", err, len(d.Events())-decided, kind)
		}
	}
	_, err = decide.CreateSegment(d, decide.SegmentSettings{Name: "beta"})
	refuse(err, fault.NameExists)
	refuse(decide.UpdateSegment(d, id, decide.SegmentSettings{Name: "beta", Project: new(other)}), fault.BadData)
	refuse(decide.DeleteSegment(d, id), fault.Conflict)
	refuse(decide.UpdateSegment(d, id+1, decide.SegmentSettings{Name: "gamma"}), fault.NotFound)
	must(t, decide.UpdateSegment(d, id, decide.SegmentSettings{Name: "beta"})) // no change
	refuse(decide.DeleteSegment(d, id+1), fault.NotFound)

	must(t, decide.UpdateSegment(d, id, decide.SegmentSettings{Name: "gamma", Project: new(shop)}))
	if got := d.Segment(id); got.Name != "gamma" || got.Global() {
		t.Errorf("got %+v, want gamma of the project that uses it", got)
	}
	must(t, decide.RemoveStrategy(d, in("live"), "l1"))
	must(t, decide.DeleteSegment(d, id))
	must(t, d.Err())
	if d.Segment(id) != nil {
		t.Error("the segment is still there")
	}
}
