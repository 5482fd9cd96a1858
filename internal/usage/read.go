package usage

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/store"
)

// What reads return is what was written down: the last few seconds are missing. The
// rows are the store's, under names by which other rooms need not know the store.
type (
	// HourCount says how often an application found a flag on and off in an hour.
	HourCount = store.UsageCount
	// Seen says when a flag was first and last used in an environment.
	Seen = store.UsageSeen
	// UnknownFlag is a name that an application asked for and that no flag has.
	UnknownFlag = store.UnknownFlag
	// Instance is a running copy of an application.
	Instance = store.Instance
	// ApplicationDetails is an application by itself, with what people say of it.
	ApplicationDetails = store.Application
	// Place is a project and environment in which an application looks for flags.
	Place = store.ApplicationProject
)

// Hours returns the counts of a flag in the last hours, the one that is running included,
// by environment, application and hour. It knows of 48 at most.
// back counts the hours, 1 is the running one alone. The error is an Unavailable fault if the database is away; so it is for all
// reads here.
func (u *Usage) Hours(ctx context.Context, feature string, back int) ([]HourCount, error) {
	since := u.Now().UTC().Truncate(time.Hour).Add(-time.Duration(back-1) * time.Hour)
	counts, err := u.DB.Usage(ctx, feature, since)
	if err != nil {
		return nil, away("hours of "+feature, err)
	}
	return counts, nil
}

// LastHour returns how often flags were found on and off in the hour that runs and the one
// before it, by their names and environments.
// Variants are left out. A flag without counts has no entry, and of several applications the counts are added up by the store.
func (u *Usage) LastHour(ctx context.Context, features ...string) (map[string]map[string]Counts, error) {
	since := u.Now().UTC().Truncate(time.Hour).Add(-time.Hour)
	byFlag := map[string]map[string]Counts{}
	for chunk := range slices.Chunk(features, flagsAtOnce) {
		counts, err := u.DB.UsageSince(ctx, since, chunk...)
		if err != nil {
			return nil, away("last hour", err)
		}
		for _, c := range counts {
			byFlag[c.Feature] = with(byFlag[c.Feature], c.Environment, Counts{Yes: c.Yes, No: c.No})
		}
	}
	return byFlag, nil
}

// flagsAtOnce is about how many flags one query asks.
// A query has its names as parameters, of which databases take a limited number.
const flagsAtOnce = 500

// UnknownFlags returns the names that were asked for in the last day and that no flag has
// now either, by name, environment and application.
// A flag of that name may have been created since; the rows are pruned by the hour only.
func (u *Usage) UnknownFlags(ctx context.Context) ([]UnknownFlag, error) {
	flags, err := u.DB.UnknownFlags(ctx)
	if err != nil {
		return nil, away("unknown flags", err)
	}
	since := u.Now().Add(-keepUnknownFlags)
	return slices.DeleteFunc(flags, func(f UnknownFlag) bool { return f.At.Before(since) || u.Known(f.Name) }), nil
}

// Application is a program that uses flags, and where it looks for them.
type Application struct {
	ApplicationDetails
	Projects []Place // by project and environment
}

// Applications returns all applications, by name.
func (u *Usage) Applications(ctx context.Context) ([]Application, error) {
	rows, err := u.DB.Applications(ctx)
	if err != nil {
		return nil, away("applications", err)
	}
	projects, err := u.DB.ApplicationProjects(ctx)
	if err != nil {
		return nil, away("applications", err)
	}
	all := make([]Application, len(rows))
	at := map[string]int{}
	for i, row := range rows {
		all[i].ApplicationDetails = row
		at[row.Name] = i
	}
	for _, p := range projects {
		if i, ok := at[p.Application]; ok {
			all[i].Projects = append(all[i].Projects, p)
		}
	}
	return all, nil
}

// Application returns one application. It returns a NotFound fault if there is none with
// the name.
// All are read for it: the quota of applications bounds how many there are.
func (u *Usage) Application(ctx context.Context, name string) (*Application, error) {
	all, err := u.Applications(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(a Application) bool { return a.Name == name })
	if i < 0 {
		return nil, fault.New(fault.NotFound, "Could not find application with appName %q", name)
	}
	return &all[i], nil
}

// Between returns how often flags were found on and off in the hours that begin from one time on and before
// another, by flag, environment and application.
// The times are compared with beginnings of hours, in UTC.
func (u *Usage) Between(ctx context.Context, from, to time.Time) ([]store.UsageCount, error) {
	counts, err := u.DB.UsageBetween(ctx, from, to)
	if err != nil {
		return nil, away("read usage between", err)
	}
	return counts, nil
}

// away makes a fault of a database that cannot be asked now.
func away(what string, err error) error {
	if errors.Is(err, store.ErrUnavailable) {
		f := fault.New(fault.Unavailable, "The database is away, so it is not known how flags are used.")
		f.RetryAfter = 2 * time.Second
		return f
	}
	return fmt.Errorf("usage: %s: %w", what, err)
}

// FeaturesUsedBy returns the names of the flags that an application has counted in the
// last two days, sorted.
func (u *Usage) FeaturesUsedBy(ctx context.Context, application string) ([]string, error) {
	features, err := u.DB.FeaturesUsedBy(ctx, application)
	if err != nil {
		return nil, away("features of application "+application, err)
	}
	return features, nil
}

// YesterdaysCounts returns how many counts were kept of yesterday: of flags by application,
// environment and hour, and of their variants.
func (u *Usage) YesterdaysCounts(ctx context.Context) (flags, variants int, err error) {
	today := u.Now().UTC().Truncate(24 * time.Hour)
	flags, variants, err = u.DB.CountUsage(ctx, today.Add(-24*time.Hour), today)
	if err != nil {
		return 0, 0, away("count yesterday's counts", err)
	}
	return flags, variants, nil
}

// Instances returns the instances of an application that were seen in the last two days,
// or of all if it is empty, by application, environment and name.
func (u *Usage) Instances(ctx context.Context, application string) ([]Instance, error) {
	instances, err := u.DB.Instances(ctx, application)
	if err != nil {
		return nil, away("instances", err)
	}
	since := u.Now().Add(-keepInstances)
	return slices.DeleteFunc(instances, func(i Instance) bool { return i.SeenAt.Before(since) }), nil
}

// Describe stores an application, new or not, with what people say of it.
// An SDK that registers later changes nothing of what people say (icon, description, link).
func (u *Usage) Describe(ctx context.Context, a ApplicationDetails) error {
	a.CreatedAt = u.Now()
	a.SeenAt = a.CreatedAt
	if err := u.DB.Update(ctx, func(tx *store.Tx) error { return tx.DescribeApplication(a) }); err != nil {
		return away("describe application "+a.Name, err)
	}
	return nil
}

// Forget deletes an application and its instances. If it still runs, it will be back.
func (u *Usage) Forget(ctx context.Context, application string) error {
	if err := u.DB.Update(ctx, func(tx *store.Tx) error { return tx.DeleteApplication(application) }); err != nil {
		return away("forget application "+application, err)
	}
	return nil
}
