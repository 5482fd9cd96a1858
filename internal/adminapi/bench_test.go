package adminapi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/store/storetest"
)

// BenchmarkImport imports 10,000 flags, each with two strategies and a tag, in one call into an empty
// project. The bound is 10 s on each database.
func BenchmarkImport(b *testing.B) {
	const flags = 10_000
	var features, strategies, rows, tags strings.Builder
	for i := range flags {
		comma := ","
		if i == 0 {
			comma = ""
		}
		fmt.Fprintf(&features, `%s{"name":"flag-%d","type":"release","description":"The flag number %d"}`, comma, i, i)
		fmt.Fprintf(&strategies, `%s{"featureName":"flag-%d","name":"flexibleRollout","parameters":{"rollout":"%d","stickiness":"default","groupId":"g"},`+
			`"constraints":[{"contextName":"country","operator":"IN","values":["DE","FR"]}]},{"featureName":"flag-%d","name":"default","sortOrder":1}`, comma, i, i%100, i)
		fmt.Fprintf(&rows, `%s{"featureName":"flag-%d","enabled":true}`, comma, i)
		fmt.Fprintf(&tags, `%s{"featureName":"flag-%d","tagType":"simple","tagValue":"team-%d"}`, comma, i, i%50)
	}
	body := importBody("default", "development", fmt.Sprintf(`{"features":[%s],"featureStrategies":[%s],"featureEnvironments":[%s],"featureTags":[%s],"tagTypes":[]}`,
		&features, &strategies, &rows, &tags))
	for engine, url := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		b.Run(engine, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				w := newWorld(b, storetest.Open(b, url(b)))
				b.StartTimer()
				if got := w.call(b, "admin", "POST", "/features-batch/import", body, nil); got.status != 200 {
					b.Fatalf("got %d %s", got.status, got.body)
				}
			}
			if per := b.Elapsed() / time.Duration(b.N); per > 10*time.Second {
				b.Errorf("an import of %d flags took %s, want at most 10 s", flags, per)
			}
		})
	}
}
