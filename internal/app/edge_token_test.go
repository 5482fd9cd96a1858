package app_test

import (
	"testing"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestEdgeToken makes a token the first time that an Edge asks, and finds it from then on.
func TestEdgeToken(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		a := mustOpen(t, db, nil)
		first, secret, err := a.EdgeToken(t.Context(), "development", []flag.ProjectID{"default"})
		must(t, err)
		if secret == "" || first.Type != access.TokenBackend || first.Name != "enterprise_edge_development_default" {
			t.Errorf("got %+v with the secret %q, want a new backend token", first, secret)
		}
		again, secret, err := a.EdgeToken(t.Context(), "development", []flag.ProjectID{"default", "default"})
		must(t, err)
		if again.ID != first.ID || secret != "" {
			t.Errorf("got token %d with the secret %q, want %d again", again.ID, secret, first.ID)
		}
		all, _, err := a.EdgeToken(t.Context(), "development", []flag.ProjectID{"default", access.Any})
		must(t, err)
		if all.ID == first.ID || !all.AllProjects() {
			t.Errorf("got %+v, want another token, for all projects", all)
		}
		_, _, err = a.EdgeToken(t.Context(), "moon", []flag.ProjectID{"default"})
		mustRefuse(t, err, fault.BadData)
		_, _, err = a.EdgeToken(t.Context(), "development", []flag.ProjectID{"none"})
		mustRefuse(t, err, fault.BadData)
	})
}
