package decide_test

import (
	"testing"

	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

func TestArchive(t *testing.T) {
	t.Parallel()
	at := state.Scope{Project: shop, Feature: "child"}
	d := begin()
	must(t, decide.Archive(d, shop, []flag.Name{"child", "archived"}))
	mustDecide(t, d, at, state.FeatureDependenciesRemoved{Before: []flag.Dependency{on("parent")}}, state.FeatureArchived{})
}

// TestArchiveRefuses keeps a parent whose child stays; together they can go.
func TestArchiveRefuses(t *testing.T) {
	t.Parallel()
	d := begin()
	mustRefuse(t, d, decide.Archive(d, shop, []flag.Name{"parent", "bare"}), fault.InvalidOperation)
	mustRefuse(t, d, decide.Archive(d, shop, []flag.Name{"elsewhere"}), fault.NotFound)
	if got := decide.ParentsLeftBehind(d.State, []flag.Name{"parent", "bare"}); len(got) != 1 || got[0] != "parent" {
		t.Errorf("got the parents %v, want parent", got)
	}
	must(t, decide.Archive(d, shop, []flag.Name{"parent", "child"}))
	for _, name := range []flag.Name{"parent", "child"} {
		if !d.Flag(name).Archived() {
			t.Errorf("%s is not archived", name)
		}
	}
}
