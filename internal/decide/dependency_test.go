package decide_test

import (
	"testing"

	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

func TestAddDependency(t *testing.T) {
	t.Parallel()
	parent := on("parent")
	off := flag.Dependency{Feature: "parent"}
	for name, test := range map[string]struct {
		child flag.Name
		on    flag.Dependency
		want  []state.Payload
	}{
		"new":     {"bare", on("parent"), []state.Payload{state.FeatureDependencyAdded{Dependency: on("parent")}}},
		"same":    {"child", on("parent"), nil},
		"another": {"child", on("bare"), []state.Payload{state.FeatureDependencyAdded{Dependency: on("bare")}}},
		"changed; a parent that must be off has no variants": {
			"child",
			flag.Dependency{Feature: "parent", Variants: []string{"blue"}},
			[]state.Payload{state.FeatureDependencyAdded{Before: &parent, Dependency: off}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := begin()
			must(t, decide.AddDependency(d, shop, test.child, test.on))
			mustDecide(t, d, state.Scope{Project: shop, Feature: test.child}, test.want...)
		})
	}
}

func TestAddDependencyRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		child, parent flag.Name
		want          fault.Kind
	}{
		"on itself":                   {"bare", "bare", fault.InvalidOperation},
		"on no flag":                  {"bare", "unheard-of", fault.InvalidOperation},
		"on an archived flag":         {"bare", "archived", fault.InvalidOperation},
		"on another project's":        {"bare", "elsewhere", fault.InvalidOperation},
		"on a child":                  {"bare", "child", fault.InvalidOperation},
		"of a parent":                 {"parent", "bare", fault.InvalidOperation},
		"of an archived flag":         {"archived", "bare", fault.ArchivedFeature},
		"of a flag of elsewhere":      {"elsewhere", "bare", fault.NotFound},
		"of a flag that is not there": {"unheard-of", "bare", fault.NotFound},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := begin()
			mustRefuse(t, d, decide.AddDependency(d, shop, test.child, on(test.parent)), test.want)
		})
	}
}

func TestRemoveDependency(t *testing.T) {
	t.Parallel()
	at := state.Scope{Project: shop, Feature: "child"}
	d := begin()
	mustRefuse(t, d, decide.RemoveDependency(d, shop, "child", "bare"), fault.NotFound)
	must(t, decide.RemoveDependencies(d, shop, "bare"))
	mustDecide(t, d, at)
	must(t, decide.RemoveDependency(d, shop, "child", "parent"))
	mustDecide(t, d, at, state.FeatureDependencyRemoved{Before: on("parent")})

	d = begin()
	must(t, decide.RemoveDependencies(d, shop, "child"))
	mustDecide(t, d, at, state.FeatureDependenciesRemoved{Before: []flag.Dependency{on("parent")}})
}
