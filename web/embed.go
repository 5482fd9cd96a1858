// Package web holds the files of the web app, as `make web` builds them, inside the
// program.
//
// Its sources are TypeScript, in src; docs/web.md says how they are laid out. How the
// files are served belongs in server.
package web

import (
	"embed"
	"io/fs"
)

// A file that git keeps makes sure that there is a folder to embed, so that the program
// can be built without Node. It then has no index.html.
//
//go:embed all:dist
var dist embed.FS

// Index is the page that every address of the app is answered with.
const Index = "index.html"

// Files are the files of the app, by their paths below its address. They lack Index if
// the program was built without the app.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // dist is a valid path; it cannot fail
	}
	return files
}
