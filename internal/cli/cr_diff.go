package cli

import (
	"context"
	"strings"
)

// crDiff is `quorate cr diff`.
type crDiff struct{ named }

// Help says what is compared.
func (crDiff) Help() string {
	return `Each change is compared with what it found when it was proposed, or last approved, or applied. Lines with - are what
goes, lines with + what comes; of a list, only the values that differ. Colours are left out when the output is no
terminal or NO_COLOR is set.`
}

// Run shows the differences. The differences are computed here, from what the API says of each change (see change.diff);
// with --json they are not, and the whole request is printed.
func (c crDiff) Run(ctx context.Context, t terminal) error {
	r, answer, err := get[changeRequest](ctx, c.remote, c.Request.path(), nil)
	switch {
	case err != nil:
		return err
	case c.JSON:
		return t.printJSON(answer)
	}
	var text strings.Builder
	for i, change := range r.changes() {
		if i > 0 {
			text.WriteString("\n")
		}
		text.WriteString(change.heading())
		for _, line := range change.diff() {
			text.WriteString(line.String() + "\n")
		}
	}
	return t.printDiff(text.String())
}
