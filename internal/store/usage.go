package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// UsageCount says how often an application found a flag on and off in an hour.
type UsageCount struct {
	Feature, Environment, Application string
	Hour                              time.Time // its beginning
	Yes, No                           int64
	Variants                          map[string]int64 // by name; nil: none
}

// UsageSeen says when a flag was first and last used in an environment.
type UsageSeen struct {
	Feature, Environment string
	First, Last          time.Time
}

// UnknownFlag is a name that an application asked for and that no flag has.
type UnknownFlag struct {
	Name, Environment, Application string
	At                             time.Time
}

// Application is a program that uses flags.
type Application struct {
	Name              string
	CreatedAt, SeenAt time.Time
	Strategies        []string // that its SDK knows
	Description       string
	URL, Color, Icon  string
}

// ApplicationProject is a project and environment in which an application looks for flags.
type ApplicationProject struct {
	Application, Project, Environment string
	SeenAt                            time.Time
}

// Instance is a running copy of an application.
type Instance struct {
	Application, Environment, Instance string
	SDK                                string // name:version
	SDKType                            string // backend, frontend or empty
	ClientIP                           string
	CreatedAt, SeenAt                  time.Time
}

// rowsAtOnce is how many rows one statement writes.
const rowsAtOnce = 100

// upsert writes rows. Those that are there already are treated as the end of the
// statement says: "on conflict …". Rows must be sorted by their keys, so that two nodes
// cannot wait for each other, and no two may have the same.
func (tx *Tx) upsert(what, into, onConflict string, rows [][]any) error {
	for chunk := range slices.Chunk(rows, rowsAtOnce) {
		var args []any
		values := make([]string, len(chunk))
		for i, row := range chunk {
			list := make([]string, len(row))
			for j, value := range row {
				list[j] = placeholder(value, &args)
			}
			values[i] = "(" + strings.Join(list, ", ") + ")"
		}
		if _, err := tx.exec(what, "insert into "+into+" values "+strings.Join(values, ", ")+" "+onConflict, args...); err != nil {
			return err
		}
	}
	return nil
}

// AddUsage adds counts to those that are there. No two of them may have the same
// feature, environment, application and hour.
func (tx *Tx) AddUsage(counts []UsageCount) error {
	counts = slices.SortedFunc(slices.Values(counts), func(a, b UsageCount) int {
		return cmp.Or(cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Environment, b.Environment),
			cmp.Compare(a.Application, b.Application), a.Hour.Compare(b.Hour))
	})
	var hours, variants [][]any
	for _, c := range counts {
		hours = append(hours, []any{c.Feature, c.Environment, c.Application, stamp(c.Hour), c.Yes, c.No})
		names := make([]string, 0, len(c.Variants))
		for name := range c.Variants {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			variants = append(variants, []any{c.Feature, c.Environment, c.Application, stamp(c.Hour), name, c.Variants[name]})
		}
	}
	if err := tx.upsert("add usage", "usage_hours (feature, environment, application, hour, yes, no)",
		`on conflict (feature, environment, application, hour) do update
		set yes = usage_hours.yes + excluded.yes, no = usage_hours.no + excluded.no`, hours); err != nil {
		return err
	}
	return tx.upsert("add usage of variants", "usage_variants (feature, environment, application, hour, variant, count)",
		`on conflict (feature, environment, application, hour, variant) do update
		set count = usage_variants.count + excluded.count`, variants)
}

// PutUsageSeen notes uses of flags. First and Last widen what is there.
func (tx *Tx) PutUsageSeen(seen []UsageSeen) error {
	seen = slices.SortedFunc(slices.Values(seen), func(a, b UsageSeen) int {
		return cmp.Or(cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Environment, b.Environment))
	})
	var rows [][]any
	for _, s := range seen {
		rows = append(rows, []any{s.Feature, s.Environment, stamp(s.First), stamp(s.Last)})
	}
	return tx.upsert("put usage seen", "usage_seen (feature, environment, first_at, last_at)",
		`on conflict (feature, environment) do update set
		first_at = case when excluded.first_at < usage_seen.first_at then excluded.first_at else usage_seen.first_at end,
		last_at = case when excluded.last_at > usage_seen.last_at then excluded.last_at else usage_seen.last_at end`, rows)
}

// PutUnknownFlags notes names that no flag has.
func (tx *Tx) PutUnknownFlags(flags []UnknownFlag) error {
	flags = slices.SortedFunc(slices.Values(flags), func(a, b UnknownFlag) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Application, b.Application))
	})
	var rows [][]any
	for _, f := range flags {
		rows = append(rows, []any{f.Name, f.Environment, f.Application, stamp(f.At)})
	}
	return tx.upsert("put unknown flags", "unknown_flags (name, environment, application, at)",
		`on conflict (name, environment, application) do update set at = excluded.at`, rows)
}

// PutApplications notes applications that were seen. Of those that are there, the
// strategies are replaced unless there are none, and SeenAt; what describes them stays.
func (tx *Tx) PutApplications(applications []Application) error {
	applications = slices.SortedFunc(slices.Values(applications), func(a, b Application) int { return cmp.Compare(a.Name, b.Name) })
	var rows [][]any
	for _, a := range applications {
		row, err := a.row()
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return tx.upsert("put applications", applicationColumns,
		`on conflict (name) do update set seen_at = excluded.seen_at,
		strategies = case when excluded.strategies = '[]' then applications.strategies else excluded.strategies end`, rows)
}

// DescribeApplication stores an application with what describes it.
func (tx *Tx) DescribeApplication(a Application) error {
	row, err := a.row()
	if err != nil {
		return err
	}
	return tx.upsert("describe application", applicationColumns,
		`on conflict (name) do update set strategies = excluded.strategies, description = excluded.description,
		url = excluded.url, color = excluded.color, icon = excluded.icon`, [][]any{row})
}

const applicationColumns = "applications (name, created_at, seen_at, strategies, description, url, color, icon)"

func (a *Application) row() ([]any, error) {
	strategies, err := json.Marshal(append([]string{}, a.Strategies...))
	if err != nil {
		return nil, fmt.Errorf("store: strategies of application %q: %w", a.Name, err)
	}
	return []any{a.Name, stamp(a.CreatedAt), stamp(a.SeenAt), string(strategies), a.Description, a.URL, a.Color, a.Icon}, nil
}

// PutApplicationProjects notes where applications look for flags.
func (tx *Tx) PutApplicationProjects(projects []ApplicationProject) error {
	projects = slices.SortedFunc(slices.Values(projects), func(a, b ApplicationProject) int {
		return cmp.Or(cmp.Compare(a.Application, b.Application), cmp.Compare(a.Project, b.Project), cmp.Compare(a.Environment, b.Environment))
	})
	var rows [][]any
	for _, p := range projects {
		rows = append(rows, []any{p.Application, p.Project, p.Environment, stamp(p.SeenAt)})
	}
	return tx.upsert("put application projects", "application_projects (application, project, environment, seen_at)",
		`on conflict (application, project, environment) do update set seen_at = excluded.seen_at`, rows)
}

// PutInstances notes instances that were seen. What is empty leaves what is there.
func (tx *Tx) PutInstances(instances []Instance) error {
	instances = slices.SortedFunc(slices.Values(instances), func(a, b Instance) int {
		return cmp.Or(cmp.Compare(a.Application, b.Application), cmp.Compare(a.Environment, b.Environment), cmp.Compare(a.Instance, b.Instance))
	})
	var rows [][]any
	for _, i := range instances {
		rows = append(rows, []any{i.Application, i.Environment, i.Instance, i.SDK, i.SDKType, i.ClientIP, stamp(i.CreatedAt), stamp(i.SeenAt)})
	}
	return tx.upsert("put instances", `application_instances
		(application, environment, instance, sdk, sdk_type, client_ip, created_at, seen_at)`,
		`on conflict (application, environment, instance) do update set seen_at = excluded.seen_at,
		sdk = case when excluded.sdk = '' then application_instances.sdk else excluded.sdk end,
		sdk_type = case when excluded.sdk_type = '' then application_instances.sdk_type else excluded.sdk_type end,
		client_ip = case when excluded.client_ip = '' then application_instances.client_ip else excluded.client_ip end`, rows)
}

// DeleteApplication forgets an application, with its instances and where it looked.
// What it counted stays.
func (tx *Tx) DeleteApplication(name string) error {
	for _, statement := range []string{
		`delete from applications where name = $1`,
		`delete from application_projects where application = $1`,
		`delete from application_instances where application = $1`,
	} {
		if _, err := tx.exec("delete application", statement, name); err != nil {
			return err
		}
	}
	return nil
}

// Usage returns the counts of a flag in the hours that begin at since or later, by
// environment, application and hour.
func (db *DB) Usage(ctx context.Context, feature string, since time.Time) ([]UsageCount, error) {
	var counts []UsageCount
	type key struct {
		environment, application string
		hour                     time.Time
	}
	at := map[key]int{}
	err := db.each(ctx, "read usage", `select environment, application, hour, yes, no from usage_hours
		where feature = $1 and hour >= $2 order by environment, application, hour`, []any{feature, stamp(since)},
		func(scan func(...any) error) error {
			c := UsageCount{Feature: feature}
			if err := scan(&c.Environment, &c.Application, &c.Hour, &c.Yes, &c.No); err != nil {
				return db.failed("read usage", err)
			}
			c.Hour = stamp(c.Hour)
			at[key{c.Environment, c.Application, c.Hour}] = len(counts)
			counts = append(counts, c)
			return nil
		})
	if err != nil {
		return nil, err
	}
	err = db.each(ctx, "read usage of variants", `select environment, application, hour, variant, count from usage_variants
		where feature = $1 and hour >= $2`, []any{feature, stamp(since)},
		func(scan func(...any) error) error {
			var k key
			var variant string
			var count int64
			if err := scan(&k.environment, &k.application, &k.hour, &variant, &count); err != nil {
				return db.failed("read usage of variants", err)
			}
			k.hour = stamp(k.hour)
			// A flush may have come between the two queries.
			if i, ok := at[k]; ok {
				if counts[i].Variants == nil {
					counts[i].Variants = map[string]int64{}
				}
				counts[i].Variants[variant] = count
			}
			return nil
		})
	return counts, err
}

// CountUsage returns how many counts there are of the hours that begin from one time on and
// before another: of flags, and of their variants.
func (db *DB) CountUsage(ctx context.Context, from, to time.Time) (flags, variants int, err error) {
	err = db.reader.QueryRowContext(ctx, `select (select count(*) from usage_hours where hour >= $1 and hour < $2),
		(select count(*) from usage_variants where hour >= $1 and hour < $2)`, stamp(from), stamp(to)).Scan(&flags, &variants)
	return flags, variants, db.failed("count usage", err)
}

// UsageBetween returns how often flags were found on and off in the hours that begin from one time on and before
// another, by flag, environment and application; the hour is left out.
func (db *DB) UsageBetween(ctx context.Context, from, to time.Time) ([]UsageCount, error) {
	return readAll(ctx, db, "read usage between", `select feature, environment, application, sum(yes), sum(no) from usage_hours
		where hour >= $1 and hour < $2 group by feature, environment, application`, []any{stamp(from), stamp(to)},
		func(scan func(...any) error) (c UsageCount, err error) {
			return c, scan(&c.Feature, &c.Environment, &c.Application, &c.Yes, &c.No)
		})
}

// FeaturesUsedBy returns the names of the flags that an application has counted, sorted.
func (db *DB) FeaturesUsedBy(ctx context.Context, application string) ([]string, error) {
	return readAll(ctx, db, "read features used", `select distinct feature from usage_hours where application = $1 order by feature`,
		[]any{application}, func(scan func(...any) error) (string, error) {
			var feature string
			return feature, scan(&feature)
		})
}

// UsageSeen returns when flags were used, of those that were used at a time or later, by
// flag and environment.
func (db *DB) UsageSeen(ctx context.Context, since time.Time) ([]UsageSeen, error) {
	return readAll(ctx, db, "read usage seen", `select feature, environment, first_at, last_at from usage_seen
		where last_at >= $1 order by feature, environment`, []any{stamp(since)},
		func(scan func(...any) error) (s UsageSeen, err error) {
			err = scan(&s.Feature, &s.Environment, &s.First, &s.Last)
			s.First, s.Last = stamp(s.First), stamp(s.Last)
			return s, err
		})
}

// ForgetUsageSeen forgets when a flag was used.
func (tx *Tx) ForgetUsageSeen(feature string) error {
	_, err := tx.exec("forget usage seen", `delete from usage_seen where feature = $1`, feature)
	return err
}

// UsageSince returns how often each of some flags was found on and off in the hours that
// begin at since or later, all applications together, by flag and environment.
func (db *DB) UsageSince(ctx context.Context, since time.Time, features ...string) ([]UsageCount, error) {
	if len(features) == 0 {
		return nil, nil
	}
	args := []any{stamp(since)}
	return readAll(ctx, db, "read usage of flags", `select feature, environment, sum(yes), sum(no) from usage_hours
		where hour >= $1 and `+in("feature", features, &args)+` group by feature, environment order by feature, environment`, args,
		func(scan func(...any) error) (c UsageCount, err error) {
			return c, scan(&c.Feature, &c.Environment, &c.Yes, &c.No)
		})
}

// UnknownFlags returns the names that were asked for and that no flag had, by name,
// environment and application.
func (db *DB) UnknownFlags(ctx context.Context) ([]UnknownFlag, error) {
	return readAll(ctx, db, "read unknown flags", `select name, environment, application, at from unknown_flags
		order by name, environment, application`, nil,
		func(scan func(...any) error) (f UnknownFlag, err error) {
			err = scan(&f.Name, &f.Environment, &f.Application, &f.At)
			f.At = stamp(f.At)
			return f, err
		})
}

// Applications returns all applications by name.
func (db *DB) Applications(ctx context.Context) ([]Application, error) {
	return readAll(ctx, db, "read applications", `select name, created_at, seen_at, strategies, description, url, color, icon
		from applications order by name`, nil,
		func(scan func(...any) error) (a Application, err error) {
			var strategies string
			if err := scan(&a.Name, &a.CreatedAt, &a.SeenAt, &strategies, &a.Description, &a.URL, &a.Color, &a.Icon); err != nil {
				return a, err
			}
			a.CreatedAt, a.SeenAt = stamp(a.CreatedAt), stamp(a.SeenAt)
			return a, json.Unmarshal([]byte(strategies), &a.Strategies)
		})
}

// ApplicationProjects returns where applications look for flags, by application, project
// and environment.
func (db *DB) ApplicationProjects(ctx context.Context) ([]ApplicationProject, error) {
	return readAll(ctx, db, "read application projects", `select application, project, environment, seen_at
		from application_projects order by application, project, environment`, nil,
		func(scan func(...any) error) (p ApplicationProject, err error) {
			err = scan(&p.Application, &p.Project, &p.Environment, &p.SeenAt)
			p.SeenAt = stamp(p.SeenAt)
			return p, err
		})
}

// Instances returns the instances of an application, or all if it is empty, by application,
// environment and name.
func (db *DB) Instances(ctx context.Context, application string) ([]Instance, error) {
	query, args := `select application, environment, instance, sdk, sdk_type, client_ip, created_at, seen_at
		from application_instances`, []any(nil)
	if application != "" {
		query += ` where application = ` + placeholder(application, &args)
	}
	return readAll(ctx, db, "read instances", query+` order by application, environment, instance`, args,
		func(scan func(...any) error) (i Instance, err error) {
			err = scan(&i.Application, &i.Environment, &i.Instance, &i.SDK, &i.SDKType, &i.ClientIP, &i.CreatedAt, &i.SeenAt)
			i.CreatedAt, i.SeenAt = stamp(i.CreatedAt), stamp(i.SeenAt)
			return i, err
		})
}

// UsageRetention says from which time on each sort of row is kept.
type UsageRetention struct {
	Hours, UnknownFlags, Instances, Applications time.Time
}

// PruneUsage deletes what is older than it is kept, and returns how many rows.
func (db *DB) PruneUsage(ctx context.Context, keep UsageRetention) (int, error) {
	total := 0
	for _, prune := range []struct {
		statement string
		before    time.Time
	}{
		{`delete from usage_hours where hour < $1`, keep.Hours},
		{`delete from usage_variants where hour < $1`, keep.Hours},
		{`delete from unknown_flags where at < $1`, keep.UnknownFlags},
		{`delete from application_instances where seen_at < $1`, keep.Instances},
		{`delete from application_projects where seen_at < $1`, keep.Applications},
		{`delete from applications where seen_at < $1`, keep.Applications},
	} {
		n, err := db.exec(ctx, "prune usage", prune.statement, stamp(prune.before))
		if err != nil {
			return total, err
		}
		total += n
	}
	return total, nil
}

// readAll runs a query and returns what read makes of each row.
func readAll[T any](ctx context.Context, db *DB, what, query string, args []any, read func(scan func(...any) error) (T, error)) ([]T, error) {
	var all []T
	err := db.each(ctx, what, query, args, func(scan func(...any) error) error {
		row, err := read(scan)
		if err != nil {
			return db.failed(what, err)
		}
		all = append(all, row)
		return nil
	})
	return all, err
}
