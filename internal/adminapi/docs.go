package adminapi

import (
	"embed"
	"io/fs"
	"net/http"

	"github.com/go-chi/chi/v5"
)

// docsFiles are a small page that shows the document; it loads nothing from elsewhere.
//
//go:embed docs
var docsFiles embed.FS

// mountDocs serves the document and its page. Both are open to everyone, as in Unleash. The page shows what the
// document says and calls nothing, so its policy lets it load its own script, style and document and nothing
// else; it may not be shown inside of another page.
func mountDocs(r chi.Router) {
	files, err := fs.Sub(docsFiles, "docs")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	r.Method(http.MethodGet, "/docs/openapi.json", conditional(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Write(OpenAPI())
	})))
	page := http.StripPrefix("/docs/openapi/", http.FileServerFS(files))
	r.Method(http.MethodGet, "/docs/openapi", http.RedirectHandler("/docs/openapi/", http.StatusMovedPermanently))
	r.Get("/docs/openapi/*", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		page.ServeHTTP(w, r)
	})
}
