package server

import (
	"bytes"
	_ "embed"
	"html/template"
	"net/http"
)

// page is what a browser finds at the root of a program that was built without the web
// app, so that a newcomer sees that Quorate runs and where to go on.
//
//go:embed page.html
var page string

// pagePolicy lets the page use its own style and nothing else.
const pagePolicy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// frontPage answers / with the page of a release.
func frontPage(version string) http.HandlerFunc {
	var content bytes.Buffer
	if err := template.Must(template.New("page").Parse(page)).Execute(&content, version); err != nil {
		panic(err) // a text goes into a buffer; it cannot fail
	}
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Security-Policy", pagePolicy)
		w.Write(content.Bytes())
	}
}
