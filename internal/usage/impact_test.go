package usage_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/usage"
)

func impactOf(t *testing.T, u *usage.Usage) string {
	t.Helper()
	var text strings.Builder
	if err := u.WriteImpact(&text); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// TestImpact adds counters and histograms up and replaces gauges.
func TestImpact(t *testing.T) {
	t.Parallel()
	u, _ := newUsage(nil)
	labels := map[string]string{"foo": `b"ar`, "9lives": "no", "metric_type": "mine", "is.it": "yes"}
	for range 2 {
		u.Measure([]usage.ImpactMetric{
			{Name: "my-c", Help: "Counts\nthings.", Kind: usage.Counter, Samples: []usage.ImpactSample{{Value: 1.5, Labels: labels}}},
			{Name: "g", Kind: usage.Gauge, Samples: []usage.ImpactSample{{Value: 7}, {Value: 8, Labels: map[string]string{"origin": "edge"}}}},
			{Name: "h", Kind: usage.Histogram, Samples: []usage.ImpactSample{{Count: 3, Sum: 10, Buckets: map[float64]float64{1: 1, 5: 2, math.Inf(1): 3}}}},
			{Name: "g", Kind: usage.Counter, Samples: []usage.ImpactSample{{Value: 100}}}, // it is a gauge
			{Name: "1st", Kind: usage.Counter, Samples: []usage.ImpactSample{{Value: 1}}},
			{Name: "x", Kind: "summary", Samples: []usage.ImpactSample{{Value: 1}}},
		})
	}
	want := `# HELP g 
# TYPE g gauge
g{origin="edge",metric_type="gauge"} 8
g{origin="sdk",metric_type="gauge"} 7
# HELP h 
# TYPE h histogram
h_bucket{origin="sdk",metric_type="histogram",le="1"} 2
h_bucket{origin="sdk",metric_type="histogram",le="5"} 4
h_bucket{origin="sdk",metric_type="histogram",le="+Inf"} 6
h_sum{origin="sdk",metric_type="histogram"} 20
h_count{origin="sdk",metric_type="histogram"} 6
# HELP my_c Counts\nthings.
# TYPE my_c counter
my_c{origin="sdk",metric_type="counter",foo="b\"ar",is_it="yes"} 3
`
	if diff := cmp.Diff(want, impactOf(t, u)); diff != "" {
		t.Errorf("the metrics differ (-want +got):\n%s", diff)
	}
}

// TestImpactStaysReadable holds that what one application sends spoils nothing for Prometheus, which refuses everything if a label is said
// twice, and that what is read is always what was counted.
func TestImpactStaysReadable(t *testing.T) {
	t.Parallel()
	u, _ := newUsage(nil)
	for count := range 2 {
		u.Measure([]usage.ImpactMetric{{Name: "h", Kind: usage.Histogram, Samples: []usage.ImpactSample{
			{Count: 2, Sum: 3, Buckets: map[float64]float64{1: 1}, Labels: map[string]string{"le": "9", "__name__": "x"}},
		}}})
		want := fmt.Sprintf(`# HELP h 
# TYPE h histogram
h_bucket{origin="sdk",metric_type="histogram",le="1"} %d
h_bucket{origin="sdk",metric_type="histogram",le="+Inf"} %d
h_sum{origin="sdk",metric_type="histogram"} %d
h_count{origin="sdk",metric_type="histogram"} %[2]d
`, count+1, 2*(count+1), 3*(count+1))
		if diff := cmp.Diff(want, impactOf(t, u)); diff != "" {
			t.Errorf("the metrics differ after %d reports (-want +got):\n%s", count+1, diff)
		}
	}
}

// TestImpactIsBounded sends more series than are kept.
func TestImpactIsBounded(t *testing.T) {
	t.Parallel()
	u, _ := newUsage(nil)
	var samples []usage.ImpactSample
	for i := range 20_000 {
		samples = append(samples, usage.ImpactSample{Value: 1, Labels: map[string]string{"id": fmt.Sprint(i)}})
	}
	u.Measure([]usage.ImpactMetric{{Name: "c", Kind: usage.Counter, Samples: samples}})
	u.Measure([]usage.ImpactMetric{{Name: "c", Kind: usage.Counter, Samples: samples[:1]}}) // what is known goes on
	text := impactOf(t, u)
	if got := strings.Count(text, "c{"); got != 10_000 {
		t.Errorf("got %d series, want 10,000", got)
	}
	if !strings.Contains(text, `id="0"} 2`) {
		t.Error("a series that is known does not go on")
	}
	if got := u.Dropped(); got != 10_000 {
		t.Errorf("got %d dropped, want 10,000", got)
	}
}

func TestOutdated(t *testing.T) {
	t.Parallel()
	for sdk, want := range map[string]bool{
		"unleash-node-sdk:3.11.9": true, "unleash-node-sdk:3.12.0": false, "unleash-client-node:3.0.0": true, "unleash-client-java:5.0": true,
		"unleash-go-sdk:v3.2.9": true, "unleash-client-go:4.1.0": false, "unleash-client-js:0.1.0": false, "mine:0.1.0": false, "unleash-node-sdk:x": false, "": false,
	} {
		if got := usage.Outdated(sdk); got != want {
			t.Errorf("%q: got outdated %t, want %t", sdk, got, want)
		}
	}
}
