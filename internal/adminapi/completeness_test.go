package adminapi_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	parameter = regexp.MustCompile(`\{[^}]*\}`)
	codeSpan  = regexp.MustCompile("`([^`]+)`")
)

// mustReadOperations returns the operations of Unleash's document, as "METHOD /path" with {} for parameters.
func mustReadOperations(t *testing.T) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/unleash-operations.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "#") {
			all = append(all, parameter.ReplaceAllString(strings.TrimSpace(line), "{}"))
		}
	}
	return all
}

// means reports whether an entry of the page's table means an operation: `/x` is below /api/admin, with what is below
// it, `…/x` is the same wherever it stands, and `GET /x`, with the whole path, that alone.
func means(entry, operation string) bool {
	method, path, _ := strings.Cut(operation, " ")
	if wanted, at, one := strings.Cut(entry, " "); one {
		return wanted == method && at == path
	}
	if tail, anywhere := strings.CutPrefix(entry, "…"); anywhere {
		return strings.HasSuffix(path, tail) || strings.Contains(path, tail+"/")
	}
	return path == "/api/admin"+entry || strings.HasPrefix(path, "/api/admin"+entry+"/")
}

// TestWhatIsNotThere holds the table of docs/admin-api.md to the document: what it lists is exactly what Unleash's admin
// API has and this one has not.
func TestWhatIsNotThere(t *testing.T) {
	t.Parallel()
	doc, err := contract()
	if err != nil {
		t.Fatal(err)
	}
	var ours []string
	for _, path := range doc.Paths.InMatchingOrder() {
		for method := range doc.Paths.Value(path).Operations() {
			ours = append(ours, method+" "+parameter.ReplaceAllString(path, "{}"))
		}
	}
	page, err := os.ReadFile("../../docs/admin-api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, _ := strings.Cut(string(page), "\n## What is not there\n")
	var entries []string
	for line := range strings.Lines(section) {
		if strings.HasPrefix(line, "| `") {
			for _, span := range codeSpan.FindAllStringSubmatch(strings.Split(line, "|")[1], -1) {
				entries = append(entries, span[1])
			}
		}
	}
	if len(entries) == 0 {
		t.Fatal("docs/admin-api.md lists nothing")
	}
	used := map[string]bool{}
	for _, operation := range mustReadOperations(t) {
		there := slices.Contains(ours, operation)
		var by []string
		for _, entry := range entries {
			if means(entry, operation) {
				by = append(by, entry)
				used[entry] = true
			}
		}
		switch {
		case there && len(by) > 0:
			t.Errorf("%s is there, and docs/admin-api.md says by %v that it is not", operation, by)
		case !there && len(by) == 0:
			t.Errorf("%s is not there, and docs/admin-api.md does not say so", operation)
		}
	}
	for _, entry := range entries {
		if !used[entry] {
			t.Errorf("docs/admin-api.md lists %s, which Unleash's document does not have", entry)
		}
	}
}
