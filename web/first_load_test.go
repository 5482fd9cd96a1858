package web_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io/fs"
	"os"
	"path"
	"regexp"
	"testing"

	"github.com/quorate/quorate/web"
)

// firstLoad is how much JavaScript a browser may have to load, as gzip, before the page
// that somebody comes to is complete; in bytes.
const firstLoad = 300_000

// What a script of the app imports at once, and what it fetches only when it is needed.
var (
	imported = regexp.MustCompile(`(?:from|import)\s*["']\./([\w.-]+\.js)["']`)
	fetched  = regexp.MustCompile(`import\(\s*["'` + "`" + `]\./([\w.-]+\.js)["'` + "`" + `]\s*\)`)
	entry    = regexp.MustCompile(`<script type="module"[^>]* src="\./(assets/[\w.-]+\.js)"`)
)

// TestFirstLoad holds that no page of the app needs more JavaScript than allowed: what the
// entry imports, and what one page that it fetches imports besides.
func TestFirstLoad(t *testing.T) {
	t.Parallel()
	files := web.Files()
	index, err := fs.ReadFile(files, web.Index)
	if errors.Is(err, fs.ErrNotExist) && os.Getenv("CI") == "" {
		t.Skip("the web app is not built; make web builds it")
	} else if err != nil {
		t.Fatal(err)
	}
	found := entry.FindSubmatch(index)
	if found == nil {
		t.Fatalf("got %s, want a page with a script", index)
	}
	scripts := map[string][]byte{}
	script := func(name string) []byte {
		if _, ok := scripts[name]; !ok {
			if scripts[name], err = fs.ReadFile(files, "assets/"+name); err != nil {
				t.Fatal(err)
			}
		}
		return scripts[name]
	}
	var load func(name string, into map[string]int)
	load = func(name string, into map[string]int) {
		if _, ok := into[name]; ok {
			return
		}
		into[name] = packed(t, script(name))
		for _, match := range imported.FindAllSubmatch(script(name), -1) {
			load(string(match[1]), into)
		}
	}
	start := path.Base(string(found[1]))
	pages := fetched.FindAllSubmatch(script(start), -1)
	if len(pages) < 10 {
		t.Fatalf("the entry fetches %d pages, want each page of the app to be fetched by itself", len(pages))
	}
	most, largest := 0, ""
	for _, page := range pages {
		loaded := map[string]int{}
		load(start, loaded)
		load(string(page[1]), loaded)
		size := 0
		for _, bytes := range loaded {
			size += bytes
		}
		if size > most {
			most, largest = size, string(page[1])
		}
	}
	t.Logf("the largest first load is that of %s: %d bytes", largest, most)
	if most > firstLoad {
		t.Errorf("the first load of %s is %d bytes of JavaScript, want %d at most", largest, most, firstLoad)
	}
}

// packed returns how many bytes a file has as gzip.
func packed(t *testing.T, content []byte) int {
	t.Helper()
	var buffer bytes.Buffer
	w := gzip.NewWriter(&buffer)
	if _, err := w.Write(content); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return buffer.Len()
}
