package adminapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func instanceScenarios() []scenario {
	return []scenario{
		{
			name: "statistics", as: "nothing", method: "GET", path: "/instance-admin/statistics", status: 200,
			want: `{"versionOSS":"1.2.3","featureToggles":9,"archivedFeatureToggles":1,"environments":2,"contextFields":2,"OIDCenabled":false,"passwordAuthEnabled":true,
				"apiTokens":{"admin":1},"clientApps":[{"range":"7d","count":2},{"range":"30d","count":2},{"range":"allTime","count":2}],"maxEnvironmentStrategies":2,"maxConstraints":0,"sum":"(present)"}`,
		},
		{name: "statistics as CSV", as: "nothing", method: "GET", path: "/instance-admin/statistics/csv", status: 200, wantText: "instanceId,timestamp,"},
		{name: "telemetry", as: "nothing", method: "GET", path: "/telemetry/settings", status: 200, want: `{"versionInfoCollectionEnabled":false,"featureInfoCollectionEnabled":false}`},
		{name: "end all streams", method: "POST", path: "/streaming/disconnect-all", status: 200},
		{
			name: "who has access to what", method: "GET", path: "/access/overview", status: 200,
			want: `{"overview":"(present)"}`,
		},
		{name: "who created flags", as: "nothing", method: "GET", path: "/flag-creators", status: 200, want: `{"flagCreators":[{"id":-42,"name":"terraform"}],"total":1}`},
		{name: "who created flags and is called otherwise", method: "GET", path: "/flag-creators?q=nobody", status: 200, want: `{"flagCreators":[],"total":0}`},
	}
}

// TestStatisticsAsCSV reads the numbers in a table.
func TestStatisticsAsCSV(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.Open(t, storetest.SQLite(t)))
	got := w.call(t, "nothing", http.MethodGet, "/instance-admin/statistics/csv", "", nil)
	lines := strings.Split(strings.TrimSpace(string(got.body)), "\n")
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "text/csv; charset=utf-8" || len(lines) != 2 {
		t.Fatalf("got %d %s %s, want two lines of CSV", got.status, got.header.Get("Content-Type"), got.body)
	}
	names, values := strings.Split(lines[0], ","), strings.Split(lines[1], ",")
	if len(names) != len(values) || names[0] != "instanceId" || values[0] != w.engine.State().LedgerID() {
		t.Errorf("got %s, want the ledger's id under instanceId", got.body)
	}
}

// TestAccessOverview lists what people can get at.
func TestAccessOverview(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.mustHide(t)
		if got := w.call(t, "nothing", http.MethodGet, "/access/overview", "", nil); got.status != http.StatusForbidden {
			t.Errorf("as nobody in particular: got %d, want 403", got.status)
		}
		got := w.call(t, "admin", http.MethodGet, "/access/overview", "", nil)
		overview := mustDecode(t, got.body).(map[string]any)["overview"].([]any)
		byID := map[int64]map[string]any{}
		for _, one := range overview {
			person := one.(map[string]any)
			byID[int64(person["userId"].(float64))] = person
		}
		for id, want := range map[int64]string{
			olga:   `{"accessibleProjects":["other"],"userEmail":"olga@example.com","groups":[],"rootRole":"Viewer"}`,
			mark:   `{"accessibleProjects":["hush","other"],"groups":["On call"]}`,
			editor: `{"accessibleProjects":[],"rootRole":"Editor"}`,
		} {
			if problem := lacks(byID[id], mustDecode(t, []byte(want)), "$"); problem != "" {
				t.Errorf("account %d: %s: got %v, want %s", id, problem, byID[id], want)
			}
		}
	})
}

func TestInstanceStats(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		h := newHouse(t, db)
		const at = "/api/admin/instance-admin/statistics"
		bob := h.mustInvite(t, h.browser().mustSignIn(t, "root", adminPassword))
		bob.must(t, "GET", at, "", 200, `{"instanceId":"(present)","timestamp":"(present)","users":2,"serviceAccounts":0,"activeUsers":{"last7":2,"last30":2,"last60":2,"last90":2},
			"apiTokens":{"admin":1,"client":0,"frontend":1},"featureToggles":0,"archivedFeatureToggles":0,"projects":1,"roles":6,"customRootRoles":0,"groups":0,"environments":2,"segments":0,"OIDCenabled":false}`)
		h.wait(45 * 24 * time.Hour)
		token := h.browser()
		token.token = "*:*.admin"
		token.must(t, "POST", "/api/admin/service-account", `{"username":"ci","name":"CI","rootRole":3}`, 201, `{}`)
		token.must(t, "POST", "/api/admin/roles", `{"name":"Auditor","type":"root-custom"}`, 200, `{}`)
		token.must(t, "POST", "/api/admin/api-tokens", `{"tokenName":"shop","type":"client"}`, 201, `{}`)
		for _, flag := range []string{"one", "two"} {
			token.must(t, "POST", "/api/admin/projects/default/features", `{"name":"`+flag+`"}`, 201, `{}`)
		}
		token.must(t, "DELETE", "/api/admin/projects/default/features/one", "", 202, "")
		token.must(t, "GET", at, "", 200, `{"users":2,"serviceAccounts":1,"activeUsers":{"last7":0,"last30":0,"last60":2,"last90":2},"apiTokens":{"admin":1,"client":1,"frontend":1},
			"featureToggles":1,"archivedFeatureToggles":1,"customRootRoles":1}`)
	})
}
