package adminapi

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// calendarType is the media type of iCalendar.
const calendarType = "text/calendar"

// icalendar is what will happen in the form of iCalendar (RFC 5545). All times are UTC, so no calendar program
// needs to know of a time zone.
type icalendar struct {
	// A calendar program takes an event for changed when its stamp is newer. The state's own time is
	// the same on every node, and a request that changes nothing leaves it.
	stamp  time.Time // of all events: when what they say was last changed
	events []calendarEvent
}

// calendarEvent is one event of a calendar.
type calendarEvent struct {
	uid         string // stays the same as long as it is the same event
	begin, end  time.Time
	summary     string
	description string
	url         string // empty: none
	category    string
	tentative   bool
}

func (c icalendar) contentType() string { return calendarType + "; charset=utf-8" }

// stream writes the calendar. Property by property it follows RFC 5545, section 3.6; X-WR-CALNAME is no
// standard but what calendar programs show as the name, and REFRESH-INTERVAL is of RFC 7986, section
// 5.7.
func (c icalendar) stream(_ context.Context, to io.Writer) error {
	var lines strings.Builder
	line := func(name, value string) { lines.WriteString(folded(name + ":" + value)) }
	line("BEGIN", "VCALENDAR")
	line("VERSION", "2.0")
	line("PRODID", "-//Quorate//Quorate//EN")
	line("X-WR-CALNAME", "Quorate")
	line("REFRESH-INTERVAL;VALUE=DURATION", "PT15M")
	for _, e := range c.events {
		line("BEGIN", "VEVENT")
		line("UID", escaped(e.uid))
		line("DTSTAMP", utcStamp(c.stamp))
		line("DTSTART", utcStamp(e.begin))
		if e.end.After(e.begin) { // otherwise it is a moment, which has no end (section 3.6.1)
			line("DTEND", utcStamp(e.end))
		}
		line("SUMMARY", escaped(e.summary))
		if e.description != "" {
			line("DESCRIPTION", escaped(e.description))
		}
		if e.url != "" {
			line("URL", e.url)
		}
		line("CATEGORIES", escaped(e.category))
		// A freeze says something about an environment, and keeps nobody from meeting (section
		// 3.8.2.7).
		line("TRANSP", "TRANSPARENT")
		status := "CONFIRMED"
		if e.tentative {
			status = "TENTATIVE"
		}
		line("STATUS", status)
		line("END", "VEVENT")
	}
	line("END", "VCALENDAR")
	if _, err := io.WriteString(to, lines.String()); err != nil {
		return fmt.Errorf("adminapi: write the calendar: %w", err)
	}
	return nil
}

// utcStamp writes a time in the form with UTC (section 3.3.5), to the second.
func utcStamp(t time.Time) string { return t.UTC().Format("20060102T150405Z") }

// escaped writes a text value (section 3.3.11); a control character, which it cannot hold, becomes a space.
func escaped(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
	return strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\n", `\n`).Replace(text)
}

// folded breaks a line so that none is longer than 75 bytes (section 3.1), never inside of a character.
func folded(line string) string {
	const most = 75
	var out strings.Builder
	// What follows a break begins with a space, which belongs to the 75 bytes: from the second line on
	// there is room for one less.
	room := most
	for len(line) > room {
		at := room
		for !utf8.RuneStart(line[at]) {
			at--
		}
		out.WriteString(line[:at] + "\r\n ")
		line, room = line[at:], most-1
	}
	return out.String() + line + "\r\n"
}
