package usage

import (
	"context"
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
func (u *Usage) Hours(ctx context.Context, feature string, back int) ([]HourCount, error) {
	since := u.Now().UTC().Truncate(time.Hour).Add(-time.Duration(back-1) * time.Hour)
	counts, err := u.DB.Usage(ctx, feature, since)
	if err != nil {
		return nil, fmt.Errorf("usage: hours of %q: %w", feature, err)
	}
	return counts, nil
}

// LastSeen returns when flags were first and last used, by their names and environments:
// the named ones, or all if none are named.
func (u *Usage) LastSeen(ctx context.Context, features ...string) (map[string]map[string]Seen, error) {
	seen, err := u.DB.UsageSeen(ctx, features...)
	if err != nil {
		return nil, fmt.Errorf("usage: last seen: %w", err)
	}
	byFlag := map[string]map[string]Seen{}
	for _, s := range seen {
		if byFlag[s.Feature] == nil {
			byFlag[s.Feature] = map[string]store.UsageSeen{}
		}
		byFlag[s.Feature][s.Environment] = s
	}
	return byFlag, nil
}

// UnknownFlags returns the names that were asked for in the last day and that no flag has
// now either, by name, environment and application.
func (u *Usage) UnknownFlags(ctx context.Context) ([]UnknownFlag, error) {
	flags, err := u.DB.UnknownFlags(ctx)
	if err != nil {
		return nil, fmt.Errorf("usage: unknown flags: %w", err)
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
		return nil, fmt.Errorf("usage: applications: %w", err)
	}
	projects, err := u.DB.ApplicationProjects(ctx)
	if err != nil {
		return nil, fmt.Errorf("usage: applications: %w", err)
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

// FeaturesUsedBy returns the names of the flags that an application has counted in the
// last two days, sorted.
func (u *Usage) FeaturesUsedBy(ctx context.Context, application string) ([]string, error) {
	features, err := u.DB.FeaturesUsedBy(ctx, application)
	if err != nil {
		return nil, fmt.Errorf("usage: features of application %q: %w", application, err)
	}
	return features, nil
}

// Instances returns the instances of an application that were seen in the last two days,
// or of all if it is empty, by application, environment and name.
func (u *Usage) Instances(ctx context.Context, application string) ([]Instance, error) {
	instances, err := u.DB.Instances(ctx, application)
	if err != nil {
		return nil, fmt.Errorf("usage: instances: %w", err)
	}
	since := u.Now().Add(-keepInstances)
	return slices.DeleteFunc(instances, func(i Instance) bool { return i.SeenAt.Before(since) }), nil
}

// Describe stores an application, new or not, with what people say of it.
func (u *Usage) Describe(ctx context.Context, a ApplicationDetails) error {
	a.CreatedAt = u.Now()
	a.SeenAt = a.CreatedAt
	if err := u.DB.Update(ctx, func(tx *store.Tx) error { return tx.DescribeApplication(a) }); err != nil {
		return fmt.Errorf("usage: describe application %q: %w", a.Name, err)
	}
	return nil
}

// Forget deletes an application and its instances. If it still runs, it will be back.
func (u *Usage) Forget(ctx context.Context, application string) error {
	if err := u.DB.Update(ctx, func(tx *store.Tx) error { return tx.DeleteApplication(application) }); err != nil {
		return fmt.Errorf("usage: forget application %q: %w", application, err)
	}
	return nil
}
