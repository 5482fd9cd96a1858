package sdkapi

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"

	"github.com/quorate/quorate/internal/sdkhttp"
	"github.com/quorate/quorate/internal/usage"
)

// impact returns the impact metrics that a report carries. They come on top of what it counts,
// so whatever is wrong with one is passed over.
// Types are checked here, and names and bounds in usage.
func impact(body object) []usage.ImpactMetric {
	list, _ := body.fields["impactMetrics"].([]any)
	var metrics []usage.ImpactMetric
	for _, value := range list {
		fields, _ := value.(map[string]any)
		name, _ := fields["name"].(string)
		help, _ := fields["help"].(string)
		kind, _ := fields["type"].(string)
		samples, _ := fields["samples"].([]any)
		m := usage.ImpactMetric{Name: name, Help: help, Kind: kind}
		for _, value := range samples {
			if s, ok := impactSample(kind, value); ok {
				m.Samples = append(m.Samples, s)
			}
		}
		metrics = append(metrics, m)
	}
	return metrics
}

// impactSample returns one measurement, and whether it is one.
// A counter and a histogram only grow, so a number below 0 in one is none; a gauge can have any.
func impactSample(kind string, value any) (usage.ImpactSample, bool) {
	fields, _ := value.(map[string]any)
	s := usage.ImpactSample{Labels: map[string]string{}, Buckets: map[float64]float64{}}
	labels, _ := fields["labels"].(map[string]any)
	for name, value := range labels {
		if text, ok := sdkhttp.Text(value); ok {
			s.Labels[name] = text
		}
	}
	if kind != usage.Histogram {
		var ok bool
		s.Value, ok = number(fields["value"])
		return s, ok && (kind == usage.Gauge || s.Value >= 0)
	}
	count, counted := number(fields["count"])
	sum, summed := number(fields["sum"])
	s.Count, s.Sum = count, sum
	buckets, _ := fields["buckets"].([]any)
	for _, value := range buckets {
		bucket, _ := value.(map[string]any)
		bound, bounded := number(bucket["le"])
		if bucket["le"] == "+Inf" {
			bound, bounded = math.Inf(1), true
		}
		n, ok := number(bucket["count"])
		if !bounded || !ok || n < 0 {
			return s, false
		}
		s.Buckets[bound] = n
	}
	return s, counted && summed && count >= 0
}

// number returns a JSON number, and whether the value is one.
// What does not fit into a float is none.
func number(value any) (float64, bool) {
	text, ok := value.(json.Number)
	if !ok {
		return 0, false
	}
	n, err := strconv.ParseFloat(text.String(), 64)
	return n, err == nil
}

// impactMetrics answers GET /internal-backstage/impact/metrics, which Prometheus reads.
// Like /internal-backstage/prometheus it asks for no token.
func (a *API) impactMetrics(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	_ = a.Usage.WriteImpact(w) // whoever has gone gets no answer
}
