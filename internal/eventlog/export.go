package eventlog

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/ledger"
)

// Format is how events are exported.
type Format string

// The formats.
const (
	JSON Format = "json" // a list of events as the API shows them
	CSV  Format = "csv"  // RFC 4180, with a header; data and preData as JSON
)

// Export writes all events that match, newest first. They are read and written a chunk at a time, so
// it takes as much memory for a million as for a thousand. Text is looked for in all of them; Offset
// and Limit are not looked at.
//
// What was written when an error is returned is not whole. The HTTP answer has begun by then, so the caller can only break
// it off (docs/import-export.md, The event log).
func (l *Log) Export(ctx context.Context, q Query, format Format, to io.Writer) error {
	filter, possible, err := l.filter(ctx, q)
	if err != nil {
		return err
	}
	var out rows = &jsonRows{to: to}
	if format == CSV {
		out = &csvRows{to: csv.NewWriter(to)}
	}
	if err := out.begin(); err != nil {
		return err
	}
	// What cannot match anything is a file without rows, and not an error.
	if possible {
		text := sought(q.Text)
		drafts := l.drafts(q.Reader)
		err = l.each(ctx, filter, 0, func(stored []ledger.Event) error {
			if text != "" {
				if stored, err = matching(ctx, stored, text, drafts); err != nil {
					return err
				}
			}
			events, err := l.present(ctx, q, stored)
			if err != nil {
				return err
			}
			for i := range events {
				if err := out.row(&events[i]); err != nil {
					return err
				}
			}
			return out.flush()
		})
	}
	if err != nil {
		return err
	}
	return out.end()
}

// matching returns those of some events in which a lower-case text occurs, and which the reader may read. The page is
// counted from what this returns, so what is hidden must be gone here: that a text occurs in it would tell what it says.
func matching(ctx context.Context, stored []ledger.Event, text string, drafts *drafts) ([]ledger.Event, error) {
	var found []ledger.Event
	for i := range stored {
		if !contains(stored[i], text) {
			continue
		}
		hidden, err := drafts.hides(ctx, &stored[i])
		if err != nil {
			return nil, err
		}
		if !hidden {
			found = append(found, stored[i])
		}
	}
	return found, nil
}

// rows is where events are written in a format. begin and end are called once, also when there are no events.
type rows interface {
	begin() error
	row(*Event) error
	flush() error // after each chunk
	end() error
}

// jsonRows writes a list, an event a line.
type jsonRows struct {
	to      io.Writer
	written int
}

func (j *jsonRows) begin() error {
	_, err := io.WriteString(j.to, "[")
	return err
}

func (j *jsonRows) row(e *Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return err
	}
	separator := ",\n"
	if j.written == 0 {
		separator = "\n"
	}
	j.written++
	_, err = j.to.Write(append([]byte(separator), data...))
	return err
}

// flush has nothing to do: each row is written at once.
func (*jsonRows) flush() error { return nil }

func (j *jsonRows) end() error {
	_, err := io.WriteString(j.to, "\n]\n")
	return err
}

// csvRows writes a table.
type csvRows struct{ to *csv.Writer }

// columns are the header of the table. Their order is that of the cells in row, and stays: sheets and scripts count them.
var columns = []string{
	"id", "createdAt", "type", "label", "createdBy", "createdByUserId", "ip", "project", "environment", "featureName",
	"groupType", "groupId", "summary", "data", "preData",
}

func (c *csvRows) begin() error { return c.to.Write(columns) }

func (c *csvRows) row(e *Event) error {
	data, err := cell(e.Data)
	if err != nil {
		return err
	}
	before, err := cell(e.PreData)
	if err != nil {
		return err
	}
	record := []string{
		strconv.FormatInt(e.ID, 10), e.CreatedAt, e.Type, e.Label, e.CreatedBy, strconv.FormatInt(e.CreatedByUserID, 10), e.IP,
		text(e.Project), text(e.Environment), text(e.FeatureName), e.GroupType, e.GroupID, e.Summary, data, before,
	}
	for i := range record {
		if columns[i] != "createdByUserId" { // a number, which is below zero for tokens
			record[i] = Harmless(record[i])
		}
	}
	return c.to.Write(record)
}

func (c *csvRows) flush() error {
	c.to.Flush()
	return c.to.Error()
}

func (c *csvRows) end() error { return c.flush() }

// cell returns a value as JSON, empty for nothing.
func cell(value any) (string, error) {
	if value == nil {
		return "", nil
	}
	data, err := json.Marshal(value)
	if string(data) == "null" {
		return "", err
	}
	return string(data), err
}

func text(optional *string) string {
	if optional == nil {
		return ""
	}
	return *optional
}

// Harmless returns a text that no spreadsheet takes for a formula: names and titles are written by
// anybody, and a formula can send away what stands beside it. White characters count, too: some programs pass over them, and read on.
func Harmless(text string) string {
	if text != "" && strings.ContainsRune("=+-@\t\r\n", rune(text[0])) {
		return "'" + text
	}
	return text
}
