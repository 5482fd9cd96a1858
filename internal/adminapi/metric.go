package adminapi

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/quorate/quorate/internal/flag"
	reported "github.com/quorate/quorate/internal/usage"
)

// metrics registers how people read what SDKs count, and the names that no flag has.
func (a *api) metrics() {
	const tag = "Metrics"
	register(a, operation{
		ID: "getFeatureUsageSummary", Method: http.MethodGet, Path: "/client-metrics/features/{name}", Tag: tag,
		Summary: "How often a flag was used in the last hour, and by which applications",
	}, a.getFeatureUsageSummary)
	register(a, operation{
		ID: "getRawFeatureMetrics", Method: http.MethodGet, Path: "/client-metrics/features/{name}/raw", Tag: tag,
		Summary: "How often a flag was used in each hour, by application and environment",
	}, a.getRawFeatureMetrics)
	register(a, operation{
		ID: "getUnknownFlags", Method: http.MethodGet, Path: "/metrics/unknown-flags", Tag: tag,
		Summary: "List the names that SDKs asked for and that no flag has",
	}, a.getUnknownFlags)
}

// featureEnvironmentMetrics is how often a flag was on and off in an hour.
//
// The summary leaves out the flag and the application, for it adds all up; the raw list has both.
type featureEnvironmentMetrics struct {
	FeatureName flag.Name            `json:"featureName,omitempty"`
	AppName     string               `json:"appName,omitempty"`
	Environment flag.EnvironmentName `json:"environment"`
	Timestamp   instant              `json:"timestamp" doc:"When the hour began."`
	Yes         int64                `json:"yes"`
	No          int64                `json:"no"`
	Variants    map[string]int64     `json:"variants,omitempty"`
}

// featureMetrics is how often a flag was used, hour by hour.
type featureMetrics struct {
	Version  int                         `json:"version"`
	Maturity string                      `json:"maturity"`
	Data     []featureEnvironmentMetrics `json:"data"`
}

// featureUsage is how often a flag was used in the last hour.
type featureUsage struct {
	Version          int                         `json:"version"`
	Maturity         string                      `json:"maturity"`
	FeatureName      flag.Name                   `json:"featureName"`
	LastHourUsage    []featureEnvironmentMetrics `json:"lastHourUsage"`
	SeenApplications []string                    `json:"seenApplications"`
}

// Both are told with every answer, as clients of Unleash expect: the metrics API has been stable there
// for long.
const (
	metricsVersion  = 1
	metricsMaturity = "stable"
)

func (a *api) getFeatureUsageSummary(ctx context.Context, r request, in *struct {
	Name flag.Name `path:"name"`
},
) (featureUsage, error) {
	// An hour that has just begun would show nearly nothing, so the last hour is two: the answer is
	// between one and two hours long.
	const day, lastHour = 24, 2 // the hour that runs, and the one before
	counts, err := a.hours(ctx, r, in.Name, day)
	if err != nil {
		return featureUsage{}, err
	}
	summary := featureUsage{
		Version: metricsVersion, Maturity: metricsMaturity, FeatureName: in.Name,
		LastHourUsage: []featureEnvironmentMetrics{}, SeenApplications: []string{},
	}
	since := a.Usage.Now().UTC().Truncate(time.Hour).Add(-(lastHour - 1) * time.Hour)
	for _, c := range counts {
		if !slices.Contains(summary.SeenApplications, c.Application) {
			summary.SeenApplications = append(summary.SeenApplications, c.Application)
		}
		if c.Hour.Before(since) {
			continue
		}
		// There are a handful of environments, so looking through the list is fast enough, and keeps
		// the order in which they come: by name. The timestamp is that of the first hour met.
		at := slices.IndexFunc(summary.LastHourUsage, func(m featureEnvironmentMetrics) bool { return string(m.Environment) == c.Environment })
		if at < 0 {
			at = len(summary.LastHourUsage)
			summary.LastHourUsage = append(summary.LastHourUsage, featureEnvironmentMetrics{
				Environment: flag.EnvironmentName(c.Environment), Timestamp: instant(c.Hour),
			})
		}
		summary.LastHourUsage[at].Yes += c.Yes
		summary.LastHourUsage[at].No += c.No
	}
	slices.Sort(summary.SeenApplications)
	return summary, nil
}

// usageOf is what is known of how a flag is used.
//
// Both maps are nil for a flag that no SDK has asked for, which reads as never.
type usageOf struct {
	reported.Use
	hour map[string]reported.Counts // the last hour's, by environment
}

// usagesOf returns what is known of how some flags are used. While the database is away,
// nothing is known of the last hour.
//
// The function may be called for the given flags only; of others it would not know the last hour.
func (a *api) usagesOf(ctx context.Context, flags ...*flag.Flag) (func(*flag.Flag) usageOf, error) {
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(flags))
	for i, f := range flags {
		names[i] = string(f.Name)
	}
	hour, err := orAway(a.Usage.LastHour(ctx, names...))
	return func(f *flag.Flag) usageOf { return usageOf{use(string(f.Name)), hour[string(f.Name)]} }, err
}

// seen returns when the flag was last used anywhere, nil if it never was.
func (u usageOf) seen() *instant {
	if at := u.LastSeen(); !at.IsZero() {
		return instantOf(&at)
	}
	return nil
}

// seenIn returns when the flag was last used in an environment, nil if it never was.
func (u usageOf) seenIn(env flag.EnvironmentName) *instant {
	if seen, ok := u.Seen[string(env)]; ok {
		return instantOf(&seen.Last)
	}
	return nil
}

// hours returns how often a flag was used; a flag of which the caller may not know was not.
//
// No fault, for a name that no flag has is answered by an empty list as well.
func (a *api) hours(ctx context.Context, r request, name flag.Name, hours int) ([]reported.HourCount, error) {
	if r.hidden(name) {
		return nil, nil
	}
	return a.Usage.Hours(ctx, string(name), hours)
}

func (a *api) getRawFeatureMetrics(ctx context.Context, r request, in *struct {
	Name      flag.Name `path:"name"`
	HoursBack string    `query:"hoursBack" doc:"1 to 48; 24 if left out."`
},
) (featureMetrics, error) {
	hours, err := strconv.Atoi(in.HoursBack)
	// Counts are kept for 48 hours. What is out of range is as good as left out, as in pages.
	if err != nil || hours < 1 || hours > 48 {
		hours = 24
	}
	counts, err := a.hours(ctx, r, in.Name, hours)
	if err != nil {
		return featureMetrics{}, err
	}
	raw := featureMetrics{Version: metricsVersion, Maturity: metricsMaturity, Data: []featureEnvironmentMetrics{}}
	for _, c := range filled(counts, hours, a.Usage.Now()) {
		raw.Data = append(raw.Data, featureEnvironmentMetrics{
			FeatureName: in.Name, AppName: c.Application, Environment: flag.EnvironmentName(c.Environment),
			Timestamp: instant(c.Hour), Yes: c.Yes, No: c.No, Variants: c.Variants,
		})
	}
	return raw, nil
}

// filled returns the counts with zeros for the hours in which an application that is
// among them counted nothing in an environment, so that a chart has no gaps; newest first.
//
// There are hours × sources items: at most 48 times the applications and environments that used the
// flag.
func filled(counts []reported.HourCount, hours int, now time.Time) []reported.HourCount {
	type source struct{ environment, application string }
	type place struct {
		source
		hour time.Time
	}
	have := map[place]reported.HourCount{}
	var sources []source
	for _, c := range counts {
		from := source{c.Environment, c.Application}
		if !slices.Contains(sources, from) {
			sources = append(sources, from)
		}
		have[place{from, c.Hour.UTC()}] = c
	}
	all := make([]reported.HourCount, 0, hours*len(sources))
	last := now.UTC().Truncate(time.Hour)
	for back := range hours {
		hour := last.Add(-time.Duration(back) * time.Hour)
		for _, from := range sources {
			c := have[place{from, hour}]
			c.Environment, c.Application, c.Hour = from.environment, from.application, hour
			all = append(all, c)
		}
	}
	return all
}

// unknownFlag is a name that no flag has, with who asked for it.
//
// A client that sends any name it likes could fill the database, so how many are kept is bounded
// (docs/sdk-api.md, "What is counted").
type unknownFlag struct {
	Name       string              `json:"name"`
	LastSeenAt instant             `json:"lastSeenAt"`
	Reports    []unknownFlagReport `json:"reports"`
}

// unknownFlagReport is an application that asked for a name that no flag has.
type unknownFlagReport struct {
	AppName      string                   `json:"appName"`
	Environments []unknownFlagEnvironment `json:"environments"`
}

// unknownFlagEnvironment is where a name was asked for that no flag has, and when last.
type unknownFlagEnvironment struct {
	Environment string  `json:"environment"`
	SeenAt      instant `json:"seenAt"`
}

// unknownFlagsResponse are names that no flag has.
type unknownFlagsResponse struct {
	UnknownFlags []unknownFlag `json:"unknownFlags"`
}

func (a *api) getUnknownFlags(ctx context.Context, r request, _ *struct{}) (unknownFlagsResponse, error) {
	reports, err := a.Usage.UnknownFlags(ctx)
	if err != nil {
		return unknownFlagsResponse{}, err
	}
	applications, err := a.Usage.Applications(ctx)
	if err != nil {
		return unknownFlagsResponse{}, err
	}
	// A name belongs to no project; who asked for it may be hidden. An application that is not known
	// any more hides nothing.
	hidden := map[string]bool{} // applications of private projects
	for _, one := range applications {
		hidden[one.Name] = !r.seesApplication(&one)
	}
	list := unknownFlagsResponse{UnknownFlags: []unknownFlag{}}
	for _, r := range reports { // by name, environment and application
		if hidden[r.Application] {
			continue
		}
		last := len(list.UnknownFlags) - 1
		if last < 0 || list.UnknownFlags[last].Name != r.Name {
			list.UnknownFlags = append(list.UnknownFlags, unknownFlag{Name: r.Name, Reports: []unknownFlagReport{}})
			last++
		}
		f := &list.UnknownFlags[last]
		if at := instant(r.At); at.after(f.LastSeenAt) {
			f.LastSeenAt = at
		}
		at := slices.IndexFunc(f.Reports, func(have unknownFlagReport) bool { return have.AppName == r.Application })
		if at < 0 {
			at = len(f.Reports)
			f.Reports = append(f.Reports, unknownFlagReport{AppName: r.Application})
		}
		f.Reports[at].Environments = append(f.Reports[at].Environments, unknownFlagEnvironment{Environment: r.Environment, SeenAt: instant(r.At)})
	}
	return list, nil
}
