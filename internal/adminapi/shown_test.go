package adminapi_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func shownScenarios() []scenario {
	return []scenario{
		{name: "see a splash screen", as: "nothing", method: "POST", path: "/splash/news", status: 200, want: `{"userId":7,"splashId":"news","seen":true}`},
		{name: "see a splash screen, as a token", method: "POST", path: "/splash/news", status: 403, want: `{"name":"ForbiddenError"}`},
		{name: "see a splash screen with a long name", as: "nothing", method: "POST", path: "/splash/" + strings.Repeat("x", 101), status: 400, want: `{"details":[{"path":"/params/id"}]}`},
		{name: "answer a question", as: "nothing", method: "POST", path: "/feedback", body: `{"feedbackId":"pnps"}`, status: 200, want: `{"userId":7,"feedbackId":"pnps","neverShow":false,"given":"(present)"}`},
		{name: "answer no question", as: "nothing", method: "POST", path: "/feedback", body: `{}`, status: 400, want: `{"details":[{"path":"/body/feedbackId"}]}`},
		{name: "answer a question, as a token", method: "POST", path: "/feedback", body: `{"feedbackId":"pnps"}`, status: 403, want: `{"name":"ForbiddenError"}`},
		{
			name: "change an answer", as: "nothing", method: "PUT", path: "/feedback/other", body: `{"given":"2026-01-02T03:04:05Z","neverShow":true}`, status: 200,
			want: `{"userId":7,"feedbackId":"other","neverShow":true,"given":"2026-01-02T03:04:05.000Z"}`,
		},
		{name: "change an answer to what is no time", as: "nothing", method: "PUT", path: "/feedback/other", body: `{"given":"soon"}`, status: 400, want: `{"details":[{"path":"/body/given"}]}`},
	}
}

// TestShown tells everybody what they have seen and answered, until they are gone; of each a hundred.
func TestShown(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must := func(method, path, body string, status int) {
			t.Helper()
			if got := w.call(t, "nothing", method, path, body, nil); got.status != status {
				t.Fatalf("%s %s: got %d %s, want %d", method, path, got.status, got.body, status)
			}
		}
		me := func(as, want string) {
			t.Helper()
			mustContain(t, w.call(t, as, "GET", "/user", "", nil).body, want)
		}
		me("nothing", `{"splash":{},"feedback":[]}`)
		must("POST", "/splash/news", "", 200)
		must("POST", "/splash/news", "", 200)
		must("POST", "/feedback", `{"feedbackId":"pnps","neverShow":true}`, 200)
		must("PUT", "/feedback/pnps", `{"given":"2026-01-02T03:04:05Z"}`, 200)
		me("nothing", `{"splash":{"news":true},"feedback":[{"userId":7,"feedbackId":"pnps","neverShow":true,"given":"2026-01-02T03:04:05.000Z"}]}`)
		me("root", `{"splash":{"news":"(absent)"},"feedback":[]}`)
		for i := range 99 {
			must("POST", fmt.Sprintf("/splash/%d", i), "", 200)
			must("PUT", fmt.Sprintf("/feedback/%d", i), `{}`, 200)
		}
		must("POST", "/splash/more", "", 400)
		must("POST", "/splash/news", "", 200)
		must("PUT", "/feedback/more", `{}`, 400)
		must("PUT", "/feedback/pnps", `{}`, 200)
		if err := db.Update(t.Context(), func(tx *store.Tx) error { return tx.DeletePerson(7) }); err != nil {
			t.Fatal(err)
		}
		if rows, err := db.Splashes(t.Context(), 7); err != nil || len(rows) > 0 {
			t.Errorf("got the splash screens %v of a deleted person, %v", rows, err)
		}
		if rows, err := db.Feedbacks(t.Context(), 7); err != nil || len(rows) > 0 {
			t.Errorf("got the answers %v of a deleted person, %v", rows, err)
		}
	})
}
