package server

import (
	"context"
	"iter"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/engine"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/integration"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// What docs/operations.md tells of Prometheus. Durations are counted as they happen; everything else is looked up when Prometheus asks, so
// that nothing has to be kept in step.

// metrics is what Prometheus gets to read. A metric that Unleash has keeps its
// name; ours begin with quorate_.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMetrics(version string, node node) *metrics {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		// The first buckets are that small since a poll that is answered with 304 takes some microseconds.
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    "http_request_duration_milliseconds",
			Help:    "How long requests took, by route.",
			Buckets: []float64{.01, .03, .1, .3, 1, 3, 10, 30, 100, 300, 1000, 3000, 10000},
		}, []string{"path", "method", "status"}),
	}
	info := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "quorate_info", Help: "The release that runs.", ConstLabels: prometheus.Labels{"version": version},
	})
	info.Set(1)
	m.registry.MustRegister(
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		m.requests, info, node,
	)
	return m
}

// handler answers /internal-backstage/prometheus.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// labels are those of a request. A route is a pattern of the router, so that there are
// only as many as there are routes; methods that nobody has heard of are one.
// Clients choose paths and methods, and each new label would be a series that stays for ever.
func labels(route, method string, status int) []string {
	if route == "" {
		route = "(none)"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
	default:
		method = "(other)"
	}
	return []string{route, method, strconv.Itoa(status)}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// node tells Prometheus, when it asks, how this node is doing and how much there is.
// Its functions are those of the rooms, so that a test can say anything.
type node struct {
	status  func() engine.Status
	state   func() *state.State
	streams func() int
	// handled counts what this node has sent to integrations; backlogs, which asks the database, what of
	// all nodes has not arrived.
	handled  func() map[integration.Result]int
	backlogs func(context.Context) (map[string]store.Backlog, error)
}

// backlogLimit is how long the database may take to answer Prometheus.
const backlogLimit = 2 * time.Second

func metric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(name, help, labels, nil)
}

var (
	ledgerRevision      = metric("quorate_ledger_revision", "The newest revision that this node has folded.")
	stateAge            = metric("quorate_state_age_seconds", "How long ago this node knew its state to be the newest there is.")
	nodeReady           = metric("quorate_ready", "Whether this node should get requests.")
	nodeWrites          = metric("quorate_can_write", "Whether this node can write.")
	ledgerDamaged       = metric("quorate_ledger_damaged", "Whether the ledger, or this node's fold of it, is not what it should be: the alarm.")
	ledgerChecked       = metric("quorate_ledger_checked_revision", "The revision up to which the whole ledger was checked since the start.")
	databaseAway        = metric("quorate_database_away", "Whether the database did not answer last time.")
	clockOffset         = metric("quorate_clock_offset_seconds", "How far this node's clock is ahead of the database's.")
	appended            = metric("quorate_batches_appended_total", "Batches that this node appended to the ledger.")
	refused             = metric("quorate_appends_refused_total", "Appends that were refused because another node was first.")
	openStreams         = metric("quorate_streams", "SDKs that are connected by a stream.")
	eventsHandled       = metric("addon_events_handled", "Attempts of this node to send something to an integration, by what became of them.", "result", "destination")
	deliveriesWaiting   = metric("quorate_deliveries_waiting", "Mails and what goes to integrations that is still to be delivered.", "kind")
	deliveriesFailed    = metric("quorate_deliveries_failed", "Mails and what goes to integrations that was given up in the last 30 days.", "kind")
	environmentRevision = metric("environment_revision_id", "The last revision that changed what SDKs of an environment are sent.", "environment")
	flagsTotal          = metric("feature_toggles_total", "Flags that are not archived.")
	archivedTotal       = metric("feature_toggles_archived_total", "Archived flags.")
	projectsTotal       = metric("projects_total", "Projects that are not archived.")
	environmentsTotal   = metric("environments_total", "Environments.")
	segmentsTotal       = metric("segments_total", "Segments.")
	contextTotal        = metric("context_total", "Context fields.")
	strategiesTotal     = metric("strategies_total", "Strategy types.")
	tokensTotal         = metric("api_tokens_total", "API tokens.", "type")
)

// Describe says nothing, so that Collect may send whatever there is.
// Which series there are depends on the state, so they cannot be named beforehand.
func (node) Describe(chan<- *prometheus.Desc) {}

// Collect counts.
// It goes through all flags, which is little at the pace at which Prometheus asks.
func (n node) Collect(metrics chan<- prometheus.Metric) {
	send := func(kind prometheus.ValueType, desc *prometheus.Desc, value float64, labels ...string) {
		metrics <- prometheus.MustNewConstMetric(desc, kind, value, labels...)
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		send(prometheus.GaugeValue, desc, value, labels...)
	}
	status, s := n.status(), n.state()
	gauge(ledgerRevision, float64(status.Head.Revision))
	gauge(ledgerChecked, float64(status.Checked))
	gauge(ledgerDamaged, truth(status.Damaged))
	gauge(stateAge, status.Age.Seconds())
	gauge(nodeReady, truth(status.Ready))
	gauge(nodeWrites, truth(status.CanWrite))
	gauge(databaseAway, truth(status.Away))
	gauge(clockOffset, status.ClockOffset.Seconds())
	gauge(openStreams, float64(n.streams()))
	send(prometheus.CounterValue, appended, float64(status.Appended))
	send(prometheus.CounterValue, refused, float64(status.Refused))
	for result, n := range n.handled() {
		send(prometheus.CounterValue, eventsHandled, float64(n), result.State, result.Provider)
	}
	ctx, cancel := context.WithTimeout(context.Background(), backlogLimit) // Prometheus hands in none
	defer cancel()
	if backlogs, err := n.backlogs(ctx); err == nil { // the database may be away, which another metric says
		for kind, backlog := range backlogs {
			gauge(deliveriesWaiting, float64(backlog.Waiting), kind)
			gauge(deliveriesFailed, float64(backlog.Dead), kind)
		}
	}

	environments := s.Environments()
	gauge(environmentsTotal, float64(len(environments)))
	for _, env := range environments {
		gauge(environmentRevision, float64(s.Served(env.Name).Revision), string(env.Name))
	}
	archived := count(s.Flags(), (*flag.Flag).Archived)
	gauge(archivedTotal, float64(archived))
	gauge(flagsTotal, float64(s.FlagCount()-archived))
	gauge(projectsTotal, float64(count(s.Projects(), func(p *flag.Project) bool { return !p.Archived() })))
	gauge(segmentsTotal, float64(s.SegmentCount()))
	gauge(contextTotal, float64(len(s.ContextFields())))
	gauge(strategiesTotal, float64(count(s.StrategyTypes(), func(*flag.StrategyType) bool { return true })))
	for _, kind := range []access.TokenType{access.TokenBackend, access.TokenFrontend, access.TokenAdmin} {
		// The older type client is a backend token, and counted as one.
		tokens := count(s.Tokens(), func(t *access.APIToken) bool {
			return t.Type == kind || t.Type.Backend() && kind.Backend()
		})
		gauge(tokensTotal, float64(tokens), string(kind))
	}
}

// count returns how many there are of which a condition holds.
func count[T any](all iter.Seq[T], which func(T) bool) int {
	n := 0
	for one := range all {
		if which(one) {
			n++
		}
	}
	return n
}

// truth is a boolean as Prometheus has it.
func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
