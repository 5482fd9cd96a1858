package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

// TestFlagHistory keeps the first time of each, until the flag, the environment or the person is gone.
func TestFlagHistory(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		by := func(feature string, account int64, after time.Duration) store.FlagCollaborator {
			return store.FlagCollaborator{Feature: feature, Account: account, At: noon.Add(after)}
		}
		on := func(feature, environment string, after time.Duration) store.FlagFirstOn {
			return store.FlagFirstOn{Feature: feature, Environment: environment, At: noon.Add(after)}
		}
		put := func(collaborators []store.FlagCollaborator, ons []store.FlagFirstOn) {
			t.Helper()
			mustUpdate(t, db, func(tx *store.Tx) error { return tx.PutFlagCollaborators(collaborators) })
			mustUpdate(t, db, func(tx *store.Tx) error { return tx.PutFlagFirstOns(ons) })
		}
		put([]store.FlagCollaborator{by("a", 2, 0), by("b", 2, 0)}, []store.FlagFirstOn{on("a", "live", time.Hour), on("b", "live", 0), on("a", "test", 0)})
		put([]store.FlagCollaborator{by("a", 3, time.Hour), by("a", 2, time.Hour), by("a", 1, 2*time.Hour)}, []store.FlagFirstOn{on("a", "live", 2*time.Hour), on("b", "test", 3*time.Hour)})
		holds := func(since time.Duration, collaborators []store.FlagCollaborator, ons []store.FlagFirstOn) {
			t.Helper()
			gotCollaborators, err := db.FlagCollaborators(t.Context(), "a")
			if diff := cmp.Diff(collaborators, gotCollaborators); err != nil || diff != "" {
				t.Errorf("collaborators: got %v (-want +got):\n%s", err, diff)
			}
			gotOns, err := db.FlagFirstOns(t.Context(), noon.Add(since))
			if diff := cmp.Diff(ons, gotOns); err != nil || diff != "" {
				t.Errorf("first ons: got %v (-want +got):\n%s", err, diff)
			}
		}
		holds(time.Minute, []store.FlagCollaborator{by("a", 2, 0), by("a", 3, time.Hour), by("a", 1, 2*time.Hour)}, []store.FlagFirstOn{on("a", "test", 0), on("b", "live", 0), on("a", "live", time.Hour), on("b", "test", 3*time.Hour)})
		holds(2*time.Hour, []store.FlagCollaborator{by("a", 2, 0), by("a", 3, time.Hour), by("a", 1, 2*time.Hour)}, []store.FlagFirstOn{on("b", "live", 0), on("b", "test", 3*time.Hour)})
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.DeletePerson(3) })
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.ForgetFirstOnsIn("test") })
		holds(0, []store.FlagCollaborator{by("a", 2, 0), by("a", 1, 2*time.Hour)}, []store.FlagFirstOn{on("b", "live", 0), on("a", "live", time.Hour)})
		mustUpdate(t, db, func(tx *store.Tx) error { return tx.ForgetFlagHistory("a") })
		holds(0, nil, []store.FlagFirstOn{on("b", "live", 0)})
	})
}
