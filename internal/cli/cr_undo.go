package cli

import (
	"context"
	"net/http"
)

// crUndo is `quorate cr undo`.
type crUndo struct{ named }

// Help says what an undoing is.
func (crUndo) Help() string {
	return `The draft is yours, and takes back what the applied request changed. It is reviewed and applied like any other.`
}

// Run drafts. What is printed is the new request, not the one that is undone.
func (c crUndo) Run(ctx context.Context, t terminal) error {
	answer, err := c.write(ctx, t, http.MethodPost, c.Request.path("undo"), nil)
	if err != nil {
		return err
	}
	return c.tell(t, answer)
}
