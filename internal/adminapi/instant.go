package adminapi

import (
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// instant is a time as the API writes it: UTC, with milliseconds and Z.
//
// These are the bytes of JavaScript's Date.toISOString, by which Unleash writes times, so that clients
// which compare times as texts get what they expect. What the ledger knows in microseconds is cut, not
// rounded.
type instant time.Time

// String returns the time in the API's form.
func (i instant) String() string { return time.Time(i).UTC().Format("2006-01-02T15:04:05.000Z07:00") }

// MarshalText returns the time in the API's form.
func (i instant) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// Schema returns that of a time.
func (instant) Schema(huma.Registry) *huma.Schema {
	return &huma.Schema{Type: huma.TypeString, Format: "date-time"}
}

// instantOf returns the time that t points to, or nil.
func instantOf(t *time.Time) *instant { return (*instant)(t) }

func (i instant) after(other instant) bool { return time.Time(i).After(time.Time(other)) }
