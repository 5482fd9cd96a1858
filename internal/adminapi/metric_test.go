package adminapi_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
	"github.com/quorate/quorate/internal/usage"
)

// live is what a usage asks about flags.
func (w *world) live(name, environment string) bool {
	return w.engine.State().Live(flag.Name(name), flag.EnvironmentName(environment))
}

// mustReport returns what two applications have reported.
func (w *world) mustReport(t testing.TB) *usage.Usage {
	t.Helper()
	u := usage.New(usage.Options{
		DB: w.db, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		Known: func(name string) bool { return w.engine.State().Flag(flag.Name(name)) != nil },
		Live:  w.live,
	})
	now := time.Now()
	u.Register(usage.Presence{Application: "shop", Environment: "development", Instance: "1", Projects: []string{"default"}, SDK: "unleash-node-sdk:3.11.0", SDKType: usage.Backend, Strategies: []string{"default", "byWeather"}, ClientIP: "192.0.2.9"})
	u.Register(usage.Presence{Application: "shop", Environment: "production", Instance: "1", Projects: []string{"default"}, SDKType: usage.Backend})
	u.Register(usage.Presence{Application: "app", Environment: "development", Instance: "1", Projects: []string{"*"}, SDK: "unleash-client-js:5.0.0", SDKType: usage.Frontend})
	u.Count(usage.Report{Application: "shop", Environment: "development", At: now, Features: map[string]usage.Counts{
		"plain": {Yes: 3, No: 4, Variants: map[string]int64{"blue": 3}}, "unheard-of": {Yes: 1},
	}})
	u.Count(usage.Report{Application: "app", Environment: "development", At: now, Features: map[string]usage.Counts{"plain": {Yes: 10}}})
	u.Count(usage.Report{Application: "shop", Environment: "production", At: now.Add(-5 * time.Hour), Features: map[string]usage.Counts{"plain": {No: 1}}})
	if err := u.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	return u
}

func metricScenarios() []scenario {
	return []scenario{
		{
			name: "the last hour of a flag", as: "nothing", method: "GET", path: "/client-metrics/features/plain", status: 200,
			want: `{"version":1,"maturity":"stable","featureName":"plain","lastHourUsage":[{"environment":"development","yes":13,"no":4}],"seenApplications":["app","shop"]}`,
		},
		{
			name: "the last hour of no flag", method: "GET", path: "/client-metrics/features/none", status: 200,
			want: `{"featureName":"none","lastHourUsage":[],"seenApplications":[]}`,
		},
		{
			name: "a flag's present hour", method: "GET", path: "/client-metrics/features/plain/raw?hoursBack=1", status: 200,
			want: `{"version":1,"maturity":"stable","data":[{"featureName":"plain","appName":"app","environment":"development","yes":10,"no":0},
				{"featureName":"plain","appName":"shop","environment":"development","yes":3,"no":4,"variants":{"blue":3}}]}`,
		},
		{name: "the hours of no flag", method: "GET", path: "/client-metrics/features/none/raw", status: 200, want: `{"data":[]}`},
		{
			name: "unknown flags", method: "GET", path: "/metrics/unknown-flags", status: 200,
			want: `{"unknownFlags":[{"name":"unheard-of","reports":[{"appName":"shop","environments":[{"environment":"development"}]}]}]}`,
		},
	}
}

// TestRawMetricsHaveNoGaps counts the hours of a chart.
func TestRawMetricsHaveNoGaps(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		for hoursBack, hours := range map[string]int{"": 24, "48": 48, "6": 6, "0": 24, "49": 24, "x": 24} {
			a := w.call(t, "admin", http.MethodGet, "/client-metrics/features/plain/raw?hoursBack="+hoursBack, "", nil)
			// Two applications in development, and one in production.
			if got, want := strings.Count(string(a.body), `"timestamp"`), 3*hours; got != want {
				t.Errorf("hoursBack=%s: got %d rows, want %d", hoursBack, got, want)
			}
			if got := strings.Count(string(a.body), fmt.Sprintf(`"no":%d`, 1)); got != 1 {
				t.Errorf("hoursBack=%s: got %d rows of production, want 1: %s", hoursBack, got, a.body)
			}
		}
	})
}
