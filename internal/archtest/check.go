package archtest

import (
	"context"
	"fmt"
	"go/ast"
	"go/build"
	"os/exec"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Rules is what the source is checked against.
type Rules struct {
	Rooms  []Room
	Bans   []Ban
	Pure   []string
	Impure map[string][]string
}

// HouseRules returns the rules of this house.
func HouseRules() Rules {
	return Rules{Rooms: Rooms(), Bans: Bans(), Pure: Pure(), Impure: Impure()}
}

// Check returns what breaks the rules, one sentence or two for each: where, what,
// and why that is not wanted.
func (r Rules) Check(src *Source) []string {
	c := checker{Rules: r, src: src}
	c.table()
	if len(c.found) > 0 {
		return c.found // the other rules read the table
	}
	c.alive()
	for _, p := range src.Packages {
		c.pkg(p)
	}
	return c.found
}

// Allowed returns the names of the rooms that a room may import, from the
// innermost out: its list, fault, and the core rooms that those may import.
func (r Rules) Allowed(room Room) []string {
	allowed := map[string]bool{everyone: room.Name() != everyone}
	var visit func(names []string, listed bool)
	visit = func(names []string, listed bool) {
		for _, name := range names {
			next := r.room(name)
			if listed || next.Level == Core {
				allowed[name] = true
			}
			visit(next.May, false)
		}
	}
	visit(room.May, true)

	var names []string
	for _, other := range r.Rooms {
		if allowed[other.Name()] {
			names = append(names, other.Name())
		}
	}
	return names
}

// room returns the room with a name. The table has been checked: there is one.
func (r Rules) room(name string) Room {
	return r.Rooms[slices.IndexFunc(r.Rooms, func(room Room) bool { return room.Name() == name })]
}

// roomOf returns the room that a folder belongs to: the longest that holds it.
func (r Rules) roomOf(dir string) (Room, bool) {
	var found Room
	for _, room := range r.Rooms {
		if within(dir, room.Dir) && len(room.Dir) > len(found.Dir) {
			found = room
		}
	}
	return found, found.Dir != ""
}

// belongs matches the sentence of a package comment that says what does not belong
// in the room, or where it belongs instead.
var belongs = regexp.MustCompile(`(?i)\bnot belong|\bbelongs? (in|to)\b`)

type checker struct {
	Rules
	src   *Source
	found []string
}

func (c *checker) report(format string, args ...any) {
	c.found = append(c.found, fmt.Sprintf(format, args...))
}

// table checks the table itself. Since a room lists only rooms that stand before
// it, the table has no circles.
func (c *checker) table() {
	before := map[string]bool{}
	for _, room := range c.Rooms {
		name := room.Name()
		if before[name] {
			c.report("the table has room %s twice", name)
		}
		if room.For == "" || room.Why == "" {
			c.report("room %s does not say what it is for and why it may import no more", name)
		}
		for _, other := range room.May {
			if !before[other] {
				c.report("room %s may import %s, which is not a room that stands before it in the table", name, other)
			} else if room.Level == Core && c.room(other).Level != Core {
				c.report("core room %s may import %s, which is not a core room", name, other)
			}
		}
		before[name] = true
	}
}

// goroot returns where the standard library is. A test built with -trimpath does not
// know, so the go command is asked; empty: it did not answer.
func goroot() string {
	output, err := exec.CommandContext(context.Background(), "go", "env", "GOROOT").Output()
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(output))
}

// alive checks that what is banned or allowed still exists: a rule about something
// that is gone protects nothing and reads as if it did.
func (c *checker) alive() {
	toolchain := build.Default
	toolchain.GOROOT = goroot()
	exists := func(importPath string) bool {
		if c.src.requires(importPath) {
			return true
		}
		p, err := toolchain.Import(importPath, "", build.FindOnly)
		return err == nil && p.Goroot
	}
	isRoom := func(name string) bool {
		return slices.ContainsFunc(c.Rooms, func(room Room) bool { return room.Name() == name })
	}
	for _, ban := range c.Bans {
		if !exists(strings.TrimSuffix(ban.Path, "/...")) {
			c.report("%s is banned and does not exist: take the ban away", ban.Path)
		}
		for _, name := range ban.Except {
			if !isRoom(name) {
				c.report("%s is banned except in %s, which is not a room", ban.Path, name)
			}
		}
	}
	for _, library := range c.Pure {
		if !exists(library) {
			c.report("core rooms may import %s, which does not exist: take it off the list", library)
		}
	}
	for library := range c.Impure {
		if !slices.Contains(c.Pure, library) {
			c.report("names of %s are kept out of core rooms, which may not import it at all: take them off the list", library)
		}
	}
}

func (c *checker) pkg(p Package) {
	room, ok := c.roomOf(p.Dir)
	if !ok {
		// Outside internal/ only tests have no row: what they drive is the whole program.
		if within(p.Dir, "internal") || !p.onlyTests() {
			c.report("%s: this package is in no room. Give it a row in internal/archtest/rooms.go, with what it may import and why no more.", p.Dir)
		}
		return
	}
	if !p.onlyTests() && !belongs.MatchString(p.doc()) {
		c.report("%s: the package comment does not say what does not belong here. A newcomer reads there what the room is for, and where to go for the rest.", p.Dir)
	}
	for _, f := range p.Files {
		for _, spec := range f.Syntax.Imports {
			c.imports(room, f, spec)
		}
		if room.Level == Core && !f.Test {
			c.pure(f)
		}
	}
}

// imports checks one import.
func (c *checker) imports(room Room, f File, spec *ast.ImportSpec) {
	name, at := importPath(spec), c.src.at(spec.Pos())
	if dir, ok := c.src.local(name); ok {
		c.importsRoom(room, f, dir, at)
		return
	}
	if room.Level == Core && !f.Test && !slices.Contains(c.Pure, name) {
		c.report("%s: core room %s imports %s. The core computes from its arguments alone; if this package does too, add it to Pure in internal/archtest/rooms.go.", at, room.Name(), name)
		return
	}
	for _, ban := range c.Bans {
		tree, below := strings.CutSuffix(ban.Path, "/...")
		banned := name == ban.Path || below && within(name, tree)
		exempt := slices.Contains(ban.Except, room.Name()) || !ban.Tests && (f.Test || room.Level == Support)
		if banned && !exempt {
			c.report("%s: %s imports %s. Only %s may: %s.", at, room.Name(), name, orNobody(ban.Except), ban.Reason)
		}
	}
}

// importsRoom checks an import of a package of the house, in folder dir.
func (c *checker) importsRoom(room Room, f File, dir, at string) {
	other, ok := c.roomOf(dir)
	if !ok || other.Dir == room.Dir {
		return // a package without a room is reported as such
	}
	switch {
	case f.Test && room.Level == Core && other.Level == Shell:
		c.report("%s: a test of core room %s imports %s, a shell room. What is pure is tested with values.", at, room.Name(), other.Name())
	case f.Test:
		// Tests of the shell may use what they need to have a world.
	case !slices.Contains(c.Allowed(room), other.Name()):
		c.report("%s: %s imports %s. It may import %s; the reason: %s.", at, room.Name(), other.Name(), orNobody(c.Allowed(room)), room.Why)
	}
}

// pure checks that a file of the core starts no goroutine and uses no name that
// reaches for the world.
func (c *checker) pure(f File) {
	impure := map[string][]string{} // by the name that the file gives the package
	for _, spec := range f.Syntax.Imports {
		name := importPath(spec)
		local := path.Base(name)
		if spec.Name != nil {
			local = spec.Name.Name
		}
		if names := c.Impure[name]; names != nil {
			impure[local] = names
			if local == "." {
				c.report("%s: a core room imports %s into its own names, where its calls cannot be told from the room's.", c.src.at(spec.Pos()), name)
			}
		}
	}
	ast.Inspect(f.Syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			c.report("%s: a core room starts a goroutine. The core computes; when and where is the shell's choice.", c.src.at(n.Pos()))
		case *ast.SelectStmt, *ast.SendStmt, *ast.ChanType:
			c.report("%s: a core room uses a channel. The core computes; waiting is the shell's.", c.src.at(n.Pos()))
		case *ast.SelectorExpr:
			if x, ok := n.X.(*ast.Ident); ok && slices.Contains(impure[x.Name], n.Sel.Name) {
				c.report("%s: a core room uses %s.%s. Time, ids and randomness are arguments, so that a preview, a test and every node get the same answer.", c.src.at(n.Pos()), x.Name, n.Sel.Name)
			}
		}
		return true
	})
}

func orNobody(names []string) string {
	if len(names) == 0 {
		return "nobody"
	}
	return strings.Join(names, ", ")
}
