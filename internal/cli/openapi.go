package cli

import "github.com/quorate/quorate/internal/server"

// openapi is `quorate openapi`.
type openapi struct{}

// Run prints the document.
func (openapi) Run(t terminal) error {
	_, err := t.out.Write(server.OpenAPI())
	return err
}
