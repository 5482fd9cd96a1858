package adminapi_test

func strategyScenarios() []scenario {
	const (
		plain    = "/projects/default/features/plain/environments/development/strategies"
		checkout = "/projects/default/features/checkout/environments/development/strategies"
		one      = checkout + "/" + everyone
	)
	full := `{"name":"flexibleRollout","title":"Half of Germany","disabled":false,"sortOrder":7,
		"constraints":[{"contextName":"country","operator":"IN","values":["DE"],"inverted":true,"unknown":1},{"contextName":"age","operator":"NUM_GT","value":18}],
		"parameters":{"rollout":50,"stickiness":"userId"},"segments":[2,"1",2],
		"variants":[{"name":"b","weight":0},{"name":"a","weight":"300","weightType":"fix","payload":{"type":"json","value":"{}"}}]}`
	return []scenario{
		{
			name: "list strategies", method: "GET", path: checkout,
			status: 200, want: `[{"id":"` + everyone + `","featureName":"(absent)"},{"id":"` + sleeping + `"}]`,
		},
		{name: "list no strategies", method: "GET", path: plain, status: 200, want: `[]`},
		{name: "list the strategies of no flag", method: "GET", path: "/projects/default/features/none/environments/development/strategies", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "get a strategy", method: "GET", path: one, status: 200, want: `{"id":"` + everyone + `","name":"flexibleRollout","sortOrder":0}`},
		{name: "get a strategy of another environment", method: "GET", path: checkout + "/" + europeans, status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "add a strategy with defaults", method: "POST", path: plain, body: `{"name":"flexibleRollout"}`,
			status: 200, want: `{"name":"flexibleRollout","title":null,"disabled":false,"constraints":[],"variants":[],"segments":[],"sortOrder":0,"parameters":{"rollout":"100","stickiness":"default","groupId":"plain"}}`,
			events: []string{"feature-strategy-add default/development/plain"},
		},
		{
			name: "add a strategy with everything", method: "POST", path: checkout, body: full,
			status: 200, want: `{"title":"Half of Germany","sortOrder":7,"segments":[1,2],
				"constraints":[{"contextName":"country","operator":"IN","values":["DE"],"inverted":true,"caseInsensitive":false,"value":"(absent)"},{"contextName":"age","operator":"NUM_GT","value":"18","values":[]}],
				"parameters":{"rollout":"50","stickiness":"userId","groupId":"checkout"},
				"variants":[{"name":"a","weight":300,"weightType":"fix","stickiness":"default","payload":{"type":"json","value":"{}"}},{"name":"b","weight":700,"weightType":"variable","stickiness":"default"}]}`,
			events: []string{"feature-strategy-add default/development/checkout"},
		},
		{
			name: "add a strategy behind the others, by the stickiness of its project", method: "POST", path: "/projects/other/features/foreign/environments/production/strategies", body: `{"name":"flexibleRollout","title":null,"disabled":null}`,
			status: 200, want: `{"parameters":{"stickiness":"userId"}}`, events: []string{"feature-strategy-add other/production/foreign"},
		},
		{
			name: "add a strategy of another type", method: "POST", path: checkout, body: `{"name":"remoteAddress","parameters":{"IPs":"10.0.0.1"}}`,
			status: 200, want: `{"name":"remoteAddress","parameters":{"IPs":"10.0.0.1","rollout":"(absent)"},"sortOrder":2}`, events: []string{"feature-strategy-add default/development/checkout"},
		},
		{name: "add a strategy of no type", method: "POST", path: plain, body: `{"name":"x"}`, status: 400, want: `{"details":[{"path":"/body/name","message":"Could not find strategy type with name x"}]}`},
		{name: "add a strategy without a name", method: "POST", path: plain, body: `{}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{
			name: "add a strategy with an unknown operator", method: "POST", path: plain, body: `{"name":"default","constraints":[{"contextName":"a","operator":"LIKE","values":["x"]}]}`,
			status: 400, want: `{"details":[{"path":"operator"}]}`,
		},
		{
			name: "add a strategy with a constraint without context name", method: "POST", path: plain, body: `{"name":"default","constraints":[{"operator":"IN","values":["x"]}]}`,
			status: 400, want: `{"details":[{"path":"/body/constraints/0/contextName"}]}`,
		},
		{
			name: "add a strategy with a value that is not legal", method: "POST", path: plain, body: `{"name":"default","constraints":[{"contextName":"country","operator":"IN","values":["DE","XX"]}]}`,
			status: 400, want: `{"details":[{"path":"/body/constraints/0/values/1"}]}`,
		},
		{
			name: "add a strategy with a pattern that does not compile", method: "POST", path: plain, body: `{"name":"default","constraints":[{"contextName":"a","operator":"REGEX","value":"(?=x)"}]}`,
			status: 400, want: `{"details":[{"path":"/body/constraints/0/value"}]}`,
		},
		{
			name: "add a strategy with a rollout over 100", method: "POST", path: plain, body: `{"name":"flexibleRollout","parameters":{"rollout":101}}`,
			status: 400, want: `{"details":[{"path":"/body/parameters/rollout"}]}`,
		},
		{
			name: "add a strategy whose parameters are no object", method: "POST", path: plain, body: `{"name":"flexibleRollout","parameters":[1],"segments":["x"],"sortOrder":1.5}`,
			status: 400, want: `{"details":[{"path":"/body/parameters","message":"The ` + "`/body/parameters`" + ` property must be object. You sent [1]."},{"path":"/body/segments/0","message":"The ` + "`/body/segments/0`" + ` property must be integer. You sent \"x\"."},{"path":"/body/sortOrder"}]}`,
		},
		{
			name: "add a strategy with a variant that weighs too much", method: "POST", path: plain, body: `{"name":"default","variants":[{"name":"a","weight":1001}]}`,
			status: 400, want: `{"details":[{"path":"/body/variants/0/weight","message":"The ` + "`/body/variants/0/weight`" + ` property must be <= 1000. You sent 1001."}]}`,
		},
		{
			name: "add a strategy with two variants of one name", method: "POST", path: plain, body: `{"name":"default","variants":[{"name":"a","weight":1},{"name":"a","weight":1}]}`,
			status: 400, want: `{"details":[{"path":"/body/variants/1/name"}]}`,
		},
		{name: "add a strategy with no segment", method: "POST", path: plain, body: `{"name":"default","segments":[99]}`, status: 400, want: `{"details":[{"path":"/body/segments","message":"No segment exists with ID 99."}]}`},
		{name: "add a strategy with another project's segment", method: "POST", path: plain, body: `{"name":"default","segments":[3]}`, status: 400, want: `{"details":[{"path":"/body/segments"}]}`},
		{name: "add a strategy with too many segments", method: "POST", path: plain, body: `{"name":"default","segments":[1,2,3,4,5,6]}`, status: 400, want: `{"details":[{"path":"/body/segments"}]}`},
		{
			name: "add a strategy with too many constraints", method: "POST", path: plain, body: `{"name":"default","constraints":[` + repeat(`{"contextName":"a","operator":"IN","values":["x"]}`, 31) + `]}`,
			status: 400, want: `{"name":"ExceedsLimitError","message":"Failed to create constraint. You can't create more than the established limit of 30."}`,
		},
		{name: "add a strategy to an archived flag", method: "POST", path: "/projects/default/features/old/environments/development/strategies", body: `{"name":"default"}`, status: 400, want: `{"name":"ArchivedFeatureError"}`},
		{name: "add a strategy to no flag", method: "POST", path: "/projects/default/features/none/environments/development/strategies", body: `{"name":"default"}`, status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "update a strategy: some is kept, some reset", method: "PUT", path: "/projects/default/features/checkout/environments/production/strategies/" + europeans, body: `{"name":"flexibleRollout","parameters":{"rollout":"10"}}`,
			status: 200, want: `{"id":"` + europeans + `","segments":[1],"sortOrder":0,"constraints":[],"parameters":{"rollout":"10","stickiness":"default","groupId":"checkout"}}`,
			events: []string{"feature-strategy-update default/production/checkout"},
		},
		{
			name: "update a strategy without naming it", method: "PUT", path: one, body: `{"title":"t"}`,
			status: 200, want: `{"name":"flexibleRollout","title":"t","parameters":{"rollout":"(absent)"}}`, events: []string{"feature-strategy-update default/development/checkout"},
		},
		{
			name: "update a strategy to what it is", method: "PUT", path: one, body: `{"name":"flexibleRollout"}`,
			status: 200, want: `{"id":"` + everyone + `"}`,
		},
		{
			name: "update the segments of a strategy to none", method: "PUT", path: "/projects/default/features/checkout/environments/production/strategies/" + europeans, body: `{"name":"flexibleRollout","segments":[]}`,
			status: 200, want: `{"segments":[]}`, events: []string{"feature-strategy-update default/production/checkout"},
		},
		{
			name: "disable the last enabled strategy", method: "PUT", path: one, body: `{"name":"flexibleRollout","disabled":true}`,
			status: 200, want: `{"disabled":true}`, events: []string{"feature-strategy-update default/development/checkout", "feature-environment-disabled default/development/checkout"},
		},
		{name: "update no strategy", method: "PUT", path: checkout + "/none", body: `{}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "update a strategy to no type", method: "PUT", path: one, body: `{"name":"x"}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "update a strategy in a protected environment", as: "member", method: "PUT", path: "/projects/default/features/checkout/environments/development/strategies/" + everyone, body: `{}`, status: 403, want: `{"permissions":["UPDATE_FEATURE_STRATEGY"]}`},

		{
			name: "patch a strategy", method: "PATCH", path: one, body: `[{"op":"replace","path":"/parameters/rollout","value":"42"},{"op":"add","path":"/constraints/-","value":{"contextName":"userId","operator":"IN","values":["1"]}},{"op":"replace","path":"/title","value":"t"},{"op":"replace","path":"/id","value":"x"}]`,
			status: 200, want: `{"id":"` + everyone + `","title":"t","parameters":{"rollout":"42","groupId":"checkout"},"constraints":[{"contextName":"userId"}]}`,
			events: []string{"feature-strategy-update default/development/checkout"},
		},
		{
			name: "patch a strategy to be disabled", method: "PATCH", path: one, body: `[{"op":"replace","path":"/disabled","value":true}]`,
			status: 200, want: `{"disabled":true}`, events: []string{"feature-strategy-update default/development/checkout", "feature-environment-disabled default/development/checkout"},
		},
		{name: "patch a strategy with nothing", method: "PATCH", path: one, body: `[]`, status: 200, want: `{"id":"` + everyone + `"}`},
		{name: "patch a strategy to what it cannot be", method: "PATCH", path: one, body: `[{"op":"replace","path":"/constraints","value":5}]`, status: 400, want: `{"details":[{"path":"/body/constraints"}]}`},
		{name: "patch a strategy where it has nothing", method: "PATCH", path: one, body: `[{"op":"replace","path":"/constraints/5/value","value":"x"}]`, status: 400, want: `{"details":[{"path":"/body","message":"The patch does not apply: replace operation does not apply: doc is missing path: /constraints/5/value: missing value."}]}`},
		{name: "patch no strategy", method: "PATCH", path: checkout + "/none", body: `[]`, status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "remove a strategy", method: "DELETE", path: checkout + "/" + sleeping, status: 200,
			events: []string{"feature-strategy-remove default/development/checkout"},
		},
		{
			name: "remove the last enabled strategy", method: "DELETE", path: one, status: 200,
			events: []string{"feature-strategy-remove default/development/checkout", "feature-environment-disabled default/development/checkout"},
		},
		{name: "remove no strategy", method: "DELETE", path: checkout + "/none", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "sort strategies", method: "POST", path: checkout + "/set-sort-order", body: `[{"id":"` + sleeping + `","sortOrder":0},{"id":"` + everyone + `","sortOrder":"5"}]`, status: 200,
			events: []string{"strategy-order-changed default/development/checkout"},
			then:   map[string]string{checkout: `[{"id":"` + sleeping + `","sortOrder":0},{"id":"` + everyone + `","sortOrder":5}]`},
		},
		{name: "sort strategies as they are", method: "POST", path: checkout + "/set-sort-order", body: `[{"id":"` + sleeping + `","sortOrder":1}]`, status: 200},
		{name: "sort strategies of others", method: "POST", path: checkout + "/set-sort-order", body: `[{"id":"` + europeans + `","sortOrder":1}]`, status: 400, want: `{"details":[{"path":"/body"}]}`},
		{name: "sort strategies without places", method: "POST", path: checkout + "/set-sort-order", body: `[{"id":"` + sleeping + `"}]`, status: 400, want: `{"details":[{"path":"/body/0/sortOrder"}]}`},
		{name: "sort the strategies of no flag", method: "POST", path: "/projects/default/features/none/environments/development/strategies/set-sort-order", body: `[]`, status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "give a strategy segments", method: "POST", path: "/segments/strategies", body: `{"projectId":"default","environmentId":"development","strategyId":"` + everyone + `","segmentIds":[2,1]}`,
			status: 201, want: `{"projectId":"default","environmentId":"development","strategyId":"` + everyone + `","segmentIds":[2,1]}`,
			events: []string{"feature-strategy-update default/development/checkout"},
			then:   map[string]string{one: `{"segments":[1,2],"parameters":{"rollout":"100"}}`},
		},
		{name: "give a strategy segments of others", method: "POST", path: "/segments/strategies", body: `{"projectId":"default","environmentId":"development","strategyId":"` + everyone + `","segmentIds":[3]}`, status: 400, want: `{"details":[{"path":"/body/segments"}]}`},
		{name: "give no strategy segments", method: "POST", path: "/segments/strategies", body: `{"projectId":"default","environmentId":"development","strategyId":"` + europeans + `","segmentIds":[]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "give a strategy segments without naming it", method: "POST", path: "/segments/strategies", body: `{"projectId":"default","environmentId":"development","segmentIds":[]}`, status: 400, want: `{"details":[{"path":"/body/strategyId"}]}`},
	}
}
