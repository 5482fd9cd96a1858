package archtest_test

import (
	"flag"
	"go/ast"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/quorate/quorate/internal/archtest"
)

var update = flag.Bool("update", false, "rewrite the table of rooms in docs/architecture.md")

// TestArchitecturePage holds the documentation's table of rooms to the one that is enforced.
func TestArchitecturePage(t *testing.T) {
	t.Parallel()
	const (
		begin = "<!-- rooms: written by go test ./internal/archtest -update -->\n"
		end   = "<!-- rooms: end -->\n"
	)
	before, rest, opened := strings.Cut(mustReadPage(t, "architecture.md"), begin)
	got, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatalf("docs/architecture.md lacks the markers %q and %q", begin, end)
	}
	want := archtest.HouseRules().Table()
	if *update {
		page := []byte(before + begin + want + end + after)
		if err := os.WriteFile(filepath.Join(root, "docs", "architecture.md"), page, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table in docs/architecture.md is not the one that is enforced; run make generate (-want +got):\n%s", diff)
	}
}

// TestWhereThingsLivePage reads the table of nouns: every noun once, in one of the
// three places, with a reason.
func TestWhereThingsLivePage(t *testing.T) {
	t.Parallel()
	places := []string{"ledger", "plain", "sealed"}
	seen := map[string]bool{}
	for _, row := range mustTable(t, "where-things-live.md", "noun", "place", "why") {
		noun, place, why := row[0], row[1], row[2]
		switch {
		case seen[noun]:
			t.Errorf("%s stands in the table twice; a noun lives in one place", noun)
		case !slices.Contains(places, place):
			t.Errorf("%s lives in %q; the places are %s", noun, place, strings.Join(places, ", "))
		case why == "":
			t.Errorf("%s does not say why it lives in %s", noun, place)
		}
		seen[noun] = true
	}
}

// TestErrorsPage holds the table of faults to the kinds in package fault: all of
// them, under the names that clients are sent.
func TestErrorsPage(t *testing.T) {
	t.Parallel()
	want := mustReadKinds(t)
	got := map[string]string{}
	for _, row := range mustTable(t, "errors.md", "kind", "name in the body", "status") {
		kind, name, status := row[0], row[1], row[2]
		if code, err := strconv.Atoi(status); err != nil || code < 400 || code > 599 {
			t.Errorf("kind %s has status %q, want a number from 400 to 599", kind, status)
		}
		got[kind] = name
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("docs/errors.md does not list the kinds of package fault (-want +got):\n%s", diff)
	}
}

// TestDomainPage reads the tables of words: each word once.
func TestDomainPage(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, row := range mustTable(t, "domain.md", "word", "meaning") {
		for word := range strings.SplitSeq(row[0], ", ") {
			if seen[word] {
				t.Errorf("%s is defined twice", word)
			}
			seen[word] = true
		}
		if row[1] == "" {
			t.Errorf("%s has no meaning", row[0])
		}
	}
}

// mustReadKinds returns the value of each fault.Kind by the constant's name.
func mustReadKinds(t *testing.T) map[string]string {
	t.Helper()
	kinds := map[string]string{}
	for _, p := range mustReadHouse(t).Packages {
		if p.Dir != "internal/fault" {
			continue
		}
		for _, f := range p.Files {
			ast.Inspect(f.Syntax, func(n ast.Node) bool {
				spec, ok := n.(*ast.ValueSpec)
				if !ok {
					return true
				}
				if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Kind" {
					value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
					if err != nil {
						t.Fatal(err)
					}
					kinds[spec.Names[0].Name] = value
				}
				return true
			})
		}
	}
	if len(kinds) == 0 {
		t.Fatal("got no kinds from package fault")
	}
	return kinds
}

// mustTable returns the rows of all tables of a page that have the given header. A
// page without such a row fails the test.
func mustTable(t *testing.T, page string, header ...string) [][]string {
	t.Helper()
	var rows [][]string
	inside := false
	for line := range strings.Lines(mustReadPage(t, page)) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			inside = false
			continue
		}
		cells := strings.Split(strings.Trim(line, "|"), "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case slices.Equal(cells, header):
			inside = true
		case !inside || strings.Trim(strings.Join(cells, ""), "-") == "":
			// Another table, or the line below a header.
		case len(cells) != len(header):
			t.Fatalf("docs/%s: got %d cells in %q, want %d", page, len(cells), line, len(header))
		default:
			rows = append(rows, cells)
		}
	}
	if len(rows) == 0 {
		t.Fatalf("docs/%s has no table with the columns %s", page, strings.Join(header, ", "))
	}
	return rows
}

func mustReadPage(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
