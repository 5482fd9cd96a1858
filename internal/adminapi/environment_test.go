package adminapi_test

func environmentScenarios() []scenario {
	return []scenario{
		{
			name: "list the environments", method: "GET", path: "/environments", status: 200,
			want: `{"version":1,"environments":[
				{"name":"development","type":"development","sortOrder":2,"enabled":true,"protected":false,"requiredApprovals":null,"projectCount":6,"apiTokenCount":2,"enabledToggleCount":1},
				{"name":"production","type":"production","sortOrder":3,"projectCount":5,"apiTokenCount":1,"enabledToggleCount":0}]}`,
		},
		{name: "get an environment", method: "GET", path: "/environments/production", status: 200, want: `{"name":"production","type":"production","sortOrder":3,"enabled":true,"protected":false,"requiredApprovals":null,"projectCount":"(absent)"}`},
		{name: "get no environment", method: "GET", path: "/environments/none", status: 404, want: `{"name":"NotFoundError","message":"Could not find environment with name: none"}`},

		{
			name: "create an environment", method: "POST", path: "/environments", body: `{"name":"pre-prod","type":"preproduction"}`, status: 201,
			want: `{"name":"pre-prod","type":"preproduction","sortOrder":4,"enabled":true,"requiredApprovals":null}`, events: []string{"environment-created pre-prod"},
			then: map[string]string{"/projects/default/overview": `{"environments":[{},{}]}`},
		},
		{
			name: "create an environment with everything", method: "POST", path: "/environments", body: `{"name":"pre","type":"x","enabled":false,"sortOrder":"1","requiredApprovals":2}`, status: 201,
			want: `{"sortOrder":1,"enabled":false,"requiredApprovals":2}`, events: []string{"environment-created pre"},
		},
		{name: "create an environment with a bad name", method: "POST", path: "/environments", body: `{"name":"a b","type":"x"}`, status: 400, want: `{` + invalid + `,"details":[{"path":"/body/name","message":"The ` + "`/body/name`" + ` property must match pattern \"^[a-zA-Z0-9~_.-]+$\". You sent \"a b\"."}]}`},
		{name: "create an environment without a type", method: "POST", path: "/environments", body: `{"name":"a","requiredApprovals":0}`, status: 400, want: `{"details":[{"path":"/body/requiredApprovals"},{"path":"/body/type"}]}`},
		{name: "create an environment with more approvals than a rule can ask for", method: "POST", path: "/environments", body: `{"name":"a","type":"x","requiredApprovals":11}`, status: 400, want: `{"details":[{"path":"/body/requiredApprovals","message":"The ` + "`/body/requiredApprovals`" + ` property must be <= 10. You sent 11."}]}`},
		{name: "create an environment that exists", method: "POST", path: "/environments", body: `{"name":"production","type":"x"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "check the name of an environment", method: "POST", path: "/environments/validate", body: `{"name":"pre"}`, status: 200},
		{name: "check a bad name", method: "POST", path: "/environments/validate", body: `{"name":""}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "check a name that is taken", method: "POST", path: "/environments/validate", body: `{"name":"development"}`, status: 409, want: `{"name":"NameExistsError"}`},

		{
			name: "sort the environments", method: "PUT", path: "/environments/sort-order", body: `{"production":1,"development":"2"}`, status: 200,
			events: []string{"environment-updated production"}, then: map[string]string{"/environments": `{"environments":[{"name":"production"},{"name":"development"}]}`},
		},
		{name: "sort no environment", method: "PUT", path: "/environments/sort-order", body: `{"production":1,"none":2}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "sort by what is no place", method: "PUT", path: "/environments/sort-order", body: `{"production":"first"}`, status: 400, want: `{"details":[{"path":"/body/production"}]}`},
		{
			name: "change an environment", method: "PUT", path: "/environments/update/production", body: `{"requiredApprovals":3}`, status: 200, want: `{"name":"production","type":"production","sortOrder":3,"requiredApprovals":3}`,
			events: []string{"environment-updated production"},
		},
		{name: "change an environment to what it is", method: "PUT", path: "/environments/update/production", body: `{"type":"production","sortOrder":3,"requiredApprovals":null}`, status: 200, want: `{"name":"production"}`},
		{name: "change an environment to negative approvals", method: "PUT", path: "/environments/update/production", body: `{"requiredApprovals":-1}`, status: 400, want: `{"details":[{"path":"/body/requiredApprovals"}]}`},
		{name: "change an environment to more approvals than a rule can ask for", method: "PUT", path: "/environments/update/production", body: `{"requiredApprovals":11}`, status: 400, want: `{"details":[{"path":"/body/requiredApprovals"}]}`},
		{
			name: "change an environment to as many approvals as a rule can ask for", method: "PUT", path: "/environments/update/production", body: `{"requiredApprovals":10}`, status: 200, want: `{"requiredApprovals":10}`,
			events: []string{"environment-updated production"},
		},
		{name: "change no environment", method: "PUT", path: "/environments/update/none", body: `{}`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "switch an environment off", method: "POST", path: "/environments/development/off", status: 204, events: []string{"environment-updated development"},
			then: map[string]string{"/environments/development": `{"enabled":false}`},
		},
		{name: "switch an environment on that is", method: "POST", path: "/environments/development/on", status: 204},
		{name: "switch no environment off", method: "POST", path: "/environments/none/off", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "clone an environment", method: "POST", path: "/environments/development/clone", body: `{"name":"qa","type":"test","projects":["default","small"]}`, status: 200,
			want: `{"name":"qa","type":"test","sortOrder":4,"enabled":true}`,
			events: []string{
				"environment-created qa", "project-environment-added default/qa",
				"feature-strategy-add default/qa/checkout", "feature-strategy-add default/qa/checkout", "feature-environment-enabled default/qa/checkout",
				"feature-strategy-add default/qa/dormant", "feature-environment-variants-updated default/qa/legacy",
				"project-environment-added small/qa",
			},
			then: map[string]string{"/projects/default/features/checkout": `{"environments":[{"name":"development"},{"name":"production"},{"name":"qa","enabled":true,"strategies":[{"name":"flexibleRollout"},{"disabled":true}]}]}`},
		},
		{
			name: "clone an environment with what roles allow in it", method: "POST", path: "/environments/production/clone", body: `{"name":"qa","type":"test"}`, status: 200,
			want:   `{"name":"qa"}`,
			events: []string{"environment-created qa", "role-updated"},
			then:   map[string]string{"/roles/7": `{"permissions":[{},{"environment":"production"},{"environment":"qa"}]}`},
		},
		{
			name: "clone an environment without what roles allow in it", method: "POST", path: "/environments/production/clone", body: `{"name":"qa","type":"test","clonePermissions":false}`, status: 200, want: `{"name":"qa"}`,
			events: []string{"environment-created qa"},
		},
		{name: "clone an environment into no project", method: "POST", path: "/environments/development/clone", body: `{"name":"qa","type":"test","projects":["none"]}`, status: 400, want: `{"details":[{"path":"/body/projects"}]}`},
		{name: "clone an environment over another", method: "POST", path: "/environments/development/clone", body: `{"name":"production","type":"test"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "clone no environment", method: "POST", path: "/environments/none/clone", body: `{"name":"qa","type":"test"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "delete an environment", method: "DELETE", path: "/environments/production", header: map[string]string{"Quorate-Reason": "gone"}, status: 200,
			events: []string{
				"project-environment-removed default/production", "project-environment-removed full/production", "project-environment-removed guarded/production",
				"project-environment-removed named/production", "project-environment-removed other/production",
				"api-token-deleted production", "role-updated", "environment-deleted production", "change-requests-bypassed guarded/production",
			},
			then: map[string]string{
				"/environments": `{"environments":[{"name":"development"}]}`,
				"/roles/7":      `{"permissions":[{"name":"PROJECT_USER_ACCESS_READ"}]}`,
				"/api-tokens":   `{"tokens":[{"tokenName":"terraform"},{"secret":"` + backendSecret + `"},{"secret":"` + severalSecret + `"}]}`,
			},
		},
		{name: "delete no environment", method: "DELETE", path: "/environments/none", status: 404, want: `{"name":"NotFoundError"}`},
	}
}
