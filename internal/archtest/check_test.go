package archtest_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/quorate/quorate/internal/archtest"
)

// small is a house of four rooms, with one rule of each sort.
func small() archtest.Rules {
	return archtest.Rules{
		Rooms: []archtest.Room{
			{Dir: "internal/fault", Level: archtest.Core, For: "faults", Why: "every room imports it"},
			{Dir: "internal/model", Level: archtest.Core, For: "words", Why: "words stand alone"},
			{Dir: "internal/db", Level: archtest.Shell, For: "rows", May: []string{"model"}, Why: "rows know only words"},
			{Dir: "internal/db/dbtest", Level: archtest.Support, For: "databases for tests", May: []string{"db"}, Why: "it helps tests"},
			{Dir: "internal/web", Level: archtest.Shell, For: "pages", May: []string{"db"}, Why: "pages show rows"},
		},
		Bans: []archtest.Ban{
			{Path: "unsafe", Tests: true, Reason: "no pointers"},
			{Path: "testing/...", Reason: "tests stay out"},
			{Path: "net/http", Except: []string{"web"}, Reason: "pages speak HTTP"},
		},
		Pure:   []string{"strings", "time", "example.com/pure"},
		Impure: map[string][]string{"time": {"Now"}},
	}
}

// module returns a module with the given files, each room commented as it should be.
func module(files map[string]string) fstest.MapFS {
	root := fstest.MapFS{"go.mod": {Data: []byte("module example.com/house\n\nrequire (\n\texample.com/pure v1.0.0\n)\n")}}
	for name, text := range files {
		if !strings.HasPrefix(text, "//") {
			text = "// Package x is for x. The rest does not\n// belong here.\n" + text
		}
		root[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return root
}

func mustCheck(t *testing.T, rules archtest.Rules, root fstest.MapFS) []string {
	t.Helper()
	src, err := archtest.Read(root)
	if err != nil {
		t.Fatalf("Read: %v", err)
	}
	return rules.Check(src)
}

func TestCheckAccepts(t *testing.T) {
	t.Parallel()
	found := mustCheck(t, small(), module(map[string]string{
		"internal/fault/fault.go":       "package fault\n",
		"internal/model/model.go":       "package model\nimport (\"time\"; \"example.com/pure\"; \"example.com/house/internal/fault\")\nvar _ = time.Unix\n",
		"internal/model/model_test.go":  "package model_test\nimport (\"testing\"; \"os\"; \"time\")\nvar _ = time.Now\n",
		"internal/db/db.go":             "package db\nimport \"example.com/house/internal/model\"\nfunc f() { go f() }\n",
		"internal/db/rows/rows.go":      "package rows\nimport \"example.com/house/internal/db\"\n",
		"internal/db/db_test.go":        "package db_test\nimport \"example.com/house/internal/db/dbtest\"\n",
		"internal/db/dbtest/dbtest.go":  "package dbtest\nimport (\"testing\"; \"example.com/house/internal/db\")\n",
		"internal/web/web.go":           "package web\nimport (\"net/http\"; \"example.com/house/internal/model\")\n",
		"e2e/story_test.go":             "package e2e_test\nimport \"os/exec\"\n",
		"internal/model/testdata/x.go":  "package broken, and passed over",
		"e2e/sdk/node_modules/x/gyp.go": "package broken, and passed over",
		".tools/mod/x.go":               "package broken, and passed over",
	}))
	if len(found) > 0 {
		t.Errorf("got complaints about a house in order:\n%s", strings.Join(found, "\n"))
	}
}

func TestCheckRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		file  string
		text  string
		wants []string // words of the one complaint
	}{
		{
			"a core room that imports the shell", "internal/model/a.go", "package model\n\nimport \"example.com/house/internal/db\"\n",
			[]string{"internal/model/a.go:5", "model imports db", "may import fault", "words stand alone"},
		},
		{
			"a shell room that imports one it may not", "internal/db/a.go", "package db\nimport \"example.com/house/internal/web\"\n",
			[]string{"db imports web", "may import fault, model", "rows know only words"},
		},
		{
			"a package below a room", "internal/db/rows/a.go", "package rows\nimport \"example.com/house/internal/web\"\n",
			[]string{"db imports web"},
		},
		{
			"a support room in the program", "internal/db/a.go", "package db\nimport \"example.com/house/internal/db/dbtest\"\n",
			[]string{"db imports db/dbtest"},
		},
		{
			"a core test that imports the shell", "internal/model/a_test.go", "package model_test\nimport \"example.com/house/internal/db\"\n",
			[]string{"test of core room model imports db"},
		},
		{
			"a library that core does not know", "internal/model/a.go", "package model\nimport \"os\"\n",
			[]string{"core room model imports os", "arguments alone"},
		},
		{
			"a package below an allowed library", "internal/model/a.go", "package model\nimport \"example.com/pure/sub\"\n",
			[]string{"core room model imports example.com/pure/sub"},
		},
		{
			"a banned library", "internal/db/a.go", "package db\nimport \"net/http\"\n",
			[]string{"db imports net/http", "Only web may", "pages speak HTTP"},
		},
		{
			"a package below a banned library", "internal/db/a.go", "package db\nimport \"testing/fstest\"\n",
			[]string{"db imports testing/fstest", "Only nobody may", "tests stay out"},
		},
		{
			"a library that is banned in tests", "internal/db/a_test.go", "package db_test\nimport \"unsafe\"\n",
			[]string{"db imports unsafe", "no pointers"},
		},
		{
			"the clock", "internal/model/a.go", "package model\nimport \"time\"\nvar at = time.Now()\n",
			[]string{"internal/model/a.go:5", "uses time.Now"},
		},
		{
			"the clock as a value, under another name", "internal/model/a.go", "package model\nimport clock \"time\"\nvar now = clock.Now\n",
			[]string{"uses clock.Now"},
		},
		{
			"the clock without a name", "internal/model/a.go", "package model\nimport . \"time\"\n",
			[]string{"imports time into its own names"},
		},
		{
			"a goroutine", "internal/model/a.go", "package model\nfunc f() { go f() }\n",
			[]string{"starts a goroutine"},
		},
		{
			"a channel", "internal/model/a.go", "package model\nfunc f(c chan int) {}\n",
			[]string{"uses a channel"},
		},
		{
			"a package in no room", "internal/util/a.go", "package util\n",
			[]string{"internal/util", "in no room"},
		},
		{
			"a program in no room", "cmd/tool/a.go", "package main\n",
			[]string{"cmd/tool", "in no room"},
		},
		{
			"no word of what does not belong", "internal/db/a.go", "// Package db is for rows.\npackage db\n",
			[]string{"internal/db", "package comment"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			found := mustCheck(t, small(), module(map[string]string{test.file: test.text}))
			if len(found) != 1 {
				t.Fatalf("got %d complaints, want 1:\n%s", len(found), strings.Join(found, "\n"))
			}
			for _, want := range test.wants {
				if !strings.Contains(found[0], want) {
					t.Errorf("got %q, want it to say %q", found[0], want)
				}
			}
		})
	}
}

func TestCheckRefusesTables(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*archtest.Rules)
		want   string
	}{
		{"a ban on what is gone", func(r *archtest.Rules) { r.Bans[0].Path = "example.com/gone" }, "example.com/gone is banned and does not exist"},
		{"a ban except in no room", func(r *archtest.Rules) { r.Bans[2].Except[0] = "page" }, "except in page, which is not a room"},
		{"a pure library that is gone", func(r *archtest.Rules) { r.Pure[2] = "example.com/gone" }, "may import example.com/gone, which does not exist"},
		{"names of a library that core may not import", func(r *archtest.Rules) { r.Impure["os"] = []string{"Getenv"} }, "names of os"},
		{"a room that is not there", func(r *archtest.Rules) { r.Rooms[2].May[0] = "modell" }, "db may import modell, which is not a room"},
		{"a circle", func(r *archtest.Rules) { r.Rooms[2].May[0] = "web" }, "db may import web, which is not a room that stands before it"},
		{"a core room above the shell", func(r *archtest.Rules) { r.Rooms[4].Level = archtest.Core }, "core room web may import db"},
		{"a room twice", func(r *archtest.Rules) { r.Rooms[4] = r.Rooms[2] }, "room db twice"},
		{"a room without a reason", func(r *archtest.Rules) { r.Rooms[4].Why = "" }, "room web does not say"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			rules := small()
			test.change(&rules)
			found := mustCheck(t, rules, module(nil))
			if len(found) != 1 || !strings.Contains(found[0], test.want) {
				t.Errorf("got %q, want one complaint that says %q", found, test.want)
			}
		})
	}
}

func TestReadRefusesWhatDoesNotParse(t *testing.T) {
	t.Parallel()
	if _, err := archtest.Read(module(map[string]string{"internal/db/a.go": "package db\nfunc {\n"})); err == nil {
		t.Error("got no error from a file that does not parse")
	}
	if _, err := archtest.Read(fstest.MapFS{}); err == nil {
		t.Error("got no error from a folder without go.mod")
	}
}
