package cli

import "context"

// crShow is `quorate cr show`.
type crShow struct{ named }

// Run shows. What one may do is part of it, and so differs with who asks.
func (c crShow) Run(ctx context.Context, t terminal) error {
	r, answer, err := get[changeRequest](ctx, c.remote, c.Request.path(), nil)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return t.printJSON(answer)
	default:
		return t.print(r.text())
	}
}
