package app_test

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func TestLimits(t *testing.T) {
	t.Parallel()
	limits := decide.DefaultLimits()
	limits.FeatureFlags, limits.FeatureEnvironmentStrategies, limits.FeatureLinks = 2, 2, 1
	a := mustOpen(t, storetest.Open(t, storetest.SQLite(t)), &limits)
	ctx := t.Context()

	mustCreate(t, a, "one")
	mustCreate(t, a, "two")
	_, err := a.CreateFeature(ctx, admin, app.NewFeature{Project: "default", Name: "three"})
	mustRefuse(t, err, fault.ExceedsLimit)
	if got, want := err.Error(), "Failed to create feature flag. You can't create more than the established limit of 2."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	_, err = a.CloneFeature(ctx, admin, "default", "one", "three", true)
	mustRefuse(t, err, fault.ExceedsLimit)
	must(t, a.ArchiveFeatures(ctx, admin, "default", []flag.Name{"two"}))
	mustCreate(t, a, "three") // archived flags are not counted
	mustRefuse(t, a.ReviveFeatures(ctx, admin, "default", []flag.Name{"two"}), fault.ExceedsLimit)

	for range 2 {
		_, err := a.AddStrategy(ctx, admin, development("one"), everyone())
		must(t, err)
	}
	_, err = a.AddStrategy(ctx, admin, development("one"), everyone())
	mustRefuse(t, err, fault.ExceedsLimit)

	must(t, a.AddLink(ctx, admin, "default", "one", "example.com", nil))
	mustRefuse(t, a.AddLink(ctx, admin, "default", "one", "example.com", nil), fault.OperationDenied)
}

func TestNoLimits(t *testing.T) {
	t.Parallel()
	a := mustOpen(t, storetest.Open(t, storetest.SQLite(t)), &decide.Limits{})
	mustCreate(t, a, "one")
	for range 31 {
		_, err := a.AddStrategy(t.Context(), admin, development("one"), everyone())
		must(t, err)
	}
}

// TestLimitsHoldAcrossNodes lets two nodes add strategies at once: each decision is made
// on the state that it is true of, so none is lost and none is too many.
func TestLimitsHoldAcrossNodes(t *testing.T) {
	t.Parallel()
	storetest.EachNodes(t, 2, func(t *testing.T, dbs []*store.DB) {
		const limit, attempts = 10, 8 // attempts by each node
		limits := decide.DefaultLimits()
		limits.FeatureEnvironmentStrategies = limit
		nodes := []*app.App{mustOpen(t, dbs[0], &limits), nil}
		mustCreate(t, nodes[0], "one")
		if nodes[1] = nodes[0]; dbs[1] != dbs[0] {
			nodes[1] = mustOpen(t, dbs[1], &limits)
		}
		var added, refused atomic.Int64
		var ids sync.Map
		var working sync.WaitGroup
		for i := range 2 * attempts {
			working.Go(func() {
				s, err := nodes[i%2].AddStrategy(t.Context(), admin, development("one"), everyone())
				switch {
				case err == nil:
					added.Add(1)
					if _, twice := ids.LoadOrStore(s.ID, i); twice {
						t.Errorf("got the id %s twice", s.ID)
					}
				case fault.Is(err, fault.ExceedsLimit):
					refused.Add(1)
				default:
					t.Errorf("got %v, want none or ExceedsLimit", err)
				}
			})
		}
		working.Wait()
		if got, want := fmt.Sprint(added.Load(), " ", refused.Load()), fmt.Sprint(limit, " ", 2*attempts-limit); got != want {
			t.Errorf("got %s added and refused, want %s", got, want)
		}
		// What is read after a write by this node has all that went before.
		must(t, nodes[0].AddLink(t.Context(), admin, "default", "one", "example.com", nil))
		strategies := nodes[0].State().Flag("one").In("development").Strategies
		if len(strategies) != limit {
			t.Errorf("got %d strategies, want %d", len(strategies), limit)
		}
		for i, s := range strategies {
			if s.SortOrder != i {
				t.Errorf("strategy %d has the place %d, want %d: one behind the other", i, s.SortOrder, i)
			}
		}
	})
}
