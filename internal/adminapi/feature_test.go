package adminapi_test

import "strings"

const invalid = `"name":"BadDataError","message":"Request validation failed: your request body or params contain invalid data. Refer to the ` + "`details`" + ` list for more information."`

func featureScenarios() []scenario {
	const (
		features = "/projects/default/features"
		checkout = features + "/checkout"
	)
	required := func(field string) string {
		return `{` + invalid + `,"details":[{"path":"/body/` + field + `","message":"The ` + "`/body/" + field + "`" + ` property is required. It was not present on the data you sent."}]}`
	}
	created := `{"name":"fresh","description":null,"type":"release","project":"default","stale":false,"impressionData":false,"archived":false}`
	return []scenario{
		{
			name: "create a flag with defaults", method: "POST", path: features, body: `{"name":"fresh"}`,
			status: 201, want: created,
			events: []string{"feature-created default//fresh"},
			then: map[string]string{
				features + "/fresh": `{"name":"fresh","createdBy":{"id":-42,"name":"terraform","imageUrl":""},"favorite":false,"children":[],"dependencies":[],"links":[],
					"collaborators":{"users":[]},"archivedAt":"(absent)","lifecycle":{"stage":"initial","status":"(absent)"},"environments":[
					{"name":"development","type":"development","sortOrder":2,"enabled":false,"lastSeenAt":null,"yes":0,"no":0,"strategies":[],"variants":"(absent)"},
					{"name":"production","type":"production","sortOrder":3,"enabled":false,"strategies":[]}]}`,
			},
		},
		{
			name: "create a flag with everything", method: "POST", path: features,
			body:   `{"name":"fresh","type":"experiment","description":"d","impressionData":true,"tags":[{"type":"simple","value":" new "},{"type":"simple","value":"shop"},{"type":"simple","value":"new"}],"unknown":{"a":1}}`,
			status: 201, want: `{"name":"fresh","type":"experiment","description":"d","impressionData":true}`,
			events: []string{"feature-created default//fresh", "tag-created", "feature-tagged default//fresh", "feature-tagged default//fresh"},
			then:   map[string]string{"/search/features?query=fresh": `{"features":[{"tags":[{"type":"simple","value":"new","color":"#FFFFFF"},{"type":"simple","value":"shop"}]}]}`},
		},
		{
			name: "create a flag by a token that may just that", as: "creator", method: "POST", path: features, body: `{"name":"fresh"}`,
			status: 201, want: created, events: []string{"feature-created default//fresh"},
			then: map[string]string{features + "/fresh": `{"createdBy":{"id":9,"name":"person-9"}}`},
		},
		{
			name: "create a flag whose name is a number", method: "POST", path: features, body: `{"name":1,"impressionData":"true","description":false}`,
			status: 201, want: `{"name":"1","impressionData":true,"description":"false"}`, events: []string{"feature-created default//1"},
		},
		{
			name: "create a flag with the links of its project", method: "POST", path: "/projects/named/features", body: `{"name":"team-a"}`,
			status: 201, want: `{"name":"team-a"}`, events: []string{"feature-created named//team-a", "feature-link-added named//team-a"},
			then: map[string]string{"/projects/named/features/team-a": `{"links":[{"url":"https://wiki.example.com/named/team-a","title":null}]}`},
		},
		{
			name: "create a flag in a protected project: it is off, so nobody is asked", as: "member", method: "POST", path: "/projects/guarded/features", body: `{"name":"fresh"}`,
			status: 201, want: `{"name":"fresh"}`, events: []string{"feature-created guarded//fresh"},
		},
		{
			name: "create a flag without a name", method: "POST", path: features, body: `{}`,
			status: 400, want: required("name"),
		},
		{
			name: "create a flag with null as name and no list of tags", method: "POST", path: features, body: `{"name":null,"tags":5}`,
			status: 400, want: `{"details":[{"path":"/body/tags","message":"The ` + "`/body/tags`" + ` property must be array. You sent 5."},{"path":"/body/name"}]}`,
		},
		{
			name: "create a flag whose name no URL can hold", method: "POST", path: features, body: `{"name":"bad name"}`,
			status: 400, want: `{` + invalid + `,"details":[{"path":"/body/name","message":"\"name\" must be URL friendly. You provided \"bad name\"."}]}`,
		},
		{
			name: "create a flag of an unknown type", method: "POST", path: features, body: `{"name":"fresh","type":"x"}`,
			status: 400, want: `{` + invalid + `,"details":[{"path":"type","message":"The ` + "`type`" + ` property must be equal to one of the allowed values: \"experiment\", \"kill-switch\", \"release\", \"operational\", \"permission\", \"sunset\". You provided \"x\", which is not valid. Please use one of the allowed values instead.."}]}`,
		},
		{
			name: "create a flag with a tag of an unknown type", method: "POST", path: features, body: `{"name":"fresh","tags":[{"type":"simple","value":"ok"},{"type":"nope","value":"x1"}]}`,
			status: 400, want: `{` + invalid + `,"details":[{"path":"/body/tags/1/type","message":"There is no tag type \"nope\"."}]}`,
		},
		{
			name: "create a flag whose tag lacks a value", method: "POST", path: features, body: `{"name":"fresh","tags":[{"type":"simple"}]}`,
			status: 400, want: required("tags/0/value"),
		},
		{
			name: "create a flag that exists", method: "POST", path: features, body: `{"name":"foreign"}`,
			status: 409, want: `{"name":"NameExistsError","message":"A flag with that name already exists","details":[{"message":"A flag with that name already exists"}]}`,
		},
		{
			name: "create a flag that is archived", method: "POST", path: features, body: `{"name":"old"}`,
			status: 409, want: `{"name":"NameExistsError","message":"An archived flag with that name already exists"}`,
		},
		{
			name: "create a flag in no project", method: "POST", path: "/projects/none/features", body: `{"name":"fresh"}`,
			status: 404, want: `{"name":"NotFoundError"}`,
		},
		{
			name: "create a flag against the naming pattern", method: "POST", path: "/projects/named/features", body: `{"name":"fresh"}`,
			status: 400, want: `{"name":"PatternError","details":[{"message":"The flag name does not match the pattern."}]}`,
		},
		{
			name: "create a flag in a full project", method: "POST", path: "/projects/full/features", body: `{"name":"fresh"}`,
			status: 403, want: `{"name":"InvalidOperationError","message":"You have reached the maximum number of feature flags for this project."}`,
		},
		{
			name: "create a flag in another project than allowed", as: "creator", method: "POST", path: "/projects/other/features", body: `{"name":"fresh"}`,
			status: 403, want: `{"name":"PermissionError","message":"You don't have the required permissions to perform this operation. To perform this action, you need the \"CREATE_FEATURE\" permission.","permissions":["CREATE_FEATURE"]}`,
		},

		{
			name: "list the flags of a project", method: "GET", path: "/projects/other/features",
			status: 200, want: `{"version":2,"features":[{"name":"foreign","type":"release","description":null,"project":"other","stale":false,"favorite":false,"impressionData":false,
				"createdAt":"2026-03-01T20:00:00.000Z","lastSeenAt":null,"tags":"(absent)",
				"environments":[{"name":"development","type":"development","enabled":false,"sortOrder":2,"variantCount":0,"lastSeenAt":null,"hasStrategies":false,"hasEnabledStrategies":false},{"name":"production"}]}]}`,
		},
		{name: "list the flags of no project", method: "GET", path: "/projects/none/features", status: 404, want: `{"name":"NotFoundError"}`},

		{
			name: "get a flag", method: "GET", path: checkout,
			status: 200, want: `{"name":"checkout","description":"The new checkout","type":"release","project":"default","stale":false,"archived":false,"createdAt":"2026-03-01T13:00:00.000Z",
				"links":[{"id":"` + linkID + `","url":"https://wiki.example.com/checkout","title":null}],
				"environments":[{"name":"development","enabled":true,"strategies":[
					{"id":"` + everyone + `","name":"flexibleRollout","title":null,"disabled":false,"constraints":[],"parameters":{"rollout":"100","stickiness":"default","groupId":"checkout"},"variants":[],"segments":[],"sortOrder":0,"featureName":"(absent)"},
					{"id":"` + sleeping + `","disabled":true}]},
				{"name":"production","enabled":false,"strategies":[{"segments":[1]}]}]}`,
		},
		{
			name: "get a flag with its variants", method: "GET", path: features + "/legacy?variantEnvironments=true",
			status: 200, want: `{"environments":[{"variants":[{"name":"blue","weight":1000,"weightType":"variable","stickiness":"default","payload":"(absent)","overrides":"(absent)"}]},{"variants":[]}]}`,
		},
		{
			name: "get a flag, asking for variants in no way that means anything", method: "GET", path: checkout + "?variantEnvironments=perhaps",
			status: 400, want: `{` + invalid + `,"details":[{"path":"/query/variantEnvironments","message":"The ` + "`/query/variantEnvironments`" + ` property must be boolean. You sent \"perhaps\"."}]}`,
		},
		{
			name: "get an archived flag", method: "GET", path: features + "/old",
			status: 200, want: `{"name":"old","archived":true,"stale":true}`,
		},
		{
			name: "get a flag that depends on another", method: "GET", path: features + "/child",
			status: 200, want: `{"dependencies":[{"feature":"parent","enabled":true}]}`,
		},
		{
			name: "get a flag on which another depends", method: "GET", path: features + "/parent",
			status: 200, want: `{"children":["child"]}`,
		},
		{
			name: "get no flag", method: "GET", path: features + "/none",
			status: 404, want: `{"name":"NotFoundError","message":"There's no feature named \"none\" in project \"default\"."}`,
		},
		{
			name: "get a flag of another project", method: "GET", path: features + "/foreign",
			status: 404, want: `{"message":"There's no feature named \"foreign\" in project \"default\", but there's a feature with that name in project \"other\""}`,
		},

		{name: "check a good name", method: "POST", path: "/features/validate", body: `{"name":"fresh"}`, status: 200},
		{name: "check a good name in a project", method: "POST", path: "/features/validate", body: `{"name":"team-b","projectId":"named"}`, status: 200},
		{name: "check a name against the pattern", method: "POST", path: "/features/validate", body: `{"name":"fresh","projectId":"named"}`, status: 400, want: `{"name":"PatternError"}`},
		{name: "check a name in no project", method: "POST", path: "/features/validate", body: `{"name":"fresh","projectId":"none"}`, status: 400, want: `{"details":[{"path":"/body/projectId","message":"There is no project \"none\"."}]}`},
		{name: "check a name that no URL can hold", method: "POST", path: "/features/validate", body: `{"name":"a/b","projectId":null}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "check a name that is taken", method: "POST", path: "/features/validate", body: `{"name":"checkout"}`, status: 409, want: `{"name":"NameExistsError"}`},

		{
			name: "update a flag: what is left out takes its default", method: "PUT", path: checkout, body: `{"type":"operational"}`,
			status: 200, want: `{"name":"checkout","description":null,"type":"operational"}`,
			events: []string{"feature-metadata-updated default//checkout"},
		},
		{
			name: "update a flag to what it is", method: "PUT", path: checkout, body: `{"description":"The new checkout"}`,
			status: 200, want: `{"description":"The new checkout"}`,
		},
		{
			name: "update everything of a flag", method: "PUT", path: checkout, body: `{"description":"d","type":"permission","stale":true,"archived":true,"impressionData":true,"name":"checkout","project":"other"}`,
			status: 200, want: `{"name":"checkout","project":"default","description":"d","type":"permission","stale":true,"archived":true,"impressionData":true}`,
			events: []string{"feature-metadata-updated default//checkout", "feature-stale-on default//checkout", "feature-archived default//checkout"},
		},
		{
			name: "update a flag to be archived, without the permission for that", as: "creator", method: "PUT", path: checkout, body: `{"archived":true}`,
			status: 403, want: `{"permissions":["DELETE_FEATURE"]}`,
		},
		{
			name: "update a flag to another name", method: "PUT", path: checkout, body: `{"name":"other","type":"permission"}`,
			status: 400, want: `{` + invalid + `,"details":[{"path":"/body/name","message":"The ` + "`/body/name`" + ` property must be \"checkout\": a flag keeps its name. You sent \"other\"."}]}`,
		},
		{name: "update no flag", method: "PUT", path: features + "/none", body: `{}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "update a flag to an unknown type", method: "PUT", path: checkout, body: `{"type":"x"}`, status: 400, want: `{"details":[{"path":"type"}]}`},

		{
			name: "patch a flag", method: "PATCH", path: checkout, body: `[{"op":"replace","path":"/description","value":"d"},{"op":"add","path":"/stale","value":true},{"op":"remove","path":"/type"}]`,
			status: 200, want: `{"description":"d","stale":true,"type":"release"}`,
			events: []string{"feature-metadata-updated default//checkout", "feature-stale-on default//checkout"},
		},
		{
			name: "patch away a description", method: "PATCH", path: checkout, body: `[{"op":"replace","path":"/description","value":null}]`,
			status: 200, want: `{"description":null}`, events: []string{"feature-metadata-updated default//checkout"},
		},
		{
			name: "patch what cannot be changed", method: "PATCH", path: checkout, body: `[{"op":"replace","path":"/name","value":"x"},{"op":"replace","path":"/project","value":"other"},{"op":"replace","path":"/nope","value":1},{"op":"remove","path":"/nothing"}]`,
			status: 200, want: `{"name":"checkout","project":"default"}`,
		},
		{
			name: "patch variants of a flag", method: "PATCH", path: checkout, body: `[{"op":"add","path":"/variants/0","value":{}}]`,
			status: 403, want: `{"name":"OperationDeniedError"}`,
		},
		{
			name: "patch a flag with an object", method: "PATCH", path: checkout, body: `{"description":"d"}`,
			status: 400, want: `{` + invalid + `,"details":[{"path":"/body","message":"The ` + "`/body`" + ` property must be array. You sent {\"description\":\"d\"}."}]}`,
		},
		{
			name: "patch a flag with what doubles it again and again", method: "PATCH", path: checkout,
			body:   `[{"op":"add","path":"/a","value":["` + strings.Repeat("x", 1000) + `"]}` + strings.Repeat(`,{"op":"copy","from":"/a","path":"/a/-"}`, 14) + `]`,
			status: 400, want: `{"details":[{"path":"/body"}]}`,
		},
		{
			name: "patch a flag with an unknown operation", method: "PATCH", path: checkout, body: `[{"op":"shuffle","path":"/type"}]`,
			status: 400, want: `{"details":[{"path":"op"}]}`,
		},
		{
			name: "patch a flag to an unknown type", method: "PATCH", path: checkout, body: `[{"op":"replace","path":"/type","value":"x"}]`,
			status: 400, want: `{"details":[{"path":"type"}]}`,
		},
		{
			name: "patch a flag if it is what it is not", method: "PATCH", path: checkout, body: `[{"op":"test","path":"/type","value":"sunset"},{"op":"replace","path":"/type","value":"experiment"}]`,
			status: 400, want: `{"details":[{"path":"/body"}]}`,
		},

		{
			name: "clone a flag", method: "POST", path: checkout + "/clone", body: `{"name":"copy"}`,
			status: 201, want: `{"name":"copy","description":"The new checkout","project":"default"}`, events: []string{"feature-created default//copy"},
			then: map[string]string{features + "/copy": `{"environments":[{"enabled":false,"strategies":[{"parameters":{"groupId":"copy"}},{"disabled":true}]},{"strategies":[{"segments":[1]}]}]}`},
		},
		{
			name: "clone a flag and keep its group", method: "POST", path: checkout + "/clone", body: `{"name":"copy","replaceGroupId":false}`,
			status: 201, want: `{"name":"copy"}`, events: []string{"feature-created default//copy"},
			then: map[string]string{features + "/copy": `{"environments":[{"strategies":[{"parameters":{"groupId":"checkout"}},{}]},{}]}`},
		},
		{
			name: "clone a child", method: "POST", path: features + "/child/clone", body: `{"name":"twin"}`,
			status: 201, want: `{"name":"twin"}`, events: []string{"feature-created default//twin"},
			then: map[string]string{features + "/parent": `{"children":["child","twin"]}`},
		},
		{
			name: "clone a flag without the permission to configure it", as: "creator", method: "POST", path: checkout + "/clone", body: `{"name":"copy"}`,
			status: 403, want: `{"message":"You don't have the required permissions to perform this operation. To perform this action, you need the \"CREATE_FEATURE_STRATEGY\" permission in the \"development\" environment.","permissions":["CREATE_FEATURE_STRATEGY"]}`,
		},
		{name: "clone a flag in a full project", method: "POST", path: "/projects/full/features/only/clone", body: `{"name":"copy"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "clone no flag", method: "POST", path: features + "/none/clone", body: `{"name":"copy"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "clone a flag to a name that is taken", method: "POST", path: checkout + "/clone", body: `{"name":"plain"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "clone a flag to no name", method: "POST", path: checkout + "/clone", body: `{"replaceGroupId":true}`, status: 400, want: required("name")},

		{
			name: "move a flag", method: "POST", path: features + "/plain/changeProject", body: `{"newProjectId":"other"}`,
			status: 200, events: []string{"feature-project-change other//plain"},
			then: map[string]string{"/projects/other/features/plain": `{"project":"other"}`},
		},
		{name: "move a flag to where it is", method: "POST", path: features + "/plain/changeProject", body: `{"newProjectId":"default"}`, status: 200},
		{name: "move a flag, permitted on one side only", as: "creator", method: "POST", path: features + "/plain/changeProject", body: `{"newProjectId":"other"}`, status: 403, want: `{"permissions":["MOVE_FEATURE_TOGGLE"]}`},
		{name: "move a flag to other environments", method: "POST", path: features + "/plain/changeProject", body: `{"newProjectId":"small"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "move a flag with a parent", method: "POST", path: features + "/child/changeProject", body: `{"newProjectId":"other"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "move a flag with a child", method: "POST", path: features + "/parent/changeProject", body: `{"newProjectId":"other"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "move a flag to a full project", method: "POST", path: features + "/plain/changeProject", body: `{"newProjectId":"full"}`, status: 403, want: `{"name":"InvalidOperationError"}`},
		{name: "move an archived flag", method: "POST", path: features + "/old/changeProject", body: `{"newProjectId":"other"}`, status: 400, want: `{"name":"ArchivedFeatureError"}`},
		{name: "move a flag to no project", method: "POST", path: features + "/plain/changeProject", body: `{"newProjectId":"none"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "move a flag nowhere", method: "POST", path: features + "/plain/changeProject", body: `{}`, status: 400, want: required("newProjectId")},

		{
			name: "mark flags as stale", method: "POST", path: "/projects/default/stale", body: `{"features":["checkout","old","plain"],"stale":true}`,
			status: 202, events: []string{"feature-stale-on default//checkout", "feature-stale-on default//plain"},
		},
		{
			name: "mark a flag as not stale", method: "POST", path: "/projects/default/stale", body: `{"features":["old","plain"],"stale":false}`,
			status: 202, events: []string{"feature-stale-off default//old"},
		},
		{name: "mark flags of which one does not exist", method: "POST", path: "/projects/default/stale", body: `{"features":["checkout","none"],"stale":true}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "mark flags as who knows what", method: "POST", path: "/projects/default/stale", body: `{"features":["checkout"],"stale":"perhaps"}`, status: 400, want: `{"details":[{"path":"/body/stale","message":"The ` + "`/body/stale`" + ` property must be boolean. You sent \"perhaps\"."}]}`},
	}
}
