package cli

import "context"

// crReject is `quorate cr reject`.
type crReject struct {
	named
	Comment string `placeholder:"TEXT" help:"Why."`
}

// Run rejects. One rejection is enough, whoever has approved. It also stops a schedule.
func (c crReject) Run(ctx context.Context, t terminal) error {
	return c.take(ctx, t, step{State: "Rejected", Comment: c.Comment})
}
