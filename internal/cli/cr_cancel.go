package cli

import "context"

// crCancel is `quorate cr cancel`.
type crCancel struct {
	named
	Comment string `placeholder:"TEXT" help:"Why."`
}

// Run cancels.
func (c crCancel) Run(ctx context.Context, t terminal) error {
	return c.take(ctx, t, step{State: "Cancelled", Comment: c.Comment})
}
