package store

import (
	"context"
	"fmt"
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

// MostUsage is the most that is counted of one thing in an hour, whatever is added: a
// sum over all that there is stays a number of 64 bits.
const MostUsage = 100_000_000_000

// AddUsage adds counts, each MostUsage at most, to those that are there. No two of them may have
// the same feature, environment, application and hour.
func (tx *Tx) AddUsage(counts []UsageCount) error {
	var hours, variants [][]any
	for _, c := range counts {
		hours = append(hours, []any{c.Feature, c.Environment, c.Application, stamp(c.Hour), c.Yes, c.No})
		for name, count := range c.Variants {
			variants = append(variants, []any{c.Feature, c.Environment, c.Application, stamp(c.Hour), name, count})
		}
	}
	sum := func(table, column string) string {
		both := fmt.Sprintf("%[1]s.%[2]s + excluded.%[2]s", table, column)
		return fmt.Sprintf("%s = case when %s > %d then %[3]d else %[2]s end", column, both, MostUsage)
	}
	if err := tx.upsert("add usage", "usage_hours (feature, environment, application, hour, yes, no)",
		"on conflict (feature, environment, application, hour) do update set "+sum("usage_hours", "yes")+", "+sum("usage_hours", "no"), hours); err != nil {
		return err
	}
	return tx.upsert("add usage of variants", "usage_variants (feature, environment, application, hour, variant, count)",
		"on conflict (feature, environment, application, hour, variant) do update set "+sum("usage_variants", "count"), variants)
}

// PutUsageSeen notes uses of flags. First and Last widen what is there.
func (tx *Tx) PutUsageSeen(seen []UsageSeen) error {
	var rows [][]any
	for _, s := range seen {
		rows = append(rows, []any{s.Feature, s.Environment, stamp(s.First), stamp(s.Last)})
	}
	return tx.upsert("put usage seen", "usage_seen (feature, environment, first_at, last_at)",
		`on conflict (feature, environment) do update set
		first_at = case when excluded.first_at < usage_seen.first_at then excluded.first_at else usage_seen.first_at end,
		last_at = case when excluded.last_at > usage_seen.last_at then excluded.last_at else usage_seen.last_at end`, rows)
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
			err = scan(&c.Feature, &c.Environment, &c.Application, &c.Yes, &c.No)
			return c, err
		})
}

// FeaturesUsedBy returns the names of the flags that an application has counted, sorted.
func (db *DB) FeaturesUsedBy(ctx context.Context, application string) ([]string, error) {
	return readAll(ctx, db, "read features used", `select distinct feature from usage_hours where application = $1 order by feature`,
		[]any{application}, func(scan func(...any) error) (feature string, err error) {
			err = scan(&feature)
			return feature, err
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
			err = scan(&c.Feature, &c.Environment, &c.Yes, &c.No)
			return c, err
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
