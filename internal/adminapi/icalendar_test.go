package adminapi_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/quorate/quorate/internal/adminapi"
)

// FuzzCalendarLine writes any text into a calendar: lines are short, nothing of the text becomes a line of its own, and a
// calendar program reads what was meant.
func FuzzCalendarLine(f *testing.F) {
	for _, seed := range []string{"", "a, b; c\\n\n", "BEGIN:VEVENT\r\nEND:VEVENT", strings.Repeat("å€𝄞", 60), "\x00\r\x7f", "\xff"} {
		f.Add(seed)
	}
	unescape := strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n")
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			return // titles are JSON
		}
		line := adminapi.CalendarLine("SUMMARY", text)
		body, ended := strings.CutSuffix(line, "\r\n")
		parts := strings.Split(body, "\r\n ")
		for _, part := range parts {
			if len(part) > 75 || !utf8.ValidString(part) || strings.ContainsAny(part, "\r\n") {
				t.Errorf("%q is written as %q", text, line)
			}
		}
		plain := strings.Map(func(r rune) rune {
			if r < ' ' && r != '\n' || r == 0x7f {
				return ' '
			}
			return r
		}, strings.ReplaceAll(text, "\r\n", "\n"))
		if read := unescape.Replace(strings.Join(parts, "")); !ended || read != "SUMMARY:"+plain {
			t.Errorf("%q is written as %q, and read as %q", text, line, read)
		}
	})
}
