package adminapi_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/quorate/quorate/internal/adminapi"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
	"github.com/quorate/quorate/internal/store/storetest"
)

func insightScenarios() []scenario {
	return []scenario{
		{
			name: "how the instance has fared", as: "nothing", method: "GET", path: "/insights", status: 200,
			want: `{"userTrends":"(present)","flagTrends":"(present)","projectFlagTrends":"(present)","metricsSummaryTrends":"(present)","environmentTypeTrends":"(present)","lifecycleTrends":"(present)","creationArchiveTrends":"(present)"}`,
		},
		{name: "how it has fared since no day", method: "GET", path: "/insights?from=soon", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{name: "how it has fared until no day", method: "GET", path: "/insights?to=2026-13-01", status: 400, want: `{"details":[{"path":"/query/to"}]}`},
		{name: "how it has fared backwards", method: "GET", path: "/insights?from=2026-03-02&to=2026-03-01", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{name: "how it has fared for ever", method: "GET", path: "/insights?from=2024-01-01&to=2026-03-01", status: 400, want: `{"details":[{"path":"/query/from"}]}`},
		{
			name: "how long flags are where", as: "nothing", method: "GET", path: "/insights/lifecycle", status: 200,
			want: `{"lifecycleTrends":{"develop":{"totalFlags":9,"categories":{"permanent":{"flagsOlderThanWeek":2},"release":{"flagsOlderThanWeek":7}}},"production":{"totalFlags":0,"medianDaysInCurrentStage":0},"cleanup":{"totalFlags":0}}}`,
		},
		{
			name: "how long flags of projects are where", as: "nothing", method: "GET", path: "/insights/lifecycle?projects=other,%20guarded", status: 200,
			want: `{"lifecycleTrends":{"develop":{"totalFlags":2}}}`,
		},
		{
			name: "a dashboard", as: "boss", method: "GET", path: "/personal-dashboard", status: 200,
			want: `{"admins":"(present)","projectOwners":"(present)","projects":[{"id":"default","featureCount":6},{"id":"full"},{"id":"guarded"},{"id":"named"},{"id":"other"},{"id":"small"}],"flags":[]}`,
		},
		{name: "a dashboard, as a token", method: "GET", path: "/personal-dashboard", status: 403, want: `{"name":"ForbiddenError"}`},
		{
			name: "a project on a dashboard", as: "nothing", method: "GET", path: "/personal-dashboard/other", status: 200,
			want: `{"insights":{"totalFlags":1,"health":"(present)"},"onboardingStatus":{"status":"first-flag-created","feature":"foreign"},"latestEvents":"(present)","owners":"(present)","roles":[]}`,
		},
		{name: "no project on a dashboard", as: "nothing", method: "GET", path: "/personal-dashboard/none", status: 404, want: `{"name":"NotFoundError"}`},
		{name: "a project on a dashboard, as a token", method: "GET", path: "/personal-dashboard/other", status: 403, want: `{"name":"ForbiddenError"}`},
	}
}

// told is what a test looks at of what the instance says of how it has fared.
type toldInsights struct {
	UserTrends []struct {
		Date                    time.Time
		Total, Active, Inactive int
	}
	FlagTrends        []toldFlags
	ProjectFlagTrends []struct {
		Project          string
		Week             string
		Health           int
		TimeToProduction *float64
		toldFlags
	}
	LifecycleTrends []struct {
		Project            string
		NewProductionFlags int
	}
	CreationArchiveTrends []struct {
		Project       string
		CreatedFlags  map[string]int
		ArchivedFlags int
	}
	EnvironmentTypeTrends []struct {
		EnvironmentType string
		TotalUpdates    int
	}
}

type toldFlags struct {
	Date                                   time.Time
	Total, Active, Stale, PotentiallyStale int
}

// TestInsights lets some weeks go by, and compares what was seen at the end of each with what is told of it in the end.
func TestInsights(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const flags = "/projects/other/features"
		must := func(method, path, body string, status int) {
			t.Helper()
			if got := w.call(t, "boss", method, path, body, nil); got.status != status {
				t.Fatalf("%s %s: got %d %s, want %d", method, path, got.status, got.body, status)
			}
		}
		type health struct{ Total, Health, Stale int }
		seen := map[string]health{} // at the end of a day
		var days []string
		weekEnds := func() {
			t.Helper()
			var status struct {
				Health     struct{ Current int }
				StaleFlags struct{ Total int }
			}
			var list struct{ Features []any }
			for path, to := range map[string]any{"/projects/other/status": &status, flags: &list} {
				if err := json.Unmarshal(w.call(t, "boss", "GET", path, "", nil).body, to); err != nil {
					t.Fatal(err)
				}
			}
			day := w.now().UTC().Format(time.DateOnly)
			days = append(days, day)
			seen[day] = health{len(list.Features), status.Health.Current, status.StaleFlags.Total}
			w.ahead.Add(int64(7 * 24 * time.Hour))
		}
		// Until a Sunday noon, so that the weeks end on the day on which is looked.
		now := w.now().UTC()
		noon := time.Date(now.Year(), now.Month(), now.Day()+(7-int(now.Weekday()))%7+7, 12, 0, 0, 0, time.UTC)
		w.ahead.Add(int64(noon.Sub(w.now())))
		for _, name := range []string{"a", "b", "c", "d"} {
			must("POST", flags, `{"name":"`+name+`"}`, 201)
		}
		must("POST", flags, `{"name":"try","type":"experiment"}`, 201)
		weekEnds()
		must("POST", "/projects/other/stale", `{"features":["a","b"],"stale":true}`, 202)
		must("POST", flags+"/c/environments/production/on", "", 200)
		weekEnds()
		must("DELETE", flags+"/a", "", 202)
		must("DELETE", flags+"/d", "", 202)
		must("POST", "/projects/other/stale", `{"features":["b"],"stale":false}`, 202)
		weekEnds()
		must("POST", "/archive/revive/a", "", 200)
		must("DELETE", "/archive/d", "", 200)
		must("PUT", flags+"/try", `{"type":"kill-switch"}`, 200)
		weekEnds()
		must("POST", flags+"/b/changeProject", `{"newProjectId":"full"}`, 403) // which is full
		must("POST", flags+"/b/changeProject", `{"newProjectId":"default"}`, 200)
		weekEnds()
		weekEnds()

		tell := func(as string) toldInsights {
			t.Helper()
			var told toldInsights
			if err := json.Unmarshal(w.call(t, as, "GET", "/insights?from="+days[0], "", nil).body, &told); err != nil {
				t.Fatal(err)
			}
			return told
		}
		all := tell("nothing")
		told := map[string]health{}
		for _, one := range all.ProjectFlagTrends {
			if _, looked := seen[one.Date.Format(time.DateOnly)]; looked && one.Project == "other" {
				told[one.Date.Format(time.DateOnly)] = health{one.Total, one.Health, one.Stale + one.PotentiallyStale}
			}
			year, week := one.Date.ISOWeek()
			if want := fmt.Sprintf("%d-%02d", year, week); one.Week != want {
				t.Errorf("got the week %s of %v, want %s", one.Week, one.Date, want)
			}
			if one.Project == "other" && one.Date.Format(time.DateOnly) == days[1] && (one.TimeToProduction == nil || *one.TimeToProduction < 6.99 || *one.TimeToProduction > 7.01) {
				t.Errorf("got %v days to production, want 7", one.TimeToProduction)
			}
		}
		if diff := cmp.Diff(seen, told); diff != "" {
			t.Errorf("health (-seen +told):\n%s", diff)
		}
		created, archived, live := map[string]int{}, 0, 0
		for _, one := range all.CreationArchiveTrends {
			for kind, n := range one.CreatedFlags {
				created[kind] += n
			}
			archived += one.ArchivedFlags
		}
		for _, one := range all.LifecycleTrends {
			live += one.NewProductionFlags
		}
		if diff := cmp.Diff(map[string]int{"release": 4, "experiment": 1}, created); diff != "" || archived != 2 || live != 1 {
			t.Errorf("got %d archived, %d live and created (-want +got):\n%s", archived, live, diff)
		}
		updates := map[string]int{}
		for _, one := range all.EnvironmentTypeTrends {
			updates[one.EnvironmentType] += one.TotalUpdates
		}
		if updates["production"] != 2 { // on, with the default strategy
			t.Errorf("got the updates %v, want 2 in production", updates)
		}
		last := all.UserTrends[len(all.UserTrends)-1]
		if last.Active != 1 || last.Total != last.Active+last.Inactive || last.Total == 0 {
			t.Errorf("got the people %+v, want one who is active", last)
		}

		// Half a year later, nobody has done anything for long.
		w.ahead.Add(int64(183 * 24 * time.Hour))
		later := tell("nothing").UserTrends
		if last := later[len(later)-1]; last.Active != 0 || last.Inactive != last.Total {
			t.Errorf("got the people %+v, want none who is active", last)
		}
		if first := later[0]; first.Active != 1 {
			t.Errorf("got the people %+v in the first week, want one who is active", first)
		}

		// An archived project is left out, with all that happened in it.
		for _, name := range []string{"a", "c", "try", "foreign"} {
			must("DELETE", flags+"/"+name, "", 202)
		}
		must("POST", "/projects/archive/other", "", 200)
		left := tell("boss")
		if len(left.LifecycleTrends) != 0 {
			t.Errorf("got %+v of an archived project", left.LifecycleTrends)
		}
		for _, one := range left.CreationArchiveTrends {
			if one.Project == "other" {
				t.Errorf("got %+v of an archived project", one)
			}
		}
	})
}

// TestActivitySpans holds that the end of a span stands for all that was in it: it belongs to the same week, and makes the same people
// active at the end of each week. What is before all spans does neither.
func TestActivitySpans(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	active := func(at, end time.Time) bool { // on one of the days that lie in the 90 days before the end, or on its own
		last := at.Truncate(day).Add(day - time.Millisecond)
		return last.After(end.Add(-90*day)) && !at.Truncate(day).After(end)
	}
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, time.March, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, int64(30*day/time.Millisecond)).Draw(t, "now")) * time.Millisecond)
		ago := rapid.IntRange(0, 300).Draw(t, "days ago")
		from := now.AddDate(0, 0, -ago).Format(time.DateOnly)
		to := now.AddDate(0, 0, -rapid.IntRange(0, ago).Draw(t, "until days ago")).Format(time.DateOnly)
		times, weeks, weekOf, err := adminapi.ActivitySpans(from, to, now)
		if err != nil {
			t.Fatal(err)
		}
		// Next to where something changes, or anywhere.
		at := rapid.SampledFrom(times).Draw(t, "near").Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "off by")) * time.Millisecond)
		if rapid.Bool().Draw(t, "anywhere") {
			at = now.Add(-time.Duration(rapid.Int64Range(0, int64(400*day/time.Millisecond)).Draw(t, "ago")) * time.Millisecond)
		}
		i := sort.Search(len(times), func(i int) bool { return !times[i].Before(at) })
		if i == len(times) {
			return // what is after the last week is not asked about
		}
		week, in := weekOf(at)
		if i == 0 {
			if in || slices.ContainsFunc(weeks, func(end time.Time) bool { return active(at, end) }) {
				t.Errorf("%s is before all spans of %s, and counts", at, times)
			}
			return
		}
		if gotWeek, gotIn := weekOf(times[i]); gotIn != in || !gotWeek.Equal(week) {
			t.Errorf("%s, for %s: got the week %s %t, want %s %t", times[i], at, gotWeek, gotIn, week, in)
		}
		for _, end := range weeks {
			if got, want := active(times[i], end), active(at, end); got != want {
				t.Errorf("%s, for %s: got active at %s: %t, want %t", times[i], at, end, got, want)
			}
		}
	})
}

// ownersGone takes everybody out of all projects.
func ownersGone(w *world) []state.Event {
	var events []state.Event
	for p := range w.engine.State().Projects() {
		var held []state.Holding
		for a := range w.engine.State().Assignments(p.ID) {
			held = append(held, state.Holding{Subject: a.Subject, Roles: a.Roles})
		}
		events = append(events, state.Event{Scope: state.Scope{Project: p.ID}, Payload: state.ProjectAccessUpdated{Before: held}})
	}
	return events
}

// TestDashboard shows what concerns somebody, and of a project how it has been.
func TestDashboard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		must := func(as, method, path, body string, status int, want string) {
			t.Helper()
			got := w.call(t, as, method, path, body, nil)
			if got.status != status {
				t.Fatalf("%s %s: got %d %s, want %d", method, path, got.status, got.body, status)
			}
			if want != "" {
				mustContain(t, got.body, want)
			}
		}
		w.mustHappen(t, ownersGone(w)...)
		must("creator", "GET", "/personal-dashboard", "", 200, `{"projects":[],"flags":[],"projectOwners":[]}`)
		must("creator", "POST", "/projects/default/features", `{"name":"mine"}`, 201, "")
		must("creator", "POST", "/projects/default/features/plain/favorites", "", 200, "")
		must("creator", "POST", "/projects/full/favorites", "", 200, "")
		must("creator", "GET", "/personal-dashboard", "", 200, `{"projects":[{"id":"full","featureCount":1}],"flags":[{"name":"plain","project":"default","type":"operational"},{"name":"mine"}]}`)

		must("boss", "POST", "/projects", `{"id":"new","name":"New"}`, 201, "")
		must("boss", "GET", "/personal-dashboard/new", "", 200, `{"insights":{"avgHealthCurrentWindow":100,"avgHealthPastWindow":null},"owners":[{"ownerType":"user","name":"Olga"}],"roles":[{"id":4,"name":"Owner","type":"project"}]}`)
		must("boss", "POST", "/projects/new/features", `{"name":"x"}`, 201, "")
		w.ahead.Add(int64(28 * 24 * time.Hour))
		must("boss", "POST", "/projects/new/stale", `{"features":["x"],"stale":true}`, 202, "")
		must("boss", "GET", "/personal-dashboard/new", "", 200, `{"insights":{"avgHealthCurrentWindow":96,"avgHealthPastWindow":100,"health":0,"staleFlags":1,"activeFlags":0},
			"latestEvents":[{"createdBy":"user:2","summary":"(present)","createdByImageUrl":"(present)"},{},{},{}]}`)
	})
}
