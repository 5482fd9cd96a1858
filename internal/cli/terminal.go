package cli

import (
	"encoding/json"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
)

// terminal is where a subcommand prints: its result to out, all else to err.
type terminal struct {
	out, err io.Writer
}

// print prints a text, which may hold what strangers have written. Whoever prints a text from elsewhere does it by this or
// printDiff.
func (t terminal) print(text string) error {
	_, err := io.WriteString(t.out, readable(text))
	return err
}

// printJSON prints what a server has answered. It is for programs, and so not made readable: JSON has escaped what would
// steer a terminal, but for what a program wants as it is.
func (t terminal) printJSON(answer json.RawMessage) error {
	_, err := t.out.Write(append(answer, '\n'))
	return err
}

// printDiff prints a text in which lines begin with - or +: red and green, where that is seen. Colours are put in after the
// text was made readable, line by line, so that nobody else can put in any.
func (t terminal) printDiff(text string) error {
	if !t.coloured() {
		return t.print(text)
	}
	const red, green, plain = "\x1b[31m", "\x1b[32m", "\x1b[0m"
	var coloured strings.Builder
	for line := range strings.Lines(readable(text)) {
		content, end := strings.CutSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "-"):
			content = red + content + plain
		case strings.HasPrefix(line, "+"):
			content = green + content + plain
		}
		coloured.WriteString(content)
		if end {
			coloured.WriteString("\n")
		}
	}
	_, err := io.WriteString(t.out, coloured.String())
	return err
}

// coloured reports whether a person looks at the output and likes colours (no-color.org).
func (t terminal) coloured() bool {
	// A pipe or a file is no character device: programs get no colours.
	file, isFile := t.out.(*os.File)
	if !isFile || os.Getenv("NO_COLOR") != "" {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// readable returns a text without the characters that would steer a terminal, or turn the
// direction of what follows: titles, comments and values are written by others, and what is
// approved must be what is read.
func readable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// oneLine returns a text with single spaces for all white space. Where a line is a record, what others have written must
// not begin another.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// indented returns the lines of a text, each after some spaces, which nothing else that is
// printed begins with: so a comment cannot pass for what the server says.
func indented(text, spaces string) string {
	var lines strings.Builder
	for line := range strings.Lines(strings.ReplaceAll(strings.TrimSpace(text), "\r\n", "\n")) {
		lines.WriteString(strings.TrimRight(spaces+line, " \n") + "\n")
	}
	return lines.String()
}

// table returns rows with their cells below each other. The first row is the header, if there is one. Cells are made one
// line each. No rows are an empty text.
func table(rows [][]string) string {
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = oneLine(cell)
		}
		_, _ = io.WriteString(w, strings.Join(cells, "\t")+"\n") // a builder takes everything
	}
	_ = w.Flush() // as above
	return text.String()
}

// moment returns a time as people read it. It is to the minute, and in UTC unless a zone is known (see inZone).
func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04 UTC") }
