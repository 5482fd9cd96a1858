package archtest_test

import (
	"flag"
	"go/ast"
	"os"
	"path/filepath"
	"regexp"
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
// three places, with a reason, and none missing of those that the code keeps.
func TestWhereThingsLivePage(t *testing.T) {
	t.Parallel()
	places := []string{"ledger", "plain", "sealed"}
	livesIn := map[string]string{}
	for _, row := range mustTable(t, "where-things-live.md", "noun", "place", "why") {
		noun, place, why := row[0], row[1], row[2]
		switch {
		case livesIn[noun] != "":
			t.Errorf("%s stands in the table twice; a noun lives in one place", noun)
		case !slices.Contains(places, place):
			t.Errorf("%s lives in %q; the places are %s", noun, place, strings.Join(places, ", "))
		case why == "":
			t.Errorf("%s does not say why it lives in %s", noun, place)
		}
		livesIn[noun] = place
	}
	for kept, place := range mustReadKept(t) {
		noun := nounOf(kept)
		if got, ok := livesIn[noun]; !ok || got != place {
			t.Errorf("docs/where-things-live.md: got %q for %q, want %q, because the code keeps %s there", got, noun, place, kept)
		}
	}
}

// nouns are the names in the code that are not simply the noun in the plural.
var nouns = map[string]string{
	"Tokens":     "API token",
	"Lost":       "lost history",
	"Served":     "revision served",
	"deliveries": "delivery",
	"meta":       "instance's own fact",
	"people":     "person",
}

// nounOf returns the noun of a table of the database or a field of the state, in the
// singular: "event_origins" and "EventOrigins" are both "event origin".
func nounOf(kept string) string {
	if noun, ok := nouns[kept]; ok {
		return noun
	}
	words := regexp.MustCompile(`([a-z])([A-Z])`).ReplaceAllString(kept, "$1 $2")
	return strings.TrimSuffix(strings.ToLower(strings.ReplaceAll(words, "_", " ")), "s")
}

// mustReadKept returns the place of what the code keeps: the lists of a state's
// snapshot are in the ledger, and tables are plain, but for that of the ledger itself.
func mustReadKept(t *testing.T) map[string]string {
	t.Helper()
	kept := map[string]string{}
	for f := range mustReadHouse(t).Files("internal/state") {
		ast.Inspect(f.Syntax, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok || spec.Name.Name != "snapshot" {
				return true
			}
			for _, field := range spec.Type.(*ast.StructType).Fields.List {
				if _, ok := field.Type.(*ast.ArrayType); ok {
					kept[field.Names[0].Name] = "ledger"
				}
			}
			return false
		})
	}
	if len(kept) == 0 {
		t.Fatal("got no lists from the snapshot in internal/state")
	}
	create := regexp.MustCompile(`(?m)^create table (\w+)`)
	for _, file := range mustGlob(t, "internal/store/migrations/*.sql") {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range create.FindAllStringSubmatch(string(data), -1) {
			kept[match[1]] = "plain"
		}
	}
	if kept["events"] == "" || kept["sealed"] == "" {
		t.Fatal("got no table events or sealed from internal/store/migrations")
	}
	kept["events"] = "ledger"
	delete(kept, "sealed") // a place, not a noun
	return kept
}

// TestPagesInComments holds what comments point at to what is there: a newcomer who looks for a page must find it.
func TestPagesInComments(t *testing.T) {
	t.Parallel()
	page := regexp.MustCompile(`[\w./-]+\.md\b|docs/adr/\d{4}`) // a decision record may go by its number
	for _, p := range mustReadHouse(t).Packages {
		for _, f := range p.Files {
			for _, comment := range f.Syntax.Comments {
				for _, name := range page.FindAllString(comment.Text(), -1) {
					if found, err := filepath.Glob(filepath.Join(root, name+"*")); err != nil || len(found) == 0 {
						t.Errorf("%s: a comment names %s, which the repository does not have", f.Path, name)
					}
				}
			}
		}
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

// TestLinks follows the relative links of all pages.
func TestLinks(t *testing.T) {
	t.Parallel()
	link := regexp.MustCompile(`\]\(([^):#]+)(#[^)]*)?\)`)
	pages := mustGlob(t, "*.md", "docs/*.md", "docs/*/*.md")
	for _, page := range pages {
		data, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range link.FindAllStringSubmatch(string(data), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(page), match[1])); err != nil {
				t.Errorf("%s links to %s, which is not there", page, match[1])
			}
		}
	}
}

// mustGlob returns the repository's files that match the patterns, at least one for each.
func mustGlob(t *testing.T, patterns ...string) []string {
	t.Helper()
	var files []string
	for _, pattern := range patterns {
		found, err := filepath.Glob(filepath.Join(root, pattern))
		if err != nil || len(found) == 0 {
			t.Fatalf("got %d files for %s and error %v, want some", len(found), pattern, err)
		}
		files = append(files, found...)
	}
	return files
}

// mustReadKinds returns the value of each fault.Kind by the constant's name.
func mustReadKinds(t *testing.T) map[string]string {
	t.Helper()
	kinds := map[string]string{}
	for f := range mustReadHouse(t).Files("internal/fault") {
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
