package app_test

import (
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestTakenMeanwhile holds that a write is decided on what its caller may do then, not on what
// they could do when they were known: the body of a request may take a minute to arrive.
func TestTakenMeanwhile(t *testing.T) {
	t.Parallel()
	db := storetest.Open(t, storetest.SQLite(t))
	a := newStorm(t, []*store.DB{db, db}).apps[0]
	known := func(id int64) app.Caller {
		actor, _ := a.State().Actor(id)
		return app.Caller{Actor: actor}
	}
	bypasser, reviewer := known(stormBypasser), known(stormReviewer)
	toggle := func() error {
		return a.SwitchFeaturesOff(t.Context(), bypasser, "default", "production", []flag.Name{"a"})
	}
	off := decide.Proposal{Feature: "b", Payload: change.UpdateEnabled{Enabled: false}}
	r, err := a.ProposeChanges(t.Context(), admin, stormPlaces[0], []decide.Proposal{off})
	must(t, err)
	_, err = a.CommandRequest(t.Context(), admin, "default", r.ID, changerequest.Submit{})
	must(t, err)

	for _, id := range []int64{stormBypasser, stormReviewer} {
		must(t, a.SetProjectRoles(t.Context(), admin, "default", state.AccountSubject(id), []access.RoleID{access.RoleMember}))
	}
	mustRefuse(t, toggle(), fault.Permission)
	_, err = a.CommandRequest(t.Context(), reviewer, "default", r.ID, changerequest.Approve{})
	mustRefuse(t, err, fault.Permission)

	must(t, a.DeleteUsers(t.Context(), admin, stormBypasser))
	mustRefuse(t, toggle(), fault.Unauthorized)
}
