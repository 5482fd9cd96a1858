package integration

import (
	"strings"

	"github.com/quorate/quorate/internal/notify"
)

// The sentences of the event log are Markdown (eventlog.Event.Summary). Slack and Teams have markup of their own, in which other
// signs mean something, so a sentence is taken apart here and written anew there: what people chose is text, and stays text.

// span is a piece of a sentence.
type span struct {
	text string
	bold bool
	link string // where it leads; empty: nowhere
}

// spansOf takes apart a sentence of the event log, whose Markdown has bold texts, links and escapes, and
// nothing else.
// It goes by bytes: all signs are ASCII, and no byte of another character is. A sentence that was cut in the middle of a link
// leads where it was cut; nothing panics, and nothing is lost.
func spansOf(markdown string) []span {
	var spans []span
	var text strings.Builder
	bold := false
	end := func(link string) {
		if text.Len() > 0 {
			spans = append(spans, span{text.String(), bold, link})
			text.Reset()
		}
	}
	for i := 0; i < len(markdown); i++ {
		switch c := markdown[i]; {
		case c == '\\' && i+1 < len(markdown):
			i++
			text.WriteByte(markdown[i])
		case c == '*' && strings.HasPrefix(markdown[i:], "**"):
			end("")
			bold = !bold
			i++
		// A bracket that is no link is escaped in these sentences.
		case c == '[':
			end("")
		case c == ']' && strings.HasPrefix(markdown[i:], "]("):
			to, _, _ := strings.Cut(markdown[i+2:], ")")
			end(to)
			i += len(to) + 2
		default:
			text.WriteByte(c)
		}
	}
	end("")
	return spans
}

// markdownSigns are those that mean something in Markdown.
// Line ends become spaces, so that nothing begins a list, a heading or a new paragraph.
var markdownSigns = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", `\<`, ">", `\>`, "~", `\~`, "#", `\#`, "\n", " ",
)

// escapeMarkdown writes a text so that Markdown shows it as it is, on one line.
func escapeMarkdown(text string) string { return markdownSigns.Replace(text) }

// quote returns what somebody wrote as a quotation in Markdown, shown as it is.
func quote(text string) string { return "> " + escapeMarkdown(notify.Short(text, maxQuote)) }
