package decide_test

import (
	"testing"

	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

func TestSetVariants(t *testing.T) {
	t.Parallel()
	d := begin()
	unnamed := []flag.Variant{{Weight: 1000}}
	err := decide.SetVariants(d, in("bare"), "/body/payload/variants", unnamed)
	mustRefuse(t, d, err, fault.BadData)
	mustRefuse(t, d, decide.SetVariants(d, in("archived"), "/body", nil), fault.ArchivedFeature)

	variants := []flag.Variant{{Name: "blue", WeightType: flag.WeightVariable}, {Name: "red", WeightType: flag.WeightVariable}}
	for range 2 { // the second time, nothing changes
		must(t, decide.SetVariants(d, in("bare"), "/body", variants))
	}
	got := d.Flag("bare").In(prod).Variants
	if len(d.Events()) != 1 || len(got) != 2 || got[0].Weight != 500 || got[1].Weight != 500 {
		t.Errorf("got %d events and %+v, want one event and two variants of equal weight", len(d.Events()), got)
	}
}
