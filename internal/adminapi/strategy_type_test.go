package adminapi_test

func strategyTypeScenarios() []scenario {
	const ours = "/strategies/ours"
	return []scenario{
		{
			name: "list the strategy types", method: "GET", path: "/strategies", status: 200,
			want: `{"version":1,"strategies":[{"name":"flexibleRollout","editable":false},{"name":"default"},{"name":"remoteAddress"},
				{"name":"ours","displayName":null,"title":null,"description":null,"editable":true,"deprecated":false,"parameters":[{"name":"seats","type":"number","description":"","required":true}]},
				{"name":"theirs","deprecated":true,"parameters":[]}]}`,
		},
		{name: "get a strategy type", method: "GET", path: ours, status: 200, want: `{"name":"ours"}`},
		{name: "get no strategy type", method: "GET", path: "/strategies/none", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "create a strategy type", method: "POST", path: "/strategies", body: `{"name":"fresh","title":"t","description":"d","editable":false,"parameters":[{"name":"p","type":"list"}]}`, status: 201,
			want: `{"name":"fresh","title":"t","description":"d","editable":true,"parameters":[{"name":"p","type":"list","required":false}]}`, events: []string{"strategy-created"},
		},
		{name: "create a strategy type without parameters", method: "POST", path: "/strategies", body: `{"name":"fresh"}`, status: 400, want: `{"details":[{"path":"/body/parameters"}]}`},
		{name: "create a bad strategy type", method: "POST", path: "/strategies", body: `{"name":"a b","parameters":[{"name":"","type":"list"}]}`, status: 400, want: `{"details":[{"path":"/body/name"},{"path":"/body/parameters/0/name"}]}`},
		{name: "create a strategy type that exists", method: "POST", path: "/strategies", body: `{"name":"default","parameters":[]}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "change a strategy type", method: "PUT", path: ours, body: `{"parameters":[]}`, status: 200, events: []string{"strategy-updated"}, then: map[string]string{ours: `{"parameters":[]}`}},
		{name: "change a strategy type to what it is", method: "PUT", path: ours, body: `{"parameters":[{"name":"seats","type":"number","required":true}]}`, status: 200},
		{name: "change a strategy type to a bad one", method: "PUT", path: ours, body: `{"parameters":[{"name":"x","type":"int"}]}`, status: 400, want: `{"details":[{"path":"type"}]}`},
		{name: "change a built-in strategy type", method: "PUT", path: "/strategies/default", body: `{"parameters":[]}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "change no strategy type", method: "PUT", path: "/strategies/none", body: `{"parameters":[]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "delete a strategy type", method: "DELETE", path: ours, status: 200, events: []string{"strategy-deleted"}},
		{name: "delete a built-in strategy type", method: "DELETE", path: "/strategies/default", status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "delete no strategy type", method: "DELETE", path: "/strategies/none", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "deprecate a strategy type", method: "POST", path: "/strategies/default/deprecate", status: 200, events: []string{"strategy-deprecated"}, then: map[string]string{"/strategies/default": `{"deprecated":true}`}},
		{name: "deprecate a deprecated strategy type", method: "POST", path: "/strategies/theirs/deprecate", status: 200},
		{name: "deprecate no strategy type", method: "POST", path: "/strategies/none/deprecate", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "reactivate a strategy type", method: "POST", path: "/strategies/theirs/reactivate", status: 200, events: []string{"strategy-reactivated"}},
		{name: "reactivate no strategy type", method: "POST", path: "/strategies/none/reactivate", status: 404, want: `{"name":"NotFoundError"}`},
	}
}
