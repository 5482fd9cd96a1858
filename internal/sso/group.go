package sso

import "strings"

// maxGroups bounds how many groups of one person are read. What a provider lists beyond that is not seen; groups are looked
// for by their names in the list.
const maxGroups = 2000

// groupsAt returns the texts in claims at a path: the claim of that very name, or else the one
// below the names between the dots. Lists on the way are gone through; [*] is understood and
// means nothing. A single text is a list of one. The name as a whole comes first because claims are often called by an
// address, with dots in it. [*] is what a JSON path has there, as Unleash takes it.
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

// collect adds the texts below a path to found. What is no text at its end, and what the path does not lead through, adds
// nothing.
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
