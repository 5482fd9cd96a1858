package window_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/quorate/quorate/internal/window"
)

// FuzzWindow reads anything as a window. One that is valid happens, and says of each time whether it closes it, and until when.
func FuzzWindow(f *testing.F) {
	for _, seed := range []string{
		`{"environment":"production","kind":"freeze","name":"Christmas","start":"2026-12-20T00:00","durationMinutes":20160,"zone":"Europe/Oslo","recurrence":{"frequency":"yearly","until":"2031-12-31"}}`,
		`{"kind":"maintenance","name":"Nights","start":"2026-02-29T02:30","durationMinutes":1,"zone":"America/New_York","recurrence":{"frequency":"weekly","weekdays":["monday","sunday"]}}`,
		`{"kind":"maintenance","name":"Last","start":"2024-02-29T23:59","durationMinutes":40320,"zone":"Pacific/Apia","recurrence":{"frequency":"monthly","weekdays":["friday"],"week":-1}}`,
		`{"kind":"freeze","name":"31","start":"2000-01-01T00:00","durationMinutes":527040,"zone":"Antarctica/Troll","recurrence":{"frequency":"monthly","dayOfMonth":-1}}`,
		`{"kind":"freeze","name":"","start":"2999-12-31T23:59","durationMinutes":-1,"zone":"../UTC","recurrence":{"frequency":"daily","week":9}}`,
	} {
		f.Add(seed, int64(0))
		f.Add(seed, int64(1_792_000_000))
	}
	f.Fuzz(func(t *testing.T, text string, seconds int64) {
		var w window.Window
		if json.Unmarshal([]byte(text), &w) != nil {
			return
		}
		now := time.Unix(946_684_800+(seconds%31_536_000_000+31_536_000_000)%31_536_000_000, 0).UTC() // from 2000 to 2999
		if len(window.Validate("/body", w, now)) > 0 {
			return
		}
		next, ever := w.Next(now)
		if !ever || !next.End.After(now) || !next.Begin.Before(next.End) {
			t.Fatalf("%+v is valid at %s, and happens next at %+v (%t)", w, now, next, ever)
		}
		closed := window.Set{&w}.Closed(now)
		if within := next.Has(now); (closed != nil) != (within == (w.Kind == window.Freeze)) {
			t.Errorf("%+v at %s: closed %t, within it %t", w, now, closed != nil, within)
		}
		if closed == nil {
			return
		}
		if sentence := closed.Sentence(); sentence == "" {
			t.Error("a closure without a sentence")
		}
		if !closed.Opens.IsZero() && (closed.Opens.Before(now) || window.Set{&w}.Closed(closed.Opens) != nil) {
			t.Errorf("%+v at %s: said to open at %s, and does not", w, now, closed.Opens)
		}
	})
}
