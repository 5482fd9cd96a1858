package usage

import (
	"io"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
)

// Impact metrics (docs/sdk-api.md): measurements that applications send along with what they count, for Prometheus to read. Clients
// choose names, labels and values, so everything is bounded, and what is written is made to be valid text whatever they choose.

// The kinds of impact metrics.
const (
	Counter   = "counter"
	Gauge     = "gauge"
	Histogram = "histogram"
)

// ImpactMetric is what an application has measured of the effect of flags: Quorate hands it on to
// Prometheus (docs/sdk-api.md, "Impact metrics").
// Kind is Counter, Gauge or Histogram; a metric of any other is dropped.
type ImpactMetric struct {
	Name, Help, Kind string
	Samples          []ImpactSample
}

// ImpactSample is one measurement. Value is a counter's or a gauge's, the rest a histogram's.
// It is what came on top since the client's last report, but for a gauge, which is what it is.
type ImpactSample struct {
	Labels  map[string]string
	Value   float64
	Count   float64
	Sum     float64
	Buckets map[float64]float64 // cumulative counts by upper bound; that of +Inf is Count
}

// What clients can make a node keep of impact metrics, whatever they send.
const (
	maxImpactMetrics = 1_000
	maxImpactSeries  = 10_000 // of all metrics together
	maxImpactLabels  = 20
	maxImpactBuckets = 100
)

// impact adds up impact metrics in memory. A node that starts anew begins at zero, as
// Prometheus expects of counters.
type impact struct {
	mu      sync.Mutex
	metrics map[string]*impactMetric
	series  int
	dropped int64
}

// The first report of a name decides about its help and kind, as Prometheus takes one of each.
type impactMetric struct {
	help, kind string
	series     map[string]*ImpactSample // by their labels, as they are written
}

// Measure takes impact metrics. Counters and histograms are added up, gauges replaced. What makes
// no sense, or is too much, is dropped.
func (u *Usage) Measure(metrics []ImpactMetric) {
	u.impact.mu.Lock()
	defer u.impact.mu.Unlock()
	for _, m := range metrics {
		for _, s := range m.Samples {
			if !u.impact.add(m, s) {
				u.impact.dropped++
			}
		}
	}
}

// add takes one sample, or reports that it cannot. The caller holds mu.
func (i *impact) add(m ImpactMetric, s ImpactSample) bool {
	name, ok := metricName(m.Name)
	if !ok || !slices.Contains([]string{Counter, Gauge, Histogram}, m.Kind) || len(s.Labels) > maxImpactLabels || len(s.Buckets) > maxImpactBuckets {
		return false
	}
	// The text is the key: the same labels in another order are the same series.
	labels := impactLabels(m.Kind, s.Labels)
	metric := i.metrics[name]
	switch {
	case metric != nil && metric.kind != m.Kind:
		return false
	// A metric is kept with its first series, so one that could have none is refused.
	case metric == nil && len(i.metrics) >= maxImpactMetrics, (metric == nil || metric.series[labels] == nil) && i.series >= maxImpactSeries:
		return false
	case metric == nil:
		metric = &impactMetric{help: short(m.Help), kind: m.Kind, series: map[string]*ImpactSample{}}
		if i.metrics == nil {
			i.metrics = map[string]*impactMetric{}
		}
		i.metrics[name] = metric
	}
	have := metric.series[labels]
	if have == nil {
		have = &ImpactSample{Buckets: map[float64]float64{}}
		metric.series[labels] = have
		i.series++
	}
	if m.Kind == Gauge {
		have.Value = s.Value
		return true
	}
	have.Value += s.Value
	have.Count += s.Count
	have.Sum += s.Sum
	// A report may name other buckets than the one before. Past the bound, new ones are left out of the series, while Count has them.
	for bound, n := range s.Buckets {
		if math.IsInf(bound, 1) {
			continue // which is Count
		}
		if _, known := have.Buckets[bound]; known || len(have.Buckets) < maxImpactBuckets {
			have.Buckets[bound] += n
		}
	}
	return true
}

// metricName returns a name as Prometheus takes it, and whether it can.
// A letter, a digit or _ each; other characters become _, and a digit cannot be first (Prometheus' data model).
func metricName(name string) (string, bool) {
	if name == "" || len(name) > maxText {
		return "", false
	}
	name = strings.Map(func(r rune) rune {
		if r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
	return name, name[0] < '0' || name[0] > '9'
}

// impactLabels writes the labels of a series: where it comes from, its kind, and its own by name.
// The result is what stands between the braces of a line. Without a label origin, it is "sdk", as Unleash has it. Labels that
// Prometheus uses itself are left out.
func impactLabels(kind string, own map[string]string) string {
	origin := "sdk"
	written := map[string]string{}
	for name, value := range own {
		name, ok := metricName(name)
		switch {
		case name == "origin":
			origin = value
		case ok && name != "metric_type" && name != "le" && !strings.HasPrefix(name, "__"): // Prometheus refuses everything if one is twice
			written[name] = value
		}
	}
	var b strings.Builder
	write := func(name, value string) {
		if b.Len() > 0 {
			b.WriteByte(',')
		}
		b.WriteString(name + `="` + labelEscapes.Replace(short(value)) + `"`)
	}
	write("origin", origin)
	write("metric_type", kind)
	for _, name := range slices.Sorted(maps.Keys(written)) {
		write(name, written[name])
	}
	return b.String()
}

var (
	labelEscapes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)
	helpEscapes  = strings.NewReplacer(`\`, `\\`, "\n", `\n`)
)

// WriteImpact writes all impact metrics in Prometheus' text format, by name and labels.
// A line is a series, or one number of a histogram. The whole text is made before the first byte is written.
func (u *Usage) WriteImpact(w io.Writer) error {
	_, err := io.WriteString(w, u.impact.text()) // a slow reader holds nobody up
	return err
}

func (i *impact) text() string {
	i.mu.Lock()
	defer i.mu.Unlock()
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(i.metrics)) {
		m := i.metrics[name]
		b.WriteString("# HELP " + name + " " + helpEscapes.Replace(m.help) + "\n# TYPE " + name + " " + m.kind + "\n")
		for _, labels := range slices.Sorted(maps.Keys(m.series)) {
			m.series[labels].write(&b, name, m.kind, labels)
		}
	}
	return b.String()
}

// write writes one series.
func (s *ImpactSample) write(b *strings.Builder, name, kind, labels string) {
	line := func(suffix, labels string, value float64) {
		b.WriteString(name + suffix + "{" + labels + "} " + strconv.FormatFloat(value, 'g', -1, 64) + "\n")
	}
	if kind != Histogram {
		line("", labels, s.Value)
		return
	}
	for _, bound := range slices.Sorted(maps.Keys(s.Buckets)) {
		le := strconv.FormatFloat(bound, 'g', -1, 64)
		line("_bucket", labels+`,le="`+le+`"`, s.Buckets[bound])
	}
	line("_bucket", labels+`,le="+Inf"`, s.Count) // Prometheus wants one for everything
	line("_sum", labels, s.Sum)
	line("_count", labels, s.Count)
}
