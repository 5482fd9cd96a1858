package archtest

import (
	"fmt"
	"strings"
)

// Table returns the table of rooms as Markdown, as docs/architecture.md shows it.
func (r Rules) Table() string {
	var b strings.Builder
	b.WriteString("| room | what it is for | may import | and no more, because |\n")
	b.WriteString("| --- | --- | --- | --- |\n")
	for _, room := range r.Rooms {
		may := "nothing of the house"
		if len(room.May) > 0 {
			may = strings.Join(room.May, ", ")
		}
		fmt.Fprintf(&b, "| %s (%s) | %s | %s | %s |\n", room.Name(), room.Level, room.For, may, room.Why)
	}
	return b.String()
}
