package adminapi_test

import (
	"testing"
	"time"

	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

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
