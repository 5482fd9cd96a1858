package app_test

import (
	"slices"
	"testing"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestTakeBack proposes how things are, which takes back what was proposed before: each list of proposals in turn
// is made to a draft that switches two flags off which are on. What is said last of a flag holds.
func TestTakeBack(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	a := newStorm(t, []*store.DB{db, db}).apps[0]
	to := func(name flag.Name, on bool) decide.Proposal {
		return decide.Proposal{Feature: name, Payload: change.UpdateEnabled{Enabled: on}}
	}
	for name, test := range map[string]struct {
		proposals []decide.Proposal
		left      []flag.Name
	}{
		"one":                   {[]decide.Proposal{to("a", true)}, []flag.Name{"b"}},
		"one, twice":            {[]decide.Proposal{to("a", true), to("a", true)}, []flag.Name{"b"}},
		"all":                   {[]decide.Proposal{to("a", true), to("b", true)}, nil},
		"all, twice":            {[]decide.Proposal{to("a", true), to("b", true), to("b", true), to("a", true)}, nil},
		"one, and propose anew": {[]decide.Proposal{to("a", true), to("a", false)}, []flag.Name{"a", "b"}},
		"propose, and one":      {[]decide.Proposal{to("c", false), to("a", true)}, []flag.Name{"b", "c"}},
	} {
		if old := a.State().PendingRequest(admin.Actor.Ref, stormPlaces[0]); old != nil {
			_, err := a.CommandRequest(t.Context(), admin, old.Project, old.ID, changerequest.Discard{})
			must(t, err)
		}
		_, err := a.ProposeChanges(t.Context(), admin, stormPlaces[0], []decide.Proposal{to("a", false), to("b", false)})
		must(t, err)
		r, err := a.ProposeChanges(t.Context(), admin, stormPlaces[0], test.proposals)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		left := r.Features()
		slices.Sort(left)
		if !slices.Equal(left, test.left) {
			t.Errorf("%s: %v are left in the draft, want %v", name, left, test.left)
		}
		if open := a.State().PendingRequest(admin.Actor.Ref, stormPlaces[0]); (open == nil) != (len(test.left) == 0) {
			t.Errorf("%s: the draft is %v, want it to be there: %t", name, open, len(test.left) > 0)
		}
	}
}
