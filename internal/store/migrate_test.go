package store_test

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

var update = flag.Bool("update", false, "add new migrations to the golden file")

// TestMigrationsAreAppended holds that every database goes on with a newer release, whichever made it: none of the
// migrations that it may have is renamed or gone, and none has come before them.
func TestMigrationsAreAppended(t *testing.T) {
	t.Parallel()
	const golden = "testdata/migrations.golden"
	all, err := store.Migrations()
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	known := strings.Fields(string(text))
	if diff := cmp.Diff(known, all[:min(len(known), len(all))]); diff != "" {
		t.Fatalf("migrations that databases may have; a new one comes after them, by a greater number (-have +got):\n%s", diff)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(strings.Join(all, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if len(all) > len(known) {
		t.Errorf("new: %v; run the test with -update, so that they stay where they are", all[len(known):])
	}
}

// TestUpgrade opens the database of a release that had no history of flags: it is told from the ledger.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	test := func(t *testing.T, url string) {
		old, err := store.OpenAt(t.Context(), url, 120)
		if err != nil {
			t.Fatal(err)
		}
		for id := range int64(3) {
			mustUpdate(t, old, func(tx *store.Tx) error {
				return tx.AddPerson(store.Person{ID: id + 1, Kind: "user", Username: fmt.Sprint("person-", id+1), CreatedAt: noon})
			})
		}
		var head ledger.Head
		for i, e := range []struct{ actor, kind, feature, environment string }{
			{"user:1", "feature-created", "a", ""},
			{"user:1", "feature-environment-enabled", "a", "live"},
			{"user:2", "feature-deleted", "a", ""},
			{"user:2", "feature-created", "a", ""}, // another flag
			{"user:9", "feature-environment-enabled", "a", "live"},
			{"user:2", "feature-environment-enabled", "a", "live"},
			{"token:1", "feature-environment-enabled", "a", "test"},
			{"system", "environment-deleted", "", "test"},
			{"system", "feature-environment-enabled", "b", "test"}, // another environment
			{"user:3", "change-added", "b", "live"},
			{"user:1", "feature-environment-disabled", "b", "test"},
			{"user:1", "project-updated", "", ""},
			{"user:3", "feature-tagged", "a", ""},
		} {
			batch := newBatch(e.kind)
			batch.At, batch.Actor = noon.Add(time.Duration(i)*time.Hour), e.actor
			batch.Events[0].Feature, batch.Events[0].Environment = e.feature, e.environment
			head = mustAppend(t, old, head, batch)
		}
		if err := old.Close(); err != nil {
			t.Fatal(err)
		}

		db := storetest.Open(t, url)
		var by []store.FlagCollaborator
		for _, name := range []string{"a", "b"} {
			some, err := db.FlagCollaborators(t.Context(), name)
			if err != nil {
				t.Fatal(err)
			}
			by = slices.Concat(by, some)
		}
		at := func(hour int) time.Time { return noon.Add(time.Duration(hour) * time.Hour) }
		if diff := cmp.Diff([]store.FlagCollaborator{{"a", 2, at(3)}, {"a", 3, at(12)}, {"b", 1, at(10)}}, by); diff != "" {
			t.Errorf("collaborators (-want +got):\n%s", diff)
		}
		ons, err := db.FlagFirstOns(t.Context(), noon)
		if diff := cmp.Diff([]store.FlagFirstOn{{"a", "live", at(4)}, {"b", "test", at(8)}}, ons); err != nil || diff != "" {
			t.Errorf("first ons: %v (-want +got):\n%s", err, diff)
		}
		mustVerify(t, db)
	}
	t.Run("SQLite", func(t *testing.T) { t.Parallel(); test(t, storetest.SQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { t.Parallel(); test(t, storetest.BarePostgres(t)) })
}
