package archtest

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strconv"
	"strings"
)

// Source is a module's Go files, parsed.
type Source struct {
	// Module is the module's path, as go.mod gives it.
	Module string
	// Requires lists the paths of the modules that go.mod requires.
	Requires []string
	// Packages are sorted by folder.
	Packages []Package

	files *token.FileSet
}

// Package is a folder with Go files.
type Package struct {
	// Dir is the folder, from the root of the module.
	Dir   string
	Files []File
}

// File is one Go file. Build constraints are not looked at: what a file may do
// does not depend on the machine.
type File struct {
	Path   string
	Test   bool
	Syntax *ast.File
}

// Read parses every Go file below root, which holds a go.mod. Folders that the go
// command passes over, and those without Go of ours, are passed over too.
func Read(root fs.FS) (*Source, error) {
	src := &Source{files: token.NewFileSet()}
	if err := src.readModule(root); err != nil {
		return nil, err
	}
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if skipped(name) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".go" {
			return nil
		}
		return src.readFile(root, name)
	})
	if err != nil {
		return nil, fmt.Errorf("archtest: read source: %w", err)
	}
	slices.SortFunc(src.Packages, func(a, b Package) int { return strings.Compare(a.Dir, b.Dir) })
	return src, nil
}

// Files yields the files of the package in a folder, tests excepted.
func (s *Source) Files(dir string) iter.Seq[File] {
	return func(yield func(File) bool) {
		for _, p := range s.Packages {
			for _, f := range p.Files {
				if p.Dir == dir && !f.Test && !yield(f) {
					return
				}
			}
		}
	}
}

func skipped(dir string) bool {
	base := path.Base(dir)
	return base == "testdata" || base == "node_modules" || dir != "." && strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_")
}

// readModule reads the two things of go.mod that the rules need. Every line of a
// require is a path and a version, so nothing more than fields has to be told apart.
func (s *Source) readModule(root fs.FS) error {
	data, err := fs.ReadFile(root, "go.mod")
	if err != nil {
		return fmt.Errorf("archtest: read go.mod: %w", err)
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		switch {
		case len(fields) >= 2 && fields[0] == "module":
			s.Module = fields[1]
		case len(fields) >= 2 && strings.HasPrefix(fields[1], "v"):
			s.Requires = append(s.Requires, fields[0])
		}
	}
	return nil
}

func (s *Source) readFile(root fs.FS, name string) error {
	data, err := fs.ReadFile(root, name)
	if err != nil {
		return err
	}
	syntax, err := parser.ParseFile(s.files, name, data, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	dir := path.Dir(name)
	i := slices.IndexFunc(s.Packages, func(p Package) bool { return p.Dir == dir })
	if i < 0 {
		i = len(s.Packages)
		s.Packages = append(s.Packages, Package{Dir: dir})
	}
	s.Packages[i].Files = append(s.Packages[i].Files, File{
		Path: name, Test: strings.HasSuffix(name, "_test.go"), Syntax: syntax,
	})
	return nil
}

// at names a place in the source as editors and terminals understand it.
func (s *Source) at(pos token.Pos) string {
	p := s.files.Position(pos)
	return fmt.Sprintf("%s:%d", p.Filename, p.Line)
}

// local returns the folder of a package of this module, from the root, and whether
// the import path is one.
func (s *Source) local(importPath string) (dir string, ok bool) {
	if importPath == s.Module {
		return ".", true
	}
	return strings.CutPrefix(importPath, s.Module+"/")
}

// requires reports whether go.mod requires the module that an import path lies in.
func (s *Source) requires(importPath string) bool {
	return slices.ContainsFunc(s.Requires, func(module string) bool { return within(importPath, module) })
}

// doc returns the package comment, its line breaks turned into spaces.
func (p Package) doc() string {
	var text strings.Builder
	for _, f := range p.Files {
		if !f.Test && f.Syntax.Doc != nil {
			text.WriteString(f.Syntax.Doc.Text())
		}
	}
	return strings.Join(strings.Fields(text.String()), " ")
}

// onlyTests reports whether the package has no file but test files.
func (p Package) onlyTests() bool {
	return !slices.ContainsFunc(p.Files, func(f File) bool { return !f.Test })
}

// importPath returns the path that an import names.
func importPath(spec *ast.ImportSpec) string {
	p, err := strconv.Unquote(spec.Path.Value)
	if err != nil {
		return spec.Path.Value // the parser accepts string literals only
	}
	return p
}

// within reports whether the slash-separated name is prefix or lies below it.
func within(name, prefix string) bool {
	return name == prefix || strings.HasPrefix(name, prefix+"/")
}
