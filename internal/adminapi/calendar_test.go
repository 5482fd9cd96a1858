package adminapi_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	ics "github.com/arran4/golang-ical"
)

// feed reads a calendar link as a calendar program does: without a name.
func (c *crew) feed(t testing.TB, url string) answer {
	t.Helper()
	path, ours := strings.CutPrefix(url, "https://flags.example.com/here")
	if !ours {
		t.Fatalf("got the link %s, want one to this server", url)
	}
	recorder := httptest.NewRecorder()
	c.handler.ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, nil))
	return answer{recorder.Code, recorder.Result().Header, recorder.Body.Bytes()}
}

func (c *crew) link(t testing.TB, as string) string {
	t.Helper()
	return mustDecode(t, c.must(t, as, "POST", "/user/calendar-link", "", 201).body).(map[string]any)["url"].(string)
}

// events reads a calendar with a parser that is not ours, and returns its events as "uid|begin|end|status|summary".
func events(t testing.TB, calendar []byte) []string {
	t.Helper()
	for line := range bytes.SplitSeq(calendar, []byte("\r\n")) {
		if len(line) > 75 || bytes.ContainsAny(line, "\r\n") || !utf8.Valid(line) {
			t.Errorf("got the line %q, want at most 75 bytes of whole characters, ended by CRLF", line)
		}
	}
	parsed, err := ics.ParseCalendar(bytes.NewReader(calendar))
	if err != nil {
		t.Fatalf("%v in\n%s", err, calendar)
	}
	if stamps := strings.Count(string(calendar), "\r\nDTSTAMP:"); stamps != len(parsed.Events()) {
		t.Errorf("got %d stamps of %d events", stamps, len(parsed.Events()))
	}
	value := func(e *ics.VEvent, p ics.ComponentProperty) string {
		if found := e.GetProperty(p); found != nil {
			return found.Value
		}
		return "-"
	}
	var found []string
	for _, e := range parsed.Events() {
		uid, _, _ := strings.Cut(e.Id(), "@")
		found = append(found, strings.Join([]string{uid, value(e, ics.ComponentPropertyDtStart), value(e, ics.ComponentPropertyDtEnd), value(e, ics.ComponentPropertyStatus), value(e, ics.ComponentPropertySummary)}, "|"))
	}
	return found
}

// TestCalendarOverAYear holds that another parser reads nights in Oslo from the calendar as they are meant there, also where the
// clocks are put forward and back in between, and as GET /upcoming has them.
func TestCalendarOverAYear(t *testing.T) {
	t.Parallel()
	oslo, err := time.LoadLocation("Europe/Oslo") // of Go's distribution or the machine, not of the room window
	if err != nil {
		t.Fatal(err)
	}
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		first := c.now().In(oslo)
		c.must(t, "root", "POST", productionWindows, fmt.Sprintf(`{"name":"Nights","kind":"maintenance","start":"%sT22:00","durationMinutes":480,"zone":"Europe/Oslo",
			"recurrence":{"frequency":"weekly","weekdays":["monday","tuesday","wednesday","thursday","friday","saturday","sunday"]}}`, first.Format(time.DateOnly)), 201)
		parsed, err := ics.ParseCalendar(bytes.NewReader(c.must(t, "viv", "GET", "/calendar.ics", "", 200).body))
		if err != nil {
			t.Fatal(err)
		}
		upcoming := mustDecode(t, c.must(t, "viv", "GET", "/upcoming?to="+c.now().UTC().Add(335*24*time.Hour).Format(time.RFC3339), "", 200).body).(map[string]any)["windows"].([]any)
		nights := parsed.Events()
		if len(nights) < 334 || len(nights) != len(upcoming) {
			t.Fatalf("got %d nights in the calendar and %d in what is to come, want the same, and one each day", len(nights), len(upcoming))
		}
		offsets := map[int]bool{}
		for i, night := range nights {
			begin, errBegin := night.GetStartAt()
			end, errEnd := night.GetEndAt()
			if errBegin != nil || errEnd != nil {
				t.Fatalf("%v, %v", errBegin, errEnd)
			}
			day := time.Date(first.Year(), first.Month(), first.Day()+i, 0, 0, 0, 0, oslo)
			if got, want := begin.In(oslo).Format(time.DateTime)+" "+end.In(oslo).Format(time.DateTime), day.Format(time.DateOnly)+" 22:00:00 "+day.AddDate(0, 0, 1).Format(time.DateOnly)+" 06:00:00"; got != want {
				t.Errorf("night %d: got %s, want %s", i, got, want)
			}
			theirs := upcoming[i].(map[string]any)
			if theirs["from"] != begin.UTC().Format("2006-01-02T15:04:05.000Z") || theirs["to"] != end.UTC().Format("2006-01-02T15:04:05.000Z") {
				t.Errorf("night %d: got %s to %s, and %v in what is to come", i, begin, end, theirs)
			}
			_, offset := begin.In(oslo).Zone()
			offsets[offset] = true
		}
		if len(offsets) != 2 {
			t.Errorf("got the offsets %v, want those of winter and of summer", offsets)
		}
	})
}

// TestCalendar reads windows and scheduled requests as a calendar, signed in and by a secret link, and holds that
// the link opens what its person may see, and nothing when it is revoked or the person is gone.
func TestCalendar(t *testing.T) {
	t.Parallel()
	eachCrew(t, 1, func(t *testing.T, c *crew) {
		const form, stamp = "2006-01-02T15:04", "20060102T150405Z"
		begin := c.now().UTC().Truncate(time.Minute).Add(48 * time.Hour)
		name := `Jul; \ "grün", ` + strings.Repeat("ø", 80)
		c.window(t, name, "freeze", 48*time.Hour, time.Hour, "")
		c.window(t, "Others", "freeze", 48*time.Hour, 2*time.Hour, `,"projects":["other"],"recurrence":{"frequency":"weekly","weekdays":["`+strings.ToLower(begin.Weekday().String())+`"],"until":"`+begin.AddDate(0, 0, 7).Format(time.DateOnly)+`"}`)
		id := c.scheduled(t, rolledOut("web", webFirst, "50"))
		c.must(t, "ada", "PUT", fmt.Sprintf("%s/%d/title", crPath, id), `{"title":"Half, then; all"}`, 204)
		due := c.now().UTC().Add(time.Hour)

		freeze := fmt.Sprintf("window-1-%s|%[1]s|%s|CONFIRMED|Freeze of production: %s", begin.Format(stamp), begin.Add(time.Hour).Format(stamp), name)
		request := fmt.Sprintf("change-request-%d|%s|-|CONFIRMED|shop: Half, then; all in production", id, due.Format(stamp))
		other := func(at time.Time) string {
			return fmt.Sprintf("window-2-%s|%[1]s|%s|CONFIRMED|Freeze of production: Others", at.Format(stamp), at.Add(2*time.Hour).Format(stamp))
		}
		same := func(what string, got []string, want ...string) {
			t.Helper()
			for i := range got { // when exactly the request is due is a matter of a second
				if strings.HasPrefix(got[i], "change-request-") {
					got[i] = request
				}
			}
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("%s: got\n%s\nwant\n%s", what, strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		}
		all := []string{freeze, other(begin), other(begin.AddDate(0, 0, 7)), request}
		got := c.must(t, "viv", "GET", "/calendar.ics", "", 200)
		if got.header.Get("Content-Type") != "text/calendar; charset=utf-8" {
			t.Errorf("got the type %q", got.header.Get("Content-Type"))
		}
		same("signed in", events(t, got.body), all...)
		same("of a project", events(t, c.must(t, "viv", "GET", "/calendar.ics?project=shop", "", 200).body), freeze, request)
		same("of another environment", events(t, c.must(t, "viv", "GET", "/calendar.ics?environment=staging", "", 200).body))

		c.must(t, "viv", "GET", "/user/calendar-link", "", 200, `{"createdAt":null,"url":"(absent)"}`)
		link := c.link(t, "viv")
		c.must(t, "viv", "GET", "/user/calendar-link", "", 200, `{"createdAt":"(present)","url":"(absent)"}`)
		same("by a link", events(t, c.feed(t, link).body), all...)
		same("by a link, of a project", events(t, c.feed(t, link+"?project=shop").body), freeze, request)

		// Nobody knows of a private project but those who are in it.
		c.must(t, "root", "PUT", "/projects/other/settings", `{"mode":"private"}`, 200)
		same("without the private project", events(t, c.feed(t, link).body), freeze, request)
		if list := string(c.must(t, "viv", "GET", productionWindows, "", 200).body); strings.Contains(list, "Others") {
			t.Errorf("got %s, want nothing of a private project", list)
		}

		// The link opens nothing else, and only it opens this.
		secret := strings.TrimSuffix(link[strings.LastIndex(link, "/")+1:], ".ics")
		if status := c.call(t, secret, "GET", "/projects", "", nil).status; status != 401 {
			t.Errorf("the secret as a token: got %d, want 401", status)
		}
		for _, worthless := range []string{strings.TrimSuffix(link, ".ics"), strings.Replace(link, secret, strings.Repeat("0", len(secret)), 1)} {
			if got := c.feed(t, worthless); got.status != 404 {
				t.Errorf("%s: got %d, want 404", worthless, got.status)
			}
		}
		again := c.link(t, "viv")
		if got := c.feed(t, link); got.status != 404 {
			t.Errorf("the link before: got %d, want 404", got.status)
		}
		c.must(t, "viv", "DELETE", "/user/calendar-link", "", 204)
		if got := c.feed(t, again); got.status != 404 {
			t.Errorf("a revoked link: got %d, want 404", got.status)
		}
		c.must(t, "admin", "POST", "/user/calendar-link", "", 403)
		c.must(t, "bot", "DELETE", "/user/calendar-link", "", 403)
		c.must(t, "bot", "GET", "/user/calendar-link", "", 403)

		// What is suspended is not sure.
		c.freeze(t, "Now", 30*time.Minute, time.Hour, "")
		text := string(c.must(t, "viv", "GET", "/calendar.ics", "", 200).body)
		if !strings.Contains(text, "STATUS:TENTATIVE") || !strings.Contains(text, `SUMMARY:(suspended) shop: Half\, then\; all in production`) {
			t.Errorf("got %s, want the request suspended", text)
		}
	})
}
