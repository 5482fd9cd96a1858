package cli

import "context"

// crApprove is `quorate cr approve`.
type crApprove struct {
	named
	ContentID string `name:"content-id" placeholder:"ID" help:"What you have looked at, as show prints it. If the request was edited since, the approval is refused."`
	Comment   string `placeholder:"TEXT" help:"What to say with it."`
}

// Help says what an approval is for.
func (crApprove) Help() string {
	return `An approval is for what the request says: an edit ends it. Without --content-id it is for what the request
says when the server hears of it, which may be newer than what you have looked at.`
}

// Run approves. Whether that is enough to apply it is said by what is printed.
func (c crApprove) Run(ctx context.Context, t terminal) error {
	return c.take(ctx, t, step{State: "Approved", ContentID: c.ContentID, Comment: c.Comment})
}
