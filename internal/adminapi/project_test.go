package adminapi_test

func projectScenarios() []scenario {
	const body = `"environments":["development"],"description":"d","mode":"private","defaultStickiness":"userId"`
	overview := func(project string) string { return "/projects/" + project + "/overview" }
	return []scenario{
		{
			name: "list the projects", method: "GET", path: "/projects", status: 200,
			want: `{"version":1,"projects":[
				{"id":"default","name":"default","description":"(absent)","health":17,"technicalDebt":83,"favorite":false,"featureCount":6,"memberCount":0,"createdAt":"2026-03-01T12:00:00.000Z","archivedAt":null,"mode":"open","lastReportedFlagUsage":"(present)","onboardingStatus":{"status":"onboarded"},"owners":[{"ownerType":"system"}]},
				{"id":"full"},{"id":"guarded"},{"id":"named","featureCount":0,"onboardingStatus":{"status":"onboarding-started","feature":"(absent)"}},{"id":"other"},{"id":"small"}]}`,
		},
		{name: "list the archived projects", method: "GET", path: "/projects?archived=true", status: 200, want: `{"projects":[{"id":"shelved","archivedAt":"(present)"}]}`},

		{
			name: "create a project", method: "POST", path: "/projects", body: `{"id":"shop","name":"Shop"}`, status: 201,
			want:   `{"id":"shop","name":"Shop","description":"(absent)","featureLimit":null,"mode":"open","defaultStickiness":"default","environments":["development","production"],"changeRequestEnvironments":[]}`,
			events: []string{"project-created shop"},
			then:   map[string]string{overview("shop"): `{"name":"Shop","environments":[{"environment":"development"},{"environment":"production"}]}`},
		},
		{
			name: "create a project with everything", method: "POST", path: "/projects",
			body:   `{"id":"shop","name":"Shop",` + body + `,"changeRequestEnvironments":[{"name":"development","requiredApprovals":99}]}`,
			status: 201, want: `{"mode":"private","description":"d","defaultStickiness":"userId","environments":["development"],"changeRequestEnvironments":[{"name":"development","requiredApprovals":10}]}`,
			events: []string{"project-created shop", "change-request-configuration-updated shop/development"},
		},
		{name: "create a project without environments", method: "POST", path: "/projects", body: `{"name":"Shop","environments":[]}`, status: 201, want: `{"id":"shop","environments":[]}`, events: []string{"project-created shop"}},
		{name: "create a project whose id is made of its name", method: "POST", path: "/projects", body: `{"name":" Small! ","id":""}`, status: 201, want: `{"id":"small-1","name":" Small! "}`, events: []string{"project-created small-1"}},
		{name: "create a project without a name", method: "POST", path: "/projects", body: `{"id":"shop"}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "create a project with a bad name, id and mode", method: "POST", path: "/projects", body: `{"id":"a b","name":" ","mode":"secret"}`, status: 400, want: `{"details":[{"path":"mode"}]}`},
		{name: "create a project with a bad name and id", method: "POST", path: "/projects", body: `{"id":"a b","name":" "}`, status: 400, want: `{` + invalid + `,"details":[{"path":"/body/id","message":"\"id\" must be URL friendly. You provided \"a b\"."},{"path":"/body/name"}]}`},
		{name: "create a project in no environment", method: "POST", path: "/projects", body: `{"name":"Shop","environments":["none"]}`, status: 400, want: `{"details":[{"path":"/body/environments"}]}`},
		{name: "create a project that protects no environment", method: "POST", path: "/projects", body: `{"name":"Shop","changeRequestEnvironments":[{"name":"none"}]}`, status: 400, want: `{"details":[{"path":"/body/changeRequestEnvironments"}]}`},
		{name: "create a project that exists", method: "POST", path: "/projects", body: `{"id":"shelved","name":"Shop"}`, status: 409, want: `{"name":"NameExistsError"}`},

		{name: "check the id of a project", method: "POST", path: "/projects/validate", body: `{"id":"shop"}`, status: 200},
		{name: "check a bad id", method: "POST", path: "/projects/validate", body: `{"id":".."}`, status: 400, want: `{"details":[{"path":"/body/id"}]}`},
		{name: "check an id that is taken", method: "POST", path: "/projects/validate", body: `{"id":"default"}`, status: 409, want: `{"name":"NameExistsError"}`},

		{
			name: "change a project", method: "PUT", path: "/projects/named", body: `{"name":"Named","description":"d","featureLimit":5}`, status: 200,
			events: []string{"project-updated named"},
			then: map[string]string{overview("named"): `{"name":"Named","description":"d","featureLimit":5,"mode":"open","defaultStickiness":"default",
				"featureNaming":{"pattern":"team-[a-z]+","example":null,"description":null},"linkTemplates":[{"urlTemplate":"https://wiki.example.com/{{project}}/{{feature}}"}]}`},
		},
		{name: "change a project to what it is", method: "PUT", path: "/projects/named", body: `{"name":"named"}`, status: 200},
		{
			name: "take the limit of a project away", method: "PUT", path: "/projects/full", body: `{"name":"full","featureLimit":null}`, status: 200,
			events: []string{"project-updated full"}, then: map[string]string{overview("full"): `{"featureLimit":null}`},
		},
		{name: "change a project without its name", method: "PUT", path: "/projects/named", body: `{"mode":"private"}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "change a project to a negative limit", method: "PUT", path: "/projects/named", body: `{"name":"x","featureLimit":-1}`, status: 400, want: `{"details":[{"path":"/body/featureLimit"}]}`},
		{name: "change no project", method: "PUT", path: "/projects/none", body: `{"name":"x"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "change an archived project", method: "PUT", path: "/projects/shelved", body: `{"name":"x"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "change the rules of a project", method: "PUT", path: "/projects/named/settings", body: `{"mode":"protected","featureNaming":{"pattern":"a+","example":"aa"},"linkTemplates":[]}`, status: 200,
			events: []string{"project-updated named"},
			then:   map[string]string{overview("named"): `{"mode":"protected","featureNaming":{"pattern":"a+","example":"aa"},"linkTemplates":[]}`},
		},
		{
			name: "take the naming pattern away", method: "PUT", path: "/projects/named/settings", body: `{"featureNaming":{"pattern":"","example":null}}`, status: 200,
			events: []string{"project-updated named"},
			then:   map[string]string{overview("named"): `{"featureNaming":{"pattern":null,"example":null,"description":null},"linkTemplates":[{"title":"(absent)"}]}`},
		},
		{name: "change the rules to bad ones", method: "PUT", path: "/projects/named/settings", body: `{"featureNaming":{"pattern":"(","example":"x"},"linkTemplates":[{"urlTemplate":"ftp://x"}]}`, status: 400, want: `{"details":[{"path":"/body/featureNaming/pattern"},{"path":"/body/linkTemplates/0/urlTemplate"}]}`},
		{name: "change the rules to an example without pattern", method: "PUT", path: "/projects/default/settings", body: `{"featureNaming":{"pattern":null,"example":"x"}}`, status: 400, want: `{"details":[{"path":"/body/featureNaming"}]}`},
		{name: "change the rules of no project", method: "PUT", path: "/projects/none/settings", body: `{}`, status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "archive a project", method: "POST", path: "/projects/archive/named", status: 200, events: []string{"project-archived named"},
			then: map[string]string{"/projects?archived=true": `{"projects":[{"id":"named"},{"id":"shelved"}]}`, "/projects/named/features/none": `{"name":"NotFoundError"}`},
		},
		{name: "archive an archived project", method: "POST", path: "/projects/archive/shelved", status: 200},
		{name: "archive a project with flags", method: "POST", path: "/projects/archive/other", status: 403, want: `{"name":"InvalidOperationError","message":"You can not archive the project \"other\" while it has flags that are not archived. It has 1."}`},
		{name: "archive the default project", method: "POST", path: "/projects/archive/default", status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "archive no project", method: "POST", path: "/projects/archive/none", status: 404, want: `{"name":"NotFoundError","message":"No project found"}`},
		{name: "revive a project", method: "POST", path: "/projects/revive/shelved", status: 200, events: []string{"project-revived shelved"}},
		{name: "revive a project in use", method: "POST", path: "/projects/revive/default", status: 200},
		{name: "revive no project", method: "POST", path: "/projects/revive/none", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "delete a project", method: "DELETE", path: "/projects/shelved", status: 200, events: []string{"project-deleted shelved"}, then: map[string]string{overview("shelved"): `{"name":"NotFoundError"}`}},
		{name: "delete a project with flags", method: "DELETE", path: "/projects/guarded", status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "delete the default project", method: "DELETE", path: "/projects/default", status: 403, want: `{"name":"InvalidOperationError","message":"You can not delete the default project."}`},
		{name: "delete no project", method: "DELETE", path: "/projects/none", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "get a project", method: "GET", path: overview("default"), status: 200,
			want: `{"version":1,"name":"default","description":null,"mode":"open","featureLimit":null,"featureNaming":{"pattern":null,"example":null,"description":null},"linkTemplates":[],
				"defaultStickiness":"default","health":17,"technicalDebt":83,"favorite":false,"archivedAt":"(absent)","createdAt":"2026-03-01T12:00:00.000Z","members":0,
				"environments":[{"environment":"development","defaultStrategy":"(absent)"},{"environment":"production"}],
				"featureTypeCounts":[{"type":"kill-switch","count":1},{"type":"operational","count":1},{"type":"release","count":4}],
				"onboardingStatus":{"status":"onboarded","feature":"(absent)"},
				"stats":{"avgTimeToProdCurrentWindow":0,"archivedCurrentWindow":1,"projectMembersAddedCurrentWindow":0}}`,
		},
		{name: "get a project with a default strategy", method: "GET", path: overview("other"), status: 200, want: `{"environments":[{"environment":"development","defaultStrategy":{"name":"flexibleRollout","parameters":{"rollout":"25","stickiness":"sessionId","groupId":""}}},{"environment":"production"}]}`},
		{name: "get an archived project", method: "GET", path: overview("shelved"), status: 200, want: `{"archivedAt":"(present)","environments":[]}`},
		{name: "get no project", method: "GET", path: overview("none"), status: 404, want: `{"name":"NotFoundError","message":"No project found"}`},
		{
			name: "get the status of a project", method: "GET", path: "/projects/default/status", status: 200,
			want: `{"resources":{"members":0,"apiTokens":2,"segments":1},"health":{"current":17},"technicalDebt":{"current":83},"staleFlags":{"total":5},
				"lifecycleSummary":{"initial":{"averageDays":"(present)","currentFlags":5},"preLive":{"averageDays":"(present)","currentFlags":1},"live":{"averageDays":null,"currentFlags":0},"completed":{"averageDays":null,"currentFlags":0},"archived":{"currentFlags":1,"last30Days":1}},
				"activityCountByDate":[{"count":9}]}`,
		},
		{name: "get the status of no project", method: "GET", path: "/projects/none/status", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "who created the flags of a project", method: "GET", path: "/projects/default/flag-creators", status: 200, want: `[{"id":-42,"name":"terraform"}]`},
		{name: "who created the flags of an empty project", method: "GET", path: "/projects/named/flag-creators", status: 200, want: `[]`},
		{name: "who created the flags of no project", method: "GET", path: "/projects/none/flag-creators", status: 404, want: `{"name":"NotFoundError"}`},
	}
}

func projectEnvironmentScenarios() []scenario {
	const (
		small   = "/projects/small/environments"
		rollout = `"name":"flexibleRollout","parameters":{"rollout":"10"}`
	)
	return []scenario{
		{
			name: "list the environments as a project sees them", method: "GET", path: "/environments/project/small", status: 200,
			want: `{"version":1,"environments":[
				{"name":"development","type":"development","sortOrder":2,"enabled":true,"protected":false,"requiredApprovals":null,"projectApiTokenCount":0,"projectEnabledToggleCount":0,"visible":true,"defaultStrategy":"(absent)"},
				{"name":"production","visible":false}]}`,
		},
		{name: "list the environments as another project sees them", method: "GET", path: "/environments/project/default", status: 200, want: `{"environments":[{"projectApiTokenCount":2,"projectEnabledToggleCount":1},{"projectApiTokenCount":0,"projectEnabledToggleCount":0}]}`},
		{name: "list the environments as no project sees them", method: "GET", path: "/environments/project/none", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "give a project an environment", method: "POST", path: small, body: `{"environment":"production"}`, status: 200,
			events: []string{"project-environment-added small/production"}, then: map[string]string{"/projects/small/overview": `{"environments":[{"environment":"development"},{"environment":"production","defaultStrategy":"(absent)"}]}`},
		},
		{
			name: "give a project a protected environment with a default strategy", method: "POST", path: small, body: `{"environment":"production","changeRequestsEnabled":true,"defaultStrategy":{` + rollout + `}}`, status: 200,
			events: []string{"project-environment-added small/production", "change-request-configuration-updated small/production"},
			then:   map[string]string{"/projects/small/overview": `{"environments":[{},{"defaultStrategy":{"name":"flexibleRollout","parameters":{"rollout":"10","stickiness":"default","groupId":""}}}]}`},
		},
		{name: "give a project an environment that it has", method: "POST", path: small, body: `{"environment":"development"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "give a project no environment", method: "POST", path: small, body: `{"environment":"none"}`, status: 400, want: `{"details":[{"path":"/body/environment","message":"Could not find environment with name: none"}]}`},
		{name: "give a project an environment with a bad default strategy", method: "POST", path: small, body: `{"environment":"production","defaultStrategy":{"name":"default"}}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "give no project an environment", method: "POST", path: "/projects/none/environments", body: `{"environment":"production"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "take an environment from a project", method: "DELETE", path: "/projects/default/environments/production", status: 200,
			events: []string{"project-environment-removed default/production"}, then: map[string]string{"/projects/default/features/checkout": `{"environments":[{"name":"development"}]}`},
		},
		{name: "take a protected environment from a project", as: "owner", method: "DELETE", path: "/projects/guarded/environments/production", status: 403, want: `{"name":"PermissionError","permissions":["SKIP_CHANGE_REQUEST"]}`},
		{
			name: "take a protected environment from a project, as one who may bypass", method: "DELETE", path: "/projects/guarded/environments/production", status: 200,
			events: []string{"project-environment-removed guarded/production", "change-requests-bypassed guarded/production"},
		},
		{name: "take an environment that it has not from a project", method: "DELETE", path: small + "/production", status: 404, want: `{"name":"NotFoundError","message":"Could not find environment with name: production"}`},
		{name: "take an environment from no project", method: "DELETE", path: "/projects/none/environments/production", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "set a default strategy", method: "POST", path: "/projects/default/environments/production/default-strategy",
			body:   `{` + rollout + `,"constraints":[{"contextName":"country","operator":"IN","values":["DE"]}],"segments":[1],"title":"t"}`,
			status: 200, want: `{"name":"flexibleRollout","title":"t","parameters":{"rollout":"10","stickiness":"default","groupId":""},"constraints":[{"contextName":"country"}],"segments":[1]}`,
			events: []string{"default-strategy-updated default/production"},
			then:   map[string]string{"/projects/default/features/plain/environments/production": `{"defaultStrategy":{"parameters":{"rollout":"10"}}}`},
		},
		{
			name: "set a default strategy to what it is", method: "POST", path: "/projects/other/environments/development/default-strategy",
			body: `{"name":"flexibleRollout","parameters":{"rollout":"25","stickiness":"sessionId","groupId":""}}`, status: 200, want: `{"parameters":{"rollout":"25"}}`,
		},
		{name: "set a default strategy of another type", method: "POST", path: "/projects/default/environments/production/default-strategy", body: `{"name":"default"}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "set a default strategy with a foreign segment", method: "POST", path: "/projects/default/environments/production/default-strategy", body: `{"name":"flexibleRollout","segments":[3]}`, status: 400, want: `{"details":[{"path":"/body/segments"}]}`},
		{name: "set the default strategy of an environment that the project has not", method: "POST", path: "/projects/small/environments/production/default-strategy", body: `{"name":"flexibleRollout"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "set the default strategy of no project", method: "POST", path: "/projects/none/environments/production/default-strategy", body: `{"name":"flexibleRollout"}`, status: 404, want: `{"name":"NotFoundError"}`},
	}
}
