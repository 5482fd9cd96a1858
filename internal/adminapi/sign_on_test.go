package adminapi_test

func signOnScenarios() []scenario {
	const (
		oidc   = "/auth/oidc/settings"
		simple = "/auth/simple/settings"
		scim   = "/scim-settings"
		saml   = "/auth/saml/settings"
		whole  = `{"enabled":true,"discoverUrl":"https://id.example.com","clientId":"quorate","secret":"s3cret","enablePkce":false`
	)
	saved := []string{"setting-updated"}
	return []scenario{
		{name: "read what nobody has set", method: "GET", path: oidc, status: 200, want: `{"enabled":false,"enablePkce":true,"secret":"(absent)"}`},
		{name: "read how people sign in as somebody who may not", as: "nothing", method: "GET", path: oidc, status: 403, want: `{"permissions":["ADMIN","UPDATE_AUTH_CONFIGURATION"]}`},
		{
			name: "set how people sign in", method: "POST", path: oidc, status: 200, events: saved,
			body: whole + `,"autoCreate":true,"defaultRootRole":"Editor","emailDomains":"example.com, @example.org","enableGroupSyncing":true,"groupJsonPath":"groups","acrValues":"mfa","idTokenSigningAlgorithm":"RS256"}`,
			want: `{"enabled":true,"discoverUrl":"https://id.example.com","clientId":"quorate","secret":"(absent)","enablePkce":true,"autoCreate":true,"defaultRootRole":"Editor","groupJsonPath":"groups"}`,
			then: map[string]string{oidc: `{"enabled":true,"secret":"s3cret","acrValues":"mfa","idTokenSigningAlgorithm":"RS256"}`},
		},
		{name: "set nothing", method: "POST", path: oidc, body: `{"enabled":false}`, status: 200, want: `{"enabled":false}`},
		{name: "enable without anything", method: "POST", path: oidc, body: `{"enabled":true}`, status: 400, want: `{"details":[{"path":"/body/discoverUrl"},{"path":"/body/clientId"},{"path":"/body/secret"}]}`},
		{name: "send secrets in clear", method: "POST", path: oidc, body: `{"enabled":true,"discoverUrl":"http://id.example.com","clientId":"quorate","secret":"s3cret"}`, status: 400, want: `{"details":[{"path":"/body/discoverUrl"}]}`},
		{name: "name no provider", method: "POST", path: oidc, body: `{"enabled":true,"discoverUrl":"id","clientId":"quorate","secret":"s3cret"}`, status: 400, want: `{"details":[{"path":"/body/discoverUrl"}]}`},
		{name: "give a role that is none", method: "POST", path: oidc, body: whole + `,"defaultRootRoleId":99}`, status: 400, want: `{"details":[{"path":"/body/defaultRootRole"}]}`},
		{name: "give a role of projects", method: "POST", path: oidc, body: whole + `,"defaultRootRoleId":4}`, status: 400, want: `{"details":[{"path":"/body/defaultRootRole"}]}`},
		{name: "give a role by a wrong name", method: "POST", path: oidc, body: whole + `,"defaultRootRole":"King"}`, status: 400, want: `{"details":[{"path":"defaultRootRole"}]}`},
		{name: "synchronise groups from nowhere", method: "POST", path: oidc, body: whole + `,"enableGroupSyncing":true}`, status: 400, want: `{"details":[{"path":"/body/groupJsonPath"}]}`},
		{name: "name no domain", method: "POST", path: oidc, body: whole + `,"emailDomains":"example.com,x"}`, status: 400, want: `{"details":[{"path":"/body/emailDomains"}]}`},
		{name: "set how people sign in as somebody who may not", as: "nothing", method: "POST", path: oidc, body: whole + `}`, status: 403, want: `{"permissions":["ADMIN","UPDATE_AUTH_CONFIGURATION"]}`},
		{name: "read what nobody has set about SAML", method: "GET", path: saml, status: 200, want: `{"enabled":false,"autoCreate":"(absent)"}`},
		{name: "read about SAML as somebody who may not", as: "nothing", method: "GET", path: saml, status: 403, want: `{"permissions":["ADMIN","UPDATE_AUTH_CONFIGURATION"]}`},
		{
			name: "prepare SAML", method: "POST", path: saml, status: 200, events: saved,
			body: `{"enabled":false,"entityId":"https://id.example.com/metadata","signOnUrl":"https://id.example.com/sso","signRequests":true,"defaultRootRole":"Editor"}`,
			want: `{"enabled":false,"entityId":"https://id.example.com/metadata","signOnUrl":"https://id.example.com/sso","signRequests":true,"spCertificate":"(present)","defaultRootRole":"Editor"}`,
			then: map[string]string{saml: `{"entityId":"https://id.example.com/metadata"}`},
		},
		{name: "enable SAML without anything", method: "POST", path: saml, body: `{"enabled":true}`, status: 400, want: `{"details":[{"path":"/body/certificate"},{"path":"/body/entityId"},{"path":"/body/signOnUrl"}]}`},
		{name: "give SAML no certificate but something", method: "POST", path: saml, body: `{"enabled":false,"certificate":"bm9uZQ=="}`, status: 400, want: `{"details":[{"path":"/body/certificate"}]}`},
		{name: "give SAML a key pair that is none", method: "POST", path: saml, body: `{"enabled":false,"spCertificate":"bm9uZQ=="}`, status: 400, want: `{"details":[{"path":"/body/spCertificate"}]}`},
		{name: "set SAML as somebody who may not", as: "nothing", method: "POST", path: saml, body: `{"enabled":false}`, status: 403, want: `{"permissions":["ADMIN","UPDATE_AUTH_CONFIGURATION"]}`},
		{name: "read whether SCIM is enabled", method: "GET", path: scim, status: 200, want: `{"enabled":false,"hasToken":false,"token":"(absent)"}`},
		{name: "enable SCIM", method: "POST", path: scim, body: `{"enabled":true}`, status: 200, want: `{"enabled":true,"hasToken":true,"token":"(present)"}`, events: saved, then: map[string]string{scim: `{"enabled":true,"hasToken":true,"token":"(absent)"}`}},
		{name: "leave SCIM disabled", method: "POST", path: scim, body: `{"enabled":false}`, status: 200, want: `{"enabled":false,"hasToken":false}`},
		{name: "say nothing about SCIM", method: "POST", path: scim, body: `{}`, status: 400, want: `{"details":[{"path":"/body/enabled"}]}`},
		{name: "enable SCIM as somebody who may not", as: "nothing", method: "POST", path: scim, body: `{"enabled":true}`, status: 403, want: `{"permissions":["ADMIN"]}`},
		{name: "make another SCIM token", method: "POST", path: scim + "/generate-new-token", status: 200, want: `{"token":"(present)"}`, events: saved, then: map[string]string{scim: `{"enabled":false,"hasToken":true}`}},
		{name: "make another SCIM token as somebody who may not", as: "nothing", method: "POST", path: scim + "/generate-new-token", status: 403, want: `{"permissions":["ADMIN"]}`},
		{name: "delete the SCIM client's users", method: "DELETE", path: "/user-admin/scim-users", status: 200},
		{name: "delete the SCIM client's users as somebody who may not", as: "nothing", method: "DELETE", path: "/user-admin/scim-users", status: 403, want: `{"permissions":["ADMIN"]}`},
		{name: "delete the SCIM client's groups", method: "DELETE", path: "/groups/scim-groups", status: 200},
		{name: "delete the SCIM client's groups as somebody who may not", as: "nothing", method: "DELETE", path: "/groups/scim-groups", status: 403, want: `{"permissions":["ADMIN"]}`},
		{name: "close the only way in", method: "POST", path: simple, body: `{"disabled":true}`, status: 400, want: `{"message":"Nobody could sign in any more: enable single sign-on, or signing in by a password, first."}`},
		{name: "leave the way in open", method: "POST", path: simple, body: `{"disabled":false}`, status: 200, want: `{"disabled":false}`},
		{name: "say nothing that makes sense about passwords", method: "POST", path: simple, body: `{"disabled":"maybe"}`, status: 400, want: `{"details":[{"path":"/body/disabled"}]}`},
		{name: "close a way in as somebody who may not", as: "nothing", method: "POST", path: simple, body: `{"disabled":true}`, status: 403, want: `{"permissions":["ADMIN","UPDATE_AUTH_CONFIGURATION"]}`},
	}
}
