package sso

import "strings"

// maxGroups bounds how many groups of one person are read.
const maxGroups = 2000

// groupsAt returns the texts in claims at a path: the claim of that very name, or else the one
// below the names between the dots. Lists on the way are gone through; [*] is understood and
// means nothing. A single text is a list of one.
func groupsAt(claims map[string]any, path string) []string {
	path = strings.ReplaceAll(path, "[*]", "")
	var found []string
	if value, there := claims[path]; there {
		collect(value, nil, &found)
	} else {
		collect(claims, strings.Split(path, "."), &found)
	}
	return found
}

func collect(value any, path []string, found *[]string) {
	switch v := value.(type) {
	case []any:
		for _, each := range v {
			collect(each, path, found)
		}
	case map[string]any:
		if len(path) > 0 {
			collect(v[path[0]], path[1:], found)
		}
	case string:
		if len(path) == 0 && len(*found) < maxGroups {
			*found = append(*found, v)
		}
	}
}
