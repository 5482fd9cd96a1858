package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/window"
)

// crSchedule is `quorate cr schedule`.
type crSchedule struct {
	named
	At        string `required:"" placeholder:"TIME" help:"When, such as 2026-12-01T09:00 in the time zone of --zone, or 2026-12-01T08:00:00Z."`
	Zone      string `placeholder:"ZONE" help:"The time zone of --at, such as Europe/Oslo. The time is shown in it."`
	Overwrite string `placeholder:"DRIFT-ID" help:"What has moved and shall be overwritten, as the refusal names it."`
	Comment   string `placeholder:"TEXT" help:"What to say with it."`
}

// Help says what becomes of a scheduled request.
func (crSchedule) Help() string {
	return `When the time comes, the request is applied in your name. It can be scheduled again for another time, applied now, or
rejected, but neither edited nor cancelled. If something happens that breaks it, such as a change of what it changes, its schedule
is suspended, and it waits for somebody to decide anew.`
}

// Run schedules. The time is sent in UTC, and the zone beside it, in which people are shown it. A request that has moved is
// refused as by apply.
func (c crSchedule) Run(ctx context.Context, t terminal) error {
	at, err := instant(c.At, c.Zone)
	if err != nil {
		return err
	}
	err = c.take(ctx, t, step{State: "Scheduled", ScheduledAt: at.UTC().Format(time.RFC3339), ScheduledZone: c.Zone, Overwrite: c.Overwrite, Comment: c.Comment})
	if f := fault.As(err); f != nil && f.DriftID != "" {
		f.Details = append(f.Details, fault.Detail{Message: fmt.Sprintf("To schedule it all the same: quorate cr schedule %s --at %s --overwrite %s", c.Request, at.UTC().Format(time.RFC3339), f.DriftID)})
	}
	return err
}

// instant reads a time with its offset, or one that clocks in a time zone show. It refuses one that they never show,
// because they are put forward then, and one that they show twice, because they are put back.
func instant(text, zone string) (time.Time, error) {
	if at, err := time.Parse(time.RFC3339, text); err == nil {
		return at, nil
	}
	var shown time.Time
	var err error
	for _, layout := range []string{"2006-01-02T15:04", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02 15:04:05"} {
		if shown, err = time.Parse(layout, text); err == nil {
			break
		}
	}
	switch {
	case err != nil:
		return shown, fmt.Errorf("%q is no time, such as 2026-12-01T09:00 or 2026-12-01T08:00:00Z", text)
	case zone == "":
		return shown, fmt.Errorf("%s is not the same time everywhere; say in which time zone with --zone, such as --zone Europe/Oslo", text)
	}
	place, err := window.LoadZone(zone)
	if err != nil {
		return shown, fmt.Errorf("there is no time zone %q; names are those of the IANA, such as Europe/Oslo", zone)
	}
	// Clocks are put forward or back at most once in two days, so these are all offsets that there can be.
	var found []time.Time
	for _, near := range []time.Duration{-24 * time.Hour, 24 * time.Hour} {
		_, offset := shown.Add(near).In(place).Zone()
		at := shown.Add(-time.Duration(offset) * time.Second)
		if at.In(place).Format(time.DateTime) == shown.Format(time.DateTime) && (len(found) == 0 || !found[0].Equal(at)) {
			found = append(found, at)
		}
	}
	switch len(found) {
	case 0:
		return shown, fmt.Errorf("clocks in %s never show %s: they are put forward then; choose a time before or after", zone, text)
	case 1:
		return found[0], nil
	default:
		return shown, fmt.Errorf("clocks in %s show %s twice: they are put back then; say which is meant, %s or %s", zone, text,
			found[0].In(place).Format(time.RFC3339), found[1].In(place).Format(time.RFC3339))
	}
}
