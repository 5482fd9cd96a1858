package adminapi_test

import (
	"fmt"
	"strings"
)

func searchScenarios() []scenario {
	found := func(names ...string) string {
		var features []string
		for _, n := range names {
			features = append(features, fmt.Sprintf(`{"name":%q}`, n))
		}
		return fmt.Sprintf(`{"features":[%s],"total":%d}`, strings.Join(features, ","), len(names))
	}
	search := func(name, query, want string) scenario {
		return scenario{name: name, method: "GET", path: "/search/features?" + query, status: 200, want: want}
	}
	bad := func(name, query, path string) scenario {
		return scenario{name: name, method: "GET", path: "/search/features?" + query, status: 400, want: `{"details":[{"path":"` + path + `"}]}`}
	}
	return []scenario{
		search("find all active flags in the order of their creation", "", found("checkout", "plain", "dormant", "parent", "child", "legacy", "foreign", "only", "vault")),
		{
			name: "find a flag with all that is shown of it", method: "GET", path: "/search/features?query=CHECK", status: 200,
			want: `{"total":1,"features":[{"name":"checkout","type":"release","description":"The new checkout","project":"default","favorite":false,"createdAt":"2026-03-01T13:00:00.000Z","stale":false,"archivedAt":null,
				"impressionData":false,"dependencyType":null,"segments":["europe"],"createdBy":{"id":-42,"name":"terraform","imageUrl":""},"tags":[{"type":"simple","value":"shop","color":"#FFFFFF"}],
				"environments":[{"name":"development","enabled":true,"type":"development","sortOrder":2,"variantCount":0,"lastSeenAt":null,"hasStrategies":true,"hasEnabledStrategies":true,"yes":0,"no":0,"changeRequestIds":[]},{"name":"production","enabled":false}]}]}`,
		},
		search("find by words, of which one is enough", "query=plain,%20NEW%20check", found("checkout", "plain")),
		search("find by one word and a comma", "query=checkout,%20", found("checkout")),
		search("find by project", "project=IS:default&query=a", found("plain", "dormant", "parent", "legacy")),
		search("find by several projects", "project=IS_ANY_OF:other,full", found("foreign", "only")),
		search("find outside of projects", "project=IS_NONE_OF:default,other", found("only", "vault")),
		search("find outside of a project", "project=IS_NOT:default&sortBy=name", found("foreign", "only", "vault")),
		search("find by type", "type=IS:kill-switch", found("parent")),
		search("find by tag", "tag=INCLUDE:simple:shop", found("checkout")),
		search("find without a tag", "tag=DO_NOT_INCLUDE:simple:shop&project=IS:default", found("plain", "dormant", "parent", "child", "legacy")),
		search("find by all tags", "tag=INCLUDE_ALL_OF:simple:shop,simple:none", found()),
		search("find by any tag", "tag=INCLUDE_ANY_OF:simple:shop,simple:none", found("checkout")),
		search("find without any tag", "tag=EXCLUDE_IF_ANY_OF:simple:shop,simple:none&query=checkout", found()),
		search("find without all tags", "tag=EXCLUDE_ALL:simple:shop,simple:none&query=checkout", found("checkout")),
		search("find by segment", "segment=INCLUDE:europe", found("checkout")),
		search("find by status", "status=development:enabled", found("checkout")),
		search("find by any status", "status[]=development:enabled&status[]=production:enabled", found("checkout")),
		search("find by a status that none has", "status=production:enabled", found()),
		search("find by day of creation", "createdAt=IS_ON_OR_AFTER:2026-03-02", found()),
		search("find created before a day", "createdAt=IS_BEFORE:2026-03-02&query=vault", found("vault")),
		search("find by creator", "createdBy=IS:-42&query=vault", found("vault")),
		search("find by another creator", "createdBy=IS:7", found()),
		search("find archived flags", "archived=IS:true", found("old")),
		search("find stale archived flags", "archived=IS:true&state=IS:stale", found("old")),
		search("find flags that outlived their type", "state=IS:potentially-stale&query=plain", found("plain")),
		search("find active flags", "state=IS:active&query=parent", found("parent")),
		search("find archived flags by stage", "lifecycle=IS:archived", found("old")),
		search("find favourites, as a token", "favorite=IS:true", found()),
		search("find what is no favourite", "favorite=IS:false&query=vault", found("vault")),
		search("find by when flags were seen", "lastSeenAt=IS_BEFORE:2999-01-01", found("plain")),
		search("find flags that were seen of late", "lastSeenAt=IS_ON_OR_AFTER:2026-03-01", found("plain")),
		search("find flags that were not seen for long", "lastSeenAt=IS_BEFORE:2026-03-01", found()),
		search("find by stage", "lifecycle=IS:pre-live", found("plain")),
		search("find by other stages", "lifecycle=IS_NONE_OF:pre-live,archived&query=plain,vault", found("vault")),
		search("find by several filters", "lifecycle=IS:pre-live&type=IS:operational&project=IS:default&lastSeenAt=IS_BEFORE:2999-01-01&query=lai", found("plain")),
		search("sort by when flags were seen", "sortBy=lastSeenAt&sortOrder=desc&query=plain,vault", found("plain", "vault")),
		search("sort by when flags were seen, upwards: those that never were come last", "sortBy=lastSeenAt&query=plain,vault", found("plain", "vault")),
		search("sort favourites first, without any", "favoritesFirst=true&query=vault,only", found("only", "vault")),
		{
			name: "find a flag with its use", method: "GET", path: "/search/features?query=plain", status: 200,
			want: `{"features":[{"name":"plain","lifecycle":{"stage":"pre-live"},"environments":[{"name":"development","yes":13,"no":4,"lastSeenAt":"(present)"},{"name":"production","yes":0,"no":0,"lastSeenAt":"(present)"}]}]}`,
		},
		search("sort by name, backwards", "sortBy=name&sortOrder=desc&project=IS_ANY_OF:other,full,guarded", found("vault", "only", "foreign")),
		search("sort by type", "sortBy=type&query=parent,plain,legacy", found("parent", "plain", "legacy")),
		search("sort by project", "sortBy=project&query=vault,only,foreign", found("only", "vault", "foreign")),
		search("sort by staleness", "sortBy=stale&query=vault,only", found("only", "vault")),
		search("sort by environment", "sortBy=environment:development&query=checkout,plain", found("plain", "checkout")),
		search("sort by what is unknown", "sortBy=nope&query=vault,only", found("only", "vault")),
		{name: "take a page", method: "GET", path: "/search/features?limit=2&offset=1", status: 200, want: `{"total":9,"features":[{"name":"plain"},{"name":"dormant"}]}`},
		{name: "take a page that makes no sense", method: "GET", path: "/search/features?limit=1000&offset=-1&query=vault", status: 200, want: found("vault")},
		{name: "take a page behind the end", method: "GET", path: "/search/features?offset=100", status: 200, want: `{"total":9,"features":[]}`},
		{name: "show parents and children", method: "GET", path: "/search/features?query=parent,child", status: 200, want: `{"features":[{"dependencyType":"parent"},{"dependencyType":"child"}]}`},
		{
			name: "search without operator", method: "GET", path: "/search/features?project=default", status: 400,
			want: `{` + invalid + `,"details":[{"path":"/query/project","message":"The ` + "`/query/project`" + ` property must match pattern \"^(IS|IS_NOT|IS_ANY_OF|IS_NONE_OF):(.*?)(,([a-zA-Z0-9_]+))*$\". You sent \"default\"."}]}`,
		},
		bad("search by an unknown operator for tags", "tag=IS:simple:shop", "/query/tag"),
		bad("search by a tag without type", "tag=INCLUDE:shop", "/query/tag"),
		bad("search by what is no day", "createdAt=IS_BEFORE:yesterday", "/query/createdAt"),
		bad("search by a day that there is not", "createdAt=IS_BEFORE:2026-02-30", "/query/createdAt"),
		bad("search by a month that there is not", "lastSeenAt=IS_ON_OR_AFTER:2026-13-01", "/query/lastSeenAt"),
		bad("search by what is no status", "status=development:on", "/query/status"),
		bad("search by one filter twice", "project=IS:default&project=IS:other", "/query/project"),
		bad("search by one filter twice, at first by nothing", "query=&query=a", "/query/query"),
		bad("sort in no order", "sortOrder=sideways", "sortOrder"),
	}
}
