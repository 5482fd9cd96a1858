package cli

import "context"

// crReject is `quorate cr reject`.
type crReject struct {
	named
	Comment string `placeholder:"TEXT" help:"Why."`
}

// Run rejects.
func (c crReject) Run(ctx context.Context, t terminal) error {
	return c.take(ctx, t, step{State: "Rejected", Comment: c.Comment})
}
