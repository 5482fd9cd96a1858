package adminapi_test

func featureEnvironmentScenarios() []scenario {
	at := func(feature string) string {
		return "/projects/default/features/" + feature + "/environments/development"
	}
	const bulk = "/projects/default/bulk_features/environments/development"
	return []scenario{
		{
			name: "get a flag in an environment", method: "GET", path: at("checkout"),
			status: 200, want: `{"name":"checkout","environment":"development","enabled":true,"defaultStrategy":"(absent)","strategies":[{"id":"` + everyone + `","featureName":"checkout"},{"id":"` + sleeping + `"}]}`,
		},
		{
			name: "get a flag where a strategy is added by default", method: "GET", path: "/projects/other/features/foreign/environments/development",
			status: 200, want: `{"enabled":false,"strategies":[],"defaultStrategy":{"name":"flexibleRollout","parameters":{"rollout":"25","stickiness":"sessionId"}}}`,
		},
		{name: "get a flag in no environment", method: "GET", path: "/projects/default/features/checkout/environments/none", status: 404, want: `{"name":"NotFoundError","message":"Could not find environment with name: none"}`},
		{name: "get no flag in an environment", method: "GET", path: at("none"), status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "switch a flag without strategies on", method: "POST", path: at("plain") + "/on", status: 200,
			events: []string{"feature-strategy-add default/development/plain", "feature-environment-enabled default/development/plain"},
			then:   map[string]string{at("plain"): `{"enabled":true,"strategies":[{"name":"flexibleRollout","disabled":false,"parameters":{"rollout":"100","stickiness":"default","groupId":"plain"},"sortOrder":0}]}`},
		},
		{
			name: "switch a flag on where the project has a default", method: "POST", path: "/projects/other/features/foreign/environments/development/on", status: 200,
			events: []string{"feature-strategy-add other/development/foreign", "feature-environment-enabled other/development/foreign"},
			then:   map[string]string{"/projects/other/features/foreign/environments/development": `{"strategies":[{"parameters":{"rollout":"25","stickiness":"sessionId","groupId":"foreign"}}]}`},
		},
		{
			name: "switch a flag with disabled strategies on", method: "POST", path: at("dormant") + "/on", status: 200,
			events: []string{"feature-strategy-add default/development/dormant", "feature-environment-enabled default/development/dormant"},
			then:   map[string]string{at("dormant"): `{"enabled":true,"strategies":[{"id":"` + asleep + `","disabled":true,"sortOrder":0},{"disabled":false,"sortOrder":1}]}`},
		},
		{
			name: "switch a flag on and enable its strategies", method: "POST", path: at("dormant") + "/on?shouldActivateDisabledStrategies=true", status: 200,
			events: []string{"feature-strategy-update default/development/dormant", "feature-environment-enabled default/development/dormant"},
			then:   map[string]string{at("dormant"): `{"enabled":true,"strategies":[{"id":"` + asleep + `","disabled":false}]}`},
		},
		{
			name: "switch a flag on that has a strategy", method: "POST", path: "/projects/default/features/checkout/environments/production/on", status: 200,
			events: []string{"feature-environment-enabled default/production/checkout"},
		},
		{name: "switch a flag on that is on", method: "POST", path: at("checkout") + "/on", status: 200},
		{
			name: "switch a flag on that is on and enable its strategies", method: "POST", path: at("checkout") + "/on?shouldActivateDisabledStrategies=1", status: 200,
			events: []string{"feature-strategy-update default/development/checkout"},
		},
		{
			name: "switch a flag on with a content type and no body", method: "POST", path: "/projects/default/features/checkout/environments/production/on", header: map[string]string{"Content-Type": "text/plain"}, status: 200,
			events: []string{"feature-environment-enabled default/production/checkout"},
		},
		{
			name: "switch a flag on that needs a strategy, without the permission to add one", as: "toggler", method: "POST", path: at("plain") + "/on",
			status: 403, want: `{"permissions":["CREATE_FEATURE_STRATEGY"],"message":"You don't have the required permissions to perform this operation. To perform this action, you need the \"CREATE_FEATURE_STRATEGY\" permission in the \"development\" environment."}`,
		},
		{
			name: "switch a flag on in another environment than allowed", as: "toggler", method: "POST", path: "/projects/default/features/checkout/environments/production/on",
			status: 403, want: `{"permissions":["UPDATE_FEATURE_ENVIRONMENT"]}`,
		},
		{
			name: "switch a flag on in a protected environment, without the permission to bypass", as: "member", method: "POST", path: "/projects/guarded/features/vault/environments/production/on",
			status: 403, want: `{"name":"PermissionError","permissions":["SKIP_CHANGE_REQUEST"]}`,
		},
		{
			name: "switch a flag on beside the protected environment", as: "member", method: "POST", path: "/projects/guarded/features/vault/environments/development/on", status: 200,
			events: []string{"feature-strategy-add guarded/development/vault", "feature-environment-enabled guarded/development/vault"},
		},
		{
			name: "switch a flag on in a protected environment, past the protection", method: "POST", path: "/projects/guarded/features/vault/environments/production/on",
			header: map[string]string{"Quorate-Reason": "the shop is down"}, status: 200,
			events: []string{"feature-strategy-add guarded/production/vault", "feature-environment-enabled guarded/production/vault", "change-requests-bypassed guarded/production"},
		},
		{name: "switch an archived flag on", method: "POST", path: at("old") + "/on", status: 400, want: `{"name":"ArchivedFeatureError"}`},
		{name: "switch no flag on", method: "POST", path: at("none") + "/on", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "switch a flag on in no environment", method: "POST", path: "/projects/default/features/checkout/environments/none/on", status: 404, want: `{"name":"NotFoundError"}`},

		{name: "switch a flag off", method: "POST", path: at("checkout") + "/off", status: 200, events: []string{"feature-environment-disabled default/development/checkout"}},
		{name: "switch a flag off as somebody who may just that", as: "toggler", method: "POST", path: at("checkout") + "/off", status: 200, events: []string{"feature-environment-disabled default/development/checkout"}},
		{name: "switch a flag off that is off", method: "POST", path: at("plain") + "/off", status: 200},
		{name: "switch no flag off", method: "POST", path: at("none") + "/off", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "switch flags on", method: "POST", path: bulk + "/on", body: `{"features":["checkout","plain","dormant","plain"]}`, status: 200,
			events: []string{
				"feature-strategy-add default/development/plain", "feature-environment-enabled default/development/plain",
				"feature-strategy-add default/development/dormant", "feature-environment-enabled default/development/dormant",
			},
		},
		{
			name: "switch flags on and enable their strategies", method: "POST", path: bulk + "/on?shouldActivateDisabledStrategies=true", body: `{"features":["dormant"]}`, status: 200,
			events: []string{"feature-strategy-update default/development/dormant", "feature-environment-enabled default/development/dormant"},
		},
		{name: "switch flags on of which one is of another project", method: "POST", path: bulk + "/on", body: `{"features":["plain","foreign"]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "switch flags on without a list", method: "POST", path: bulk + "/on", body: `{"features":"plain"}`, status: 400, want: `{"details":[{"path":"/body/features","message":"The ` + "`/body/features`" + ` property must be array. You sent \"plain\"."}]}`},
		{name: "switch flags off", method: "POST", path: bulk + "/off", body: `{"features":["checkout","plain"]}`, status: 200, events: []string{"feature-environment-disabled default/development/checkout"}},
		{name: "switch flags off of which one does not exist", method: "POST", path: bulk + "/off", body: `{"features":["checkout","none"]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "switch flags off without a list", method: "POST", path: bulk + "/off", status: 400, want: `{"details":[{"path":"/body/features"}]}`},
	}
}
