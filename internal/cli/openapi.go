package cli

import "github.com/quorate/quorate/internal/server"

// openapi is `quorate openapi`.
type openapi struct{}

// Run prints the document. It is part of the program, the same text as openapi/openapi.json, and needs no server.
func (openapi) Run(t terminal) error {
	_, err := t.out.Write(server.OpenAPI())
	return err
}
