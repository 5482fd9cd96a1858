package adminapi_test

func segmentScenarios() []scenario {
	const inGermany = `"constraints":[{"contextName":"country","operator":"IN","values":["DE"]}]`
	return []scenario{
		{
			name: "list the segments", method: "GET", path: "/segments", status: 200,
			want: `{"segments":[
				{"id":1,"name":"europe","description":null,"project":"(absent)","createdAt":"2026-03-01T12:00:00.000Z","usedInProjects":1,"usedInFeatures":1,
					"constraints":[{"contextName":"country","operator":"IN","values":["DE"],"inverted":false,"caseInsensitive":false,"value":"(absent)"}]},
				{"id":2,"name":"insiders","project":"default","usedInProjects":0,"usedInFeatures":0},{"id":3},{"id":4,"createdBy":"person-11"}]}`,
		},
		{name: "get a segment", method: "GET", path: "/segments/2", status: 200, want: `{"id":2,"name":"insiders","project":"default","usedInFeatures":"(absent)"}`},
		{name: "get no segment", method: "GET", path: "/segments/999", status: 404, want: `{"name":"NotFoundError","message":"No segment exists with ID \"999\""}`},
		{name: "get what is no segment", method: "GET", path: "/segments/x", status: 400, want: `{"name":"BadDataError"}`},

		{
			name: "create a segment", method: "POST", path: "/segments", body: `{"name":"fresh","description":"d",` + inGermany + `}`, status: 201,
			want: `{"id":5,"name":"fresh","description":"d","project":"(absent)","createdBy":"terraform",` + inGermany + `}`, events: []string{"segment-created"},
		},
		{
			name: "create a segment with a name in words", method: "POST", path: "/segments", body: `{"name":"Beta users, 50%","constraints":[]}`, status: 201,
			want: `{"id":5,"name":"Beta users, 50%"}`, events: []string{"segment-created"},
		},
		{
			name: "create a segment of a project", as: "owner", method: "POST", path: "/segments", body: `{"name":"fresh","project":"guarded","constraints":[]}`, status: 201,
			want: `{"project":"guarded","createdBy":"person-11","constraints":[]}`, events: []string{"segment-created guarded"},
		},
		{name: "create a segment of another project", as: "owner", method: "POST", path: "/segments", body: `{"name":"fresh","project":"default","constraints":[]}`, status: 403, want: `{"permissions":["CREATE_SEGMENT","UPDATE_PROJECT_SEGMENT"]}`},
		{name: "create a global segment as an owner", as: "owner", method: "POST", path: "/segments", body: `{"name":"fresh","constraints":[]}`, status: 403, want: `{"permissions":["CREATE_SEGMENT","UPDATE_PROJECT_SEGMENT"]}`},
		{name: "create a segment without constraints", method: "POST", path: "/segments", body: `{"name":"fresh"}`, status: 400, want: `{"details":[{"path":"/body/constraints"}]}`},
		{
			name: "create a segment with bad constraints", method: "POST", path: "/segments",
			body:   `{"name":" ","constraints":[{"contextName":"country","operator":"IN","values":["XX"]},{"contextName":"v","operator":"SEMVER_EQ","value":"v1.0.0"},{"contextName":"m","operator":"REGEX","value":"(","inverted":true}]}`,
			status: 400, want: `{"details":[{"path":"/body/name"},{"path":"/body/constraints/0/values/0"},{"path":"/body/constraints/1/value"},{"path":"/body/constraints/2/value"},{"path":"/body/constraints/2/inverted"}]}`,
		},
		{name: "create a segment with an unknown operator", method: "POST", path: "/segments", body: `{"name":"fresh","constraints":[{"contextName":"a","operator":"LIKE","values":["x"]}]}`, status: 400, want: `{"details":[{"path":"operator"}]}`},
		{name: "create a segment of no project", method: "POST", path: "/segments", body: `{"name":"fresh","project":"none","constraints":[]}`, status: 400, want: `{"details":[{"path":"/body/project"}]}`},
		{name: "create a segment that exists", method: "POST", path: "/segments", body: `{"name":"europe","constraints":[]}`, status: 409, want: `{"name":"NameExistsError","message":"Segment name already exists"}`},

		{name: "change a segment", method: "PUT", path: "/segments/1", body: `{"name":"eu","constraints":[]}`, status: 204, events: []string{"segment-updated"}, then: map[string]string{"/segments/1": `{"name":"eu","constraints":[],"createdAt":"2026-03-01T12:00:00.000Z"}`}},
		{
			name: "describe a segment", method: "PUT", path: "/segments/2", body: `{"name":"insiders","description":"We","project":"default","constraints":[]}`, status: 204,
			events: []string{"segment-updated default"}, then: map[string]string{"/segments/2": `{"description":"We"}`},
		},
		{
			name: "change a segment and leave its description out", method: "PUT", path: "/segments/4", body: `{"name":"few","project":"guarded","constraints":[]}`, status: 204,
			events: []string{"segment-updated guarded", "change-requests-bypassed guarded/production"}, then: map[string]string{"/segments/4": `{"name":"few","description":"The few"}`},
		},
		{
			name: "take the description from a segment", method: "PUT", path: "/segments/4", body: `{"name":"vips","description":null,"project":"guarded","constraints":[]}`, status: 204,
			events: []string{"segment-updated guarded", "change-requests-bypassed guarded/production"}, then: map[string]string{"/segments/4": `{"description":null}`},
		},
		{name: "change a segment to what it is", method: "PUT", path: "/segments/1", body: `{"name":"europe",` + inGermany + `}`, status: 204},
		{name: "make a segment its user's own", method: "PUT", path: "/segments/1", body: `{"name":"europe","project":"default",` + inGermany + `}`, status: 204, events: []string{"segment-updated default"}},
		{name: "make a segment another project's own", method: "PUT", path: "/segments/1", body: `{"name":"europe","project":"other",` + inGermany + `}`, status: 400, want: `{"details":[{"path":"/body/project","message":"The segment \"europe\" cannot belong to project \"other\": the flag \"checkout\" of project \"default\" uses it."}]}`},
		{name: "take a segment that is global", as: "owner", method: "PUT", path: "/segments/1", body: `{"name":"europe","project":"guarded",` + inGermany + `}`, status: 403, want: `{"permissions":["UPDATE_SEGMENT","UPDATE_PROJECT_SEGMENT"]}`},
		{name: "change a project's segment", method: "PUT", path: "/segments/3", body: `{"name":"neighbours","project":"other",` + inGermany + `}`, status: 204, events: []string{"segment-updated other"}},
		{name: "change a segment in a protected project", as: "owner", method: "PUT", path: "/segments/4", body: `{"name":"vips","project":"guarded",` + inGermany + `}`, status: 403, want: `{"permissions":["SKIP_CHANGE_REQUEST"]}`},
		{name: "change a segment to a name that is taken", method: "PUT", path: "/segments/1", body: `{"name":"others","constraints":[]}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "change a segment to a bad one", method: "PUT", path: "/segments/1", body: `{"name":"","constraints":5}`, status: 400, want: `{"details":[{"path":"/body/constraints"}]}`},
		{name: "change no segment", method: "PUT", path: "/segments/999", body: `{"name":"x","constraints":[]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "delete a segment", method: "DELETE", path: "/segments/3", status: 204, events: []string{"segment-deleted other"}},
		{name: "delete a segment in use", method: "DELETE", path: "/segments/1", status: 409, want: `{"name":"ConflictError"}`},
		{name: "delete no segment", method: "DELETE", path: "/segments/999", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "check the name of a segment", method: "POST", path: "/segments/validate", body: `{"name":"fresh"}`, status: 204},
		{name: "check a name of a segment in words", method: "POST", path: "/segments/validate", body: `{"name":"Beta users / Norge & Åland"}`, status: 204},
		{name: "check a bad name of a segment", method: "POST", path: "/segments/validate", body: `{"name":"\t "}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "check the name of a segment that exists", method: "POST", path: "/segments/validate", body: `{"name":"europe"}`, status: 409, want: `{"name":"NameExistsError"}`},

		{name: "list the strategies of a segment", method: "GET", path: "/segments/1/strategies", status: 200, want: `{"strategies":[{"id":"` + europeans + `","projectId":"default","featureName":"checkout","strategyName":"flexibleRollout","environment":"production"}],"changeRequestStrategies":[]}`},
		{name: "list the strategies of no segment", method: "GET", path: "/segments/999/strategies", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "list the segments of a strategy", method: "GET", path: "/segments/strategies/" + europeans, status: 200, want: `{"segments":[{"id":1}]}`},
		{name: "list the segments of no strategy", method: "GET", path: "/segments/strategies/none", status: 200, want: `{"segments":[]}`},
	}
}

func constraintScenarios() []scenario {
	return []scenario{
		{name: "check a constraint", method: "POST", path: "/constraints/validate", body: `{"contextName":"country","operator":"NOT_IN","values":["FR"],"caseInsensitive":true}`, status: 204},
		{name: "check a network", method: "POST", path: "/constraints/validate", body: `{"contextName":"ip","operator":"IN_CIDR","values":["10.0.0.0/8"]}`, status: 204},
		{name: "check a number that is one", method: "POST", path: "/constraints/validate", body: `{"contextName":"age","operator":"NUM_GTE","value":18}`, status: 204},
		{name: "check a constraint with an illegal value", method: "POST", path: "/constraints/validate", body: `{"contextName":"country","operator":"IN","values":["XX"]}`, status: 400, want: `{"details":[{"path":"/body/values/0","message":"\"XX\" is not one of the legal values of the context field \"country\"."}]}`},
		{name: "check a date that is none", method: "POST", path: "/constraints/validate", body: `{"contextName":"currentTime","operator":"DATE_AFTER","value":"tomorrow"}`, status: 400, want: `{"details":[{"path":"/body/value"}]}`},
		{name: "check half a constraint", method: "POST", path: "/constraints/validate", body: `{"contextName":"x"}`, status: 400, want: `{"details":[{"path":"/body/operator"}]}`},
	}
}
