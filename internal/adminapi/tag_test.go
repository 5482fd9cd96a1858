package adminapi_test

func tagScenarios() []scenario {
	const (
		checkout = "/features/checkout/tags"
		plain    = "/features/plain/tags"
	)
	return []scenario{
		{name: "list the tags", method: "GET", path: "/tags", status: 200, want: `{"version":1,"tags":[{"type":"simple","value":"shop"}]}`},
		{name: "list the tags of a type", method: "GET", path: "/tags/simple", status: 200, want: `{"version":1,"tags":[{"type":"simple","value":"shop"}]}`},
		{name: "list the tags of no type", method: "GET", path: "/tags/none", status: 200, want: `{"tags":[]}`},
		{name: "get a tag", method: "GET", path: "/tags/simple/shop", status: 200, want: `{"version":1,"tag":{"type":"simple","value":"shop"}}`},
		{name: "get no tag", method: "GET", path: "/tags/simple/none", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "create a tag", method: "POST", path: "/tags", body: `{"type":"simple","value":" a/b c "}`, status: 201, want: `{"version":1,"tag":{"type":"simple","value":"a/b c"}}`, events: []string{"tag-created"},
			then: map[string]string{"/tags/simple/a%2Fb%20c": `{"tag":{"value":"a/b c"}}`},
		},
		{name: "create a tag as anyone", as: "nothing", method: "POST", path: "/tags", body: `{"type":"simple","value":"fresh"}`, status: 201, want: `{"tag":{"value":"fresh"}}`, events: []string{"tag-created"}},
		{name: "create a tag that is too short", method: "POST", path: "/tags", body: `{"type":"simple","value":" a "}`, status: 400, want: `{"details":[{"path":"/body/value"}]}`},
		{name: "create a tag of no type", method: "POST", path: "/tags", body: `{"type":"none","value":"fresh"}`, status: 400, want: `{"details":[{"path":"/body/type"}]}`},
		{name: "create a tag that exists", method: "POST", path: "/tags", body: `{"type":"simple","value":"shop"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "delete a tag", method: "DELETE", path: "/tags/simple/shop", status: 200, events: []string{"tag-deleted"}, then: map[string]string{checkout: `{"tags":[]}`}},
		{name: "delete no tag", method: "DELETE", path: "/tags/simple/none", status: 404, want: `{"name":"NotFoundError"}`},

		{name: "list the tags of a flag", method: "GET", path: checkout, status: 200, want: `{"version":1,"tags":[{"type":"simple","value":"shop","color":"#FFFFFF"}]}`},
		{name: "list the tags of no flag", method: "GET", path: "/features/none/tags", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "tag a flag", method: "POST", path: plain, body: `{"type":"simple","value":"shop "}`, status: 201, want: `{"type":"simple","value":"shop"}`, events: []string{"feature-tagged default//plain"}},
		{name: "tag a flag with a new tag", as: "creator", method: "POST", path: plain, body: `{"type":"simple","value":"fresh"}`, status: 201, want: `{"value":"fresh"}`, events: []string{"tag-created", "feature-tagged default//plain"}},
		{name: "tag a flag with what it has", method: "POST", path: checkout, body: `{"type":"simple","value":"shop"}`, status: 201, want: `{"value":"shop"}`},
		{name: "tag a flag with no type", method: "POST", path: plain, body: `{"type":"none","value":"fresh"}`, status: 400, want: `{"details":[{"message":"There is no tag type \"none\"."}]}`},
		{name: "tag a flag of another project", as: "creator", method: "POST", path: "/features/foreign/tags", body: `{"type":"simple","value":"shop"}`, status: 403, want: `{"permissions":["UPDATE_FEATURE"]}`},
		{name: "tag no flag", method: "POST", path: "/features/none/tags", body: `{"type":"simple","value":"shop"}`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "tag and untag a flag", method: "PUT", path: checkout, body: `{"addedTags":[{"type":"simple","value":"fresh"}],"removedTags":[{"type":"simple","value":"shop"},{"type":"simple","value":"none"}]}`, status: 200,
			want: `{"version":1,"tags":[{"type":"simple","value":"fresh","color":"#FFFFFF"}]}`, events: []string{"tag-created", "feature-tagged default//checkout", "feature-untagged default//checkout"},
		},
		{name: "tag and untag a flag halfway", method: "PUT", path: checkout, body: `{"addedTags":[]}`, status: 400, want: `{"details":[{"path":"/body/removedTags"}]}`},
		{name: "tag and untag no flag", method: "PUT", path: "/features/none/tags", body: `{"addedTags":[],"removedTags":[]}`, status: 404, want: `{"name":"NotFoundError"}`},
		{name: "untag a flag", method: "DELETE", path: checkout + "/simple/shop", status: 200, events: []string{"feature-untagged default//checkout"}},
		{name: "untag a flag of what it has not", method: "DELETE", path: checkout + "/simple/none", status: 200},
		{name: "untag no flag", method: "DELETE", path: "/features/none/tags/simple/shop", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "tag and untag flags", method: "PUT", path: "/projects/default/tags", body: `{"features":["plain","checkout"],"tags":{"addedTags":[{"type":"simple","value":"fresh"}],"removedTags":[{"type":"simple","value":"shop"}]}}`, status: 200,
			events: []string{"tag-created", "feature-tagged default//plain", "feature-tagged default//checkout", "feature-untagged default//checkout"},
		},
		{name: "tag flags with half a body", method: "PUT", path: "/projects/default/tags", body: `{"features":["plain"]}`, status: 400, want: `{"details":[{"path":"/body/tags"}]}`},
		{name: "tag flags of which one is elsewhere", method: "PUT", path: "/projects/default/tags", body: `{"features":["plain","foreign"],"tags":{"addedTags":[{"type":"simple","value":"fresh"}],"removedTags":[]}}`, status: 404, want: `{"name":"NotFoundError"}`},
	}
}

func tagTypeScenarios() []scenario {
	return []scenario{
		{name: "list the tag types", method: "GET", path: "/tag-types", status: 200, want: `{"version":1,"tagTypes":[{"name":"simple","description":"(absent)","icon":null,"color":"#FFFFFF"}]}`},
		{name: "get a tag type", method: "GET", path: "/tag-types/simple", status: 200, want: `{"version":1,"tagType":{"name":"simple"}}`},
		{name: "get no tag type", method: "GET", path: "/tag-types/none", status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "create a tag type", method: "POST", path: "/tag-types", body: `{"name":"jira","description":"Issues","icon":"J","color":"#0a0B0c"}`, status: 201,
			want: `{"name":"jira","description":"Issues","icon":"J","color":"#0a0B0c"}`, events: []string{"tag-type-created"},
		},
		{name: "create a bad tag type", method: "POST", path: "/tag-types", body: `{"name":"x","color":"red"}`, status: 400, want: `{"details":[{"path":"/body/name"},{"path":"/body/color"}]}`},
		{name: "create a tag type that exists", method: "POST", path: "/tag-types", body: `{"name":"simple"}`, status: 409, want: `{"name":"NameExistsError","message":"There already exists a tag-type with the name simple"}`},
		{name: "check a tag type", method: "POST", path: "/tag-types/validate", body: `{"name":"jira"}`, status: 200, want: `{"valid":true,"tagType":{"name":"jira","description":"(absent)"}}`},
		{name: "check a bad tag type", method: "POST", path: "/tag-types/validate", body: `{"name":"a b"}`, status: 400, want: `{"details":[{"path":"/body/name"}]}`},
		{name: "check a tag type that exists", method: "POST", path: "/tag-types/validate", body: `{"name":"simple"}`, status: 409, want: `{"name":"NameExistsError"}`},
		{name: "change a tag type", method: "PUT", path: "/tag-types/simple", body: `{"icon":"S","color":null}`, status: 200, events: []string{"tag-type-updated"}, then: map[string]string{"/tag-types/simple": `{"tagType":{"icon":"S","color":null,"description":"(absent)"}}`}},
		{name: "change a tag type to what it is", method: "PUT", path: "/tag-types/simple", body: `{}`, status: 200},
		{name: "change a tag type to a bad one", method: "PUT", path: "/tag-types/simple", body: `{"color":"#FFF"}`, status: 400, want: `{"details":[{"path":"/body/color"}]}`},
		{name: "change no tag type", method: "PUT", path: "/tag-types/none", body: `{}`, status: 404, want: `{"name":"NotFoundError"}`},
		{
			name: "delete a tag type", method: "DELETE", path: "/tag-types/simple", status: 200, events: []string{"tag-type-deleted"},
			then: map[string]string{"/tags": `{"tags":[]}`, "/features/checkout/tags": `{"tags":[]}`},
		},
		{name: "delete no tag type", method: "DELETE", path: "/tag-types/none", status: 404, want: `{"name":"NotFoundError"}`},
	}
}
