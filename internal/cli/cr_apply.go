package cli

import (
	"context"
	"fmt"

	"github.com/quorate/quorate/internal/fault"
)

// crApply is `quorate cr apply`.
type crApply struct {
	named
	Overwrite string `placeholder:"DRIFT-ID" help:"What has moved and shall be overwritten, as the refusal names it."`
	Comment   string `placeholder:"TEXT" help:"What to say with it."`
	bypass
}

// Help says what drift is.
func (crApply) Help() string {
	return `If what the request changes has moved since it was approved, it is not applied: the differences are printed, and
a DRIFT-ID for them. With --overwrite DRIFT-ID it is applied all the same, unless more has moved.

Outside of the windows in which the environment takes changes, the refusal says when it does next. Who may bypass that applies
the request with --reason, which is recorded; it needs its approvals all the same.`
}

// Run applies. Two refusals can be passed, one by looking at what has moved, one by saying why; how, is added to each.
func (c crApply) Run(ctx context.Context, t terminal) error {
	c.reason = c.Reason
	err := c.take(ctx, t, step{State: "Applied", Overwrite: c.Overwrite, Comment: c.Comment})
	if f := fault.As(err); f != nil && f.DriftID != "" {
		f.Details = append(f.Details, fault.Detail{Message: fmt.Sprintf("To apply it all the same: quorate cr apply %s --overwrite %s", c.Request, f.DriftID)})
	}
	c.offered(err, fmt.Sprintf("quorate cr apply %s", c.Request))
	return err
}
