package adminapi_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
)

// shape is the set of properties of an answer, as paths such as
// "environments[].strategies[].id"; true for those that are always there.
type shape map[string]bool

// unleashShapes are the shapes of Unleash's answers, by operation.
var unleashShapes = sync.OnceValues(func() (map[string]shape, error) {
	data, err := os.ReadFile("testdata/unleash-shapes.txt")
	if err != nil {
		return nil, err
	}
	shapes := map[string]shape{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		s := shape{}
		for _, name := range fields[1:] {
			s[strings.TrimSuffix(name, "!")] = strings.HasSuffix(name, "!")
		}
		shapes[fields[0]] = s
	}
	return shapes, nil
})

// beyond are properties that the reference knows from a running server and Unleash's
// document does not, by operation.
var beyond = map[string][]string{
	"createGroup":                  {"users[].user.isAPI"},
	"getGroup":                     {"users[].user.isAPI"},
	"getGroups":                    {"groups[].users[].user.isAPI"},
	"getProjectAccess":             {"users[].username", "groups[].users[].user.isAPI"},
	"getUserPermissions":           {"user.isAPI"},
	"getServiceAccountPermissions": {"user.isAPI"},
	"updateGroup":                  {"users[].user.isAPI"},
	"getApplication":               {"createdAt", "updatedAt", "instances", "seenToggles", "links"},
	"getApplications":              {"applications[].createdAt", "applications[].updatedAt"},
	"getInstanceAdminStats":        {"apiTokens.backend", "archivedFeatureToggles", "customRootRoles", "customRootRolesInUse", "passwordAuthEnabled", "serviceAccounts"},
	"getFeatures":                  {"features[].project"},
	"getFeatureEnvironment":        {"defaultStrategy"},
	"getAddons":                    {"addons[].createdAt", "addons[].parameters"},
	"getAddon":                     {"createdAt", "parameters"},
	"createAddon":                  {"createdAt", "parameters"},
	"updateAddon":                  {"createdAt", "parameters"},
	"getMe":                        {"user.environment", "user.internalAdminTokenUserId", "user.projects", "user.type"},
}

// mustHaveShape fails the test if an answer has a property that Unleash's does not have, or
// lacks one that Unleash's always has.
func mustHaveShape(t testing.TB, operation string, body []byte) {
	t.Helper()
	shapes, err := unleashShapes()
	if err != nil {
		t.Fatal(err)
	}
	want, ok := shapes[operation]
	if !ok {
		return
	}
	got := map[string]bool{}
	objects := map[string][]map[string]any{} // by the path of the objects
	var walk func(at string, value any)
	walk = func(at string, value any) {
		switch v := value.(type) {
		case map[string]any:
			objects[at] = append(objects[at], v)
			for name, inner := range v {
				path := strings.TrimPrefix(at+"."+name, ".")
				if _, known := want[path]; !known && hasAny(want, at+".*") {
					path = strings.TrimPrefix(at+".*", ".")
				}
				got[path] = true
				walk(path, inner)
			}
		case []any:
			for _, inner := range v {
				walk(at+"[]", inner)
			}
		}
	}
	walk("", mustDecode(t, body))
	for _, path := range slices.Sorted(maps.Keys(got)) {
		if _, known := want[path]; known || slices.ContainsFunc(beyond[operation], func(b string) bool {
			return path == b || strings.HasPrefix(path, b+".") || strings.HasPrefix(path, b+"[")
		}) {
			continue
		}
		t.Errorf("%s answers with %s, which Unleash does not", operation, path)
	}
	for path, always := range want {
		parent, name := "", path
		if i := strings.LastIndex(path, "."); i >= 0 {
			parent, name = path[:i], path[i+1:]
		}
		for _, object := range objects[parent] {
			if _, ok := object[name]; always && !ok {
				t.Errorf("%s answers without %s, which Unleash always has", operation, path)
				break
			}
		}
	}
}

func hasAny(s shape, path string) bool {
	_, ok := s[strings.TrimPrefix(path, ".")]
	return ok
}
