package server

import (
	"bytes"
	"compress/gzip"
	"errors"
	"html"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"

	"github.com/quorate/quorate/web"
)

// The web app's files are in the program (package web). They are read once, and kept as they are sent.

// webPolicy lets the app load what it came with and nothing else. Its component library
// sets styles on elements, so styles may stand in the page; scripts may not.
const webPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"

// assets is the folder of the files whose names change with their content.
// So they can be kept for ever.
const assets = "assets"

// notOfTheApp are the first parts of paths that lead to no page of the app, so that who
// mistypes one of them is not answered with a page.
var notOfTheApp = map[string]bool{
	"api": true, "auth": true, "docs": true, "edge": true, "health": true, "internal-backstage": true, "invite": true,
	"logout": true, "ofrep": true, "ready": true, assets: true,
}

// baseTag is what the app's page says about where it lies, and the server knows better.
// The app's own links are relative to it, so one build serves below any base path.
const baseTag = `<base href="/">`

// webApp serves the files of the web app, and its page for every address that the app
// itself makes sense of.
type webApp struct {
	files map[string]*webFile
	rest  http.Handler // what answers all else
}

// webFile is a file of the app.
// packed is the content as gzip has it, made when it is first asked for.
type webFile struct {
	content []byte
	kind    string // its media type
	cache   string // what to say about keeping it
	packed  func() []byte
}

// newWebApp reads the app's files, for a server below a base path. It returns nil if
// there is no app among them, since the program was built without.
func newWebApp(files fs.FS, basePath string, rest http.Handler) *webApp {
	app := &webApp{files: make(map[string]*webFile), rest: rest}
	err := fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		app.files[name] = newWebFile(name, basePath, content)
		return nil
	})
	if err != nil {
		panic(err) // the files are in the program; reading them cannot fail
	}
	if app.files[web.Index] == nil {
		return nil
	}
	return app
}

// Names are those of the files, without a slash at the beginning. Files that are neither the page nor assets, such as icons, are kept
// for an hour.
func newWebFile(name, basePath string, content []byte) *webFile {
	file := &webFile{content: content, kind: mime.TypeByExtension(path.Ext(name)), cache: "public, max-age=3600"}
	switch {
	// It names the other files, so a kept one would ask for files of an earlier release.
	case name == web.Index:
		file.cache = "no-store"
		file.content = bytes.Replace(content, []byte(baseTag), []byte(`<base href="`+html.EscapeString(basePath)+`/">`), 1)
	case strings.HasPrefix(name, assets+"/"):
		file.cache = "public, max-age=31536000, immutable"
	}
	// Only what is asked for is packed, and once.
	file.packed = sync.OnceValue(func() []byte { return pack(file.content) })
	return file
}

// pack returns some bytes as gzip writes them.
func pack(content []byte) []byte {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err == nil {
		_, err = w.Write(content)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		panic(err) // the level is valid, and a buffer takes everything
	}
	return packed.Bytes()
}

// ServeHTTP answers with a file of the app, or with its page.
// An address that no file has is the app's business, unless it is one of the server's; a page that the app does not know, it says itself.
func (a *webApp) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		a.rest.ServeHTTP(w, r)
		return
	}
	// Names are looked up in a map, so no path can lead out of it.
	name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
	file := a.files[name]
	if file == nil {
		first, _, _ := strings.Cut(name, "/")
		if notOfTheApp[first] {
			a.rest.ServeHTTP(w, r)
			return
		}
		file = a.files[web.Index]
	}
	h := w.Header()
	h.Set("Content-Security-Policy", webPolicy)
	h.Set("Content-Type", file.kind)
	h.Set("Cache-Control", file.cache)
	h.Set("Vary", "Accept-Encoding")
	content := file.content
	// A client that refuses gzip by q=0 would get it all the same; there is none.
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		content = file.packed()
	}
	h.Set("Content-Length", strconv.Itoa(len(content)))
	if r.Method == http.MethodGet {
		w.Write(content) //nolint:gosec // a file of the program, not what somebody sent
	}
}
