package payload_test

import (
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/flagtest"
	"github.com/quorate/quorate/internal/payload"
	"github.com/quorate/quorate/internal/state"
)

// The limits are those of docs/performance.md, in nanoseconds. Each benchmark reports
// how much of its limit it takes.

// BenchmarkFollow measures one change in 10,000 flags, from the events to what
// six streams with two different queries are sent.
func BenchmarkFollow(b *testing.B) {
	w := newWorld(flagtest.State(1, 10_000))
	changer := flagtest.NewChanger(1, w.state)
	for _, env := range []flag.EnvironmentName{development, production, flagtest.Staging} {
		for _, project := range []flag.ProjectID{access.Any, "default"} {
			s, err := w.Stream(payload.NewQuery(token(env, project)), 0)
			if err != nil {
				b.Fatal(err)
			}
			go func() {
				for range s.Messages {
				}
			}()
			b.Cleanup(s.Close)
		}
	}
	b.ReportAllocs()
	for b.Loop() {
		next, applied, err := state.Fold(w.state, flagtest.Seal(w.state, changer.Next(w.state)...))
		if err != nil {
			b.Fatal(err)
		}
		w.state = next
		w.Follow(next, applied)
	}
	reportLimit(b, 1e6)
}

// BenchmarkToggles measures the answer of the frontend API about 1,000 flags.
func BenchmarkToggles(b *testing.B) {
	set := newWorld(flagtest.State(1, 1_000)).Set(production)
	q, ctx := everything(production), visitor()
	body, _ := set.AppendToggles(nil, q, ctx, false)
	b.ReportAllocs()
	for b.Loop() {
		body, _ = set.AppendToggles(body[:0], q, ctx, false)
	}
	b.ReportMetric(float64(len(body)), "bytes")
	reportLimit(b, 200e3)
}

// BenchmarkResolutions measures the answer to an OpenFeature provider about 1,000 flags.
func BenchmarkResolutions(b *testing.B) {
	set := newWorld(flagtest.State(1, 1_000)).Set(production)
	q := everything(production)
	body, _ := set.AppendResolutions(nil, q, visitor())
	b.ReportAllocs()
	for b.Loop() {
		body, _ = set.AppendResolutions(body[:0], q, visitor())
	}
	b.ReportMetric(float64(len(body)), "bytes")
	reportLimit(b, 300e3)
}

// BenchmarkAnswer measures making a full answer for 10,000 flags. There is no limit:
// nobody waits for it but the first who asks after a change.
func BenchmarkAnswer(b *testing.B) {
	for name, encoding := range map[string]payload.Encoding{
		"identity": payload.Identity, "gzip": payload.Gzip, "zstd": payload.Zstd,
	} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(flagtest.State(1, 10_000))
			changer := flagtest.NewChanger(1, w.state)
			var length int
			for b.Loop() {
				b.StopTimer()
				w.do(b, changer.Next(w.state)...)
				b.StartTimer()
				length = len(w.Set(production).Features(everything(production), false).Body(encoding).Bytes)
			}
			b.ReportMetric(float64(length), "bytes")
		})
	}
}

func reportLimit(b *testing.B, limit float64) {
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/limit, "of-limit")
}
