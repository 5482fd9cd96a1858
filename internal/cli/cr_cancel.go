package cli

import "context"

// crCancel is `quorate cr cancel`.
type crCancel struct {
	named
	Comment string `placeholder:"TEXT" help:"Why."`
}

// Run cancels. The author may, and whoever administers, as long as it is open and not scheduled (docs/change-requests.md).
// It is closed for good.
func (c crCancel) Run(ctx context.Context, t terminal) error {
	return c.take(ctx, t, step{State: "Cancelled", Comment: c.Comment})
}
