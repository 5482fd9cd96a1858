package usage

import (
	"maps"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// What waits between two flushes. Reports are folded into it as they come, so its size depends on how many different things
// were named (quota.go bounds that), not on how many reports there were. Usage.mu guards it; nothing here locks.

// pending is what was reported and is not written down yet.
type pending struct {
	counts       map[countKey]*Counts
	seen         map[seenKey]*store.UsageSeen
	stages       map[stageKey]store.FlagStage
	unknown      map[unknownKey]store.UnknownFlag
	applications map[string]store.Application
	projects     map[projectKey]store.ApplicationProject
	instances    map[instanceKey]store.Instance
}

type (
	countKey struct {
		feature, environment, application string
		// in UTC, the beginning of the hour
		hour time.Time
	}
	seenKey     struct{ feature, environment string }
	stageKey    struct{ feature, stage string }
	unknownKey  struct{ name, environment, application string }
	projectKey  struct{ application, project, environment string }
	instanceKey struct{ application, environment, instance string }
)

func newPending() *pending {
	return &pending{
		counts:       map[countKey]*Counts{},
		seen:         map[seenKey]*store.UsageSeen{},
		stages:       map[stageKey]store.FlagStage{},
		unknown:      map[unknownKey]store.UnknownFlag{},
		applications: map[string]store.Application{},
		projects:     map[projectKey]store.ApplicationProject{},
		instances:    map[instanceKey]store.Instance{},
	}
}

// count returns the row of a key with its counts.
func (k countKey) count(c *Counts) store.UsageCount {
	return store.UsageCount{
		Feature: k.feature, Environment: k.environment, Application: k.application, Hour: k.hour,
		Yes: c.Yes, No: c.No, Variants: c.Variants,
	}
}

// add adds counts under a key, up to what can be kept.
// A client may send any number, so a sum stops at the bound instead of overflowing.
func (p *pending) add(key countKey, c Counts) {
	have := p.counts[key]
	if have == nil {
		have = &Counts{}
		p.counts[key] = have
	}
	have.Yes = min(have.Yes+c.Yes, store.MostUsage)
	have.No = min(have.No+c.No, store.MostUsage)
	for name, n := range c.Variants {
		if have.Variants == nil {
			have.Variants = map[string]int64{}
		}
		have.Variants[name] = min(have.Variants[name]+n, store.MostUsage)
	}
}

// see notes that a flag was used.
// The times may come in any order: merge adds later reports to earlier ones.
func (p *pending) see(feature, environment string, first, last time.Time) {
	key := seenKey{feature, environment}
	have := p.seen[key]
	if have == nil {
		p.seen[key] = &store.UsageSeen{Feature: feature, Environment: environment, First: first, Last: last}
		return
	}
	if first.Before(have.First) {
		have.First = first
	}
	if last.After(have.Last) {
		have.Last = last
	}
}

// enter notes that a flag has come into a stage of its life, unless that is noted already.
// The first time counts. The store keeps it so as well, for stages that were entered before a restart.
func (p *pending) enter(feature, stage string, at time.Time) {
	key := stageKey{feature, stage}
	if _, ok := p.stages[key]; !ok {
		p.stages[key] = store.FlagStage{Feature: feature, Stage: stage, At: at}
	}
}

// forgetFlag drops what is noted about a flag beside its counts.
// What SDKs counted of a flag that is deleted stays with its name until it is old.
func (p *pending) forgetFlag(feature string) {
	maps.DeleteFunc(p.seen, func(k seenKey, _ *store.UsageSeen) bool { return k.feature == feature })
	maps.DeleteFunc(p.stages, func(k stageKey, _ store.FlagStage) bool { return k.feature == feature })
}

// put notes an application. A later report replaces an earlier one, but for what it
// does not say.
// Metrics do not say which strategies an SDK knows, registrations do.
func (p *pending) put(a store.Application) {
	if have, ok := p.applications[a.Name]; ok {
		a.CreatedAt = have.CreatedAt
		if len(a.Strategies) == 0 {
			a.Strategies = have.Strategies
		}
	}
	p.applications[a.Name] = a
}

// putInstance notes an instance in the same way.
func (p *pending) putInstance(i store.Instance) {
	key := instanceKey{i.Application, i.Environment, i.Instance}
	if have, ok := p.instances[key]; ok {
		i.CreatedAt = have.CreatedAt
		if i.SDK == "" {
			i.SDK, i.SDKType = have.SDK, have.SDKType
		}
		if i.ClientIP == "" {
			i.ClientIP = have.ClientIP
		}
	}
	p.instances[key] = i
}

// merge adds what was reported later.
// The receiver is the older one, which could not be written.
func (p *pending) merge(later *pending) {
	for key, c := range later.counts {
		p.add(key, *c)
	}
	for _, s := range later.seen {
		p.see(s.Feature, s.Environment, s.First, s.Last)
	}
	for _, s := range later.stages {
		p.enter(s.Feature, s.Stage, s.At)
	}
	maps.Copy(p.unknown, later.unknown)
	for _, a := range later.applications {
		p.put(a)
	}
	maps.Copy(p.projects, later.projects)
	for _, i := range later.instances {
		p.putInstance(i)
	}
}

// hasOnlyCounts reports whether the first transaction of a flush can be left out.
func (p *pending) hasOnlyCounts() bool {
	return len(p.seen)+len(p.stages)+len(p.unknown)+len(p.applications)+len(p.projects)+len(p.instances) == 0
}

// uses returns when flags were used, and which stages they entered by that.
func (p *pending) uses() ([]store.UsageSeen, []store.FlagStage) {
	seen := make([]store.UsageSeen, 0, len(p.seen))
	for _, s := range p.seen {
		seen = append(seen, *s)
	}
	return seen, slices.Collect(maps.Values(p.stages))
}

// putAllButCounts stores everything that is not a count; storing it twice does no harm.
func (p *pending) putAllButCounts(tx *store.Tx) error {
	seen, stages := p.uses()
	if err := tx.PutUsageSeen(seen); err != nil {
		return err
	}
	if err := tx.PutFlagStages(stages); err != nil {
		return err
	}
	if err := tx.PutUnknownFlags(slices.Collect(maps.Values(p.unknown))); err != nil {
		return err
	}
	if err := tx.PutApplications(slices.Collect(maps.Values(p.applications))); err != nil {
		return err
	}
	if err := tx.PutApplicationProjects(slices.Collect(maps.Values(p.projects))); err != nil {
		return err
	}
	return tx.PutInstances(slices.Collect(maps.Values(p.instances)))
}

// forgetAllButCounts drops what putAllButCounts has stored.
func (p *pending) forgetAllButCounts() {
	clear(p.seen)
	clear(p.stages)
	clear(p.unknown)
	clear(p.applications)
	clear(p.projects)
	clear(p.instances)
}
