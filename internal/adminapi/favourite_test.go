package adminapi_test

import (
	"testing"

	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func favouriteScenarios() []scenario {
	const feature, project = "/projects/default/features/checkout/favorites", "/projects/default/favorites"
	return []scenario{
		{name: "a flag", as: "nothing", method: "POST", path: feature, status: 200},
		{name: "a flag no more", as: "nothing", method: "DELETE", path: feature, status: 200},
		{name: "a project", as: "nothing", method: "POST", path: project, status: 200},
		{name: "a project no more", as: "nothing", method: "DELETE", path: project, status: 200},
		{name: "a flag, as a token", method: "POST", path: feature, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "a flag no more, as a token", method: "DELETE", path: feature, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "a project, as a token", method: "POST", path: project, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "a project no more, as a token", method: "DELETE", path: project, status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "no flag", as: "nothing", method: "POST", path: "/projects/default/features/none/favorites", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "no project", as: "nothing", method: "POST", path: "/projects/none/favorites", status: 404, want: `{"name":"NotFoundError"}`},
	}
}

// TestFavourites shows everybody their own, first if they want it, until what they liked is gone, or
// they are.
func TestFavourites(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must := func(as, method, path string, status int, want string) {
			t.Helper()
			got := w.call(t, as, method, path, "", nil)
			if got.status != status {
				t.Fatalf("%s %s as %s: got %d %s, want %d", method, path, as, got.status, got.body, status)
			}
			if want != "" {
				mustContain(t, got.body, want)
			}
		}
		must("nothing", "POST", "/projects/guarded/features/vault/favorites", 200, "")
		must("nothing", "POST", "/projects/guarded/features/vault/favorites", 200, "") // again
		must("nothing", "POST", "/projects/full/favorites", 200, "")
		for as, favourite := range map[string]string{"nothing": "true", "root": "false", "admin": "false"} {
			must(as, "GET", "/projects/guarded/features/vault", 200, `{"favorite":`+favourite+`}`)
			must(as, "GET", "/projects/guarded/features", 200, `{"features":[{"name":"vault","favorite":`+favourite+`}]}`)
			must(as, "GET", "/projects/full/overview", 200, `{"favorite":`+favourite+`}`)
			must(as, "GET", "/projects", 200, `{"projects":[{"id":"default","favorite":false},{"id":"full","favorite":`+favourite+`},{},{},{},{}]}`)
		}
		must("nothing", "GET", "/search/features?favorite=IS:true", 200, `{"total":1,"features":[{"name":"vault","favorite":true}]}`)
		must("nothing", "GET", "/search/features?favoritesFirst=true&query=only,vault,plain", 200, `{"features":[{"name":"vault"},{"name":"plain"},{"name":"only"}]}`)
		must("nothing", "GET", "/search/features?favoritesFirst=true&sortOrder=desc&query=only,vault,plain", 200, `{"features":[{"name":"vault"},{"name":"only"},{"name":"plain"}]}`)
		must("root", "GET", "/search/features?favoritesFirst=true&query=only,vault,plain", 200, `{"features":[{"name":"plain"},{"name":"only"},{"name":"vault"}]}`)

		// A flag that is deleted takes its name out of the lists.
		must("root", "POST", "/projects/default/features/old/favorites", 200, "")
		w.mustHappen(t, state.Event{Scope: state.Scope{Project: "default", Feature: "old"}, Payload: state.FeatureDeleted{Before: *w.engine.State().Flag("old")}})
		if rows, err := db.Favourites(t.Context(), 1); err != nil || len(rows) != 0 {
			t.Errorf("got the favourites %v of a deleted flag, %v", rows, err)
		}
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.DeletePerson(7) }); err != nil {
			t.Fatal(err)
		}
		if rows, err := db.Favourites(t.Context(), 7); err != nil || len(rows) != 0 {
			t.Errorf("got the favourites %v of a deleted person, %v", rows, err)
		}
	})
}
