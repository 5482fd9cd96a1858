package usage

import (
	"strconv"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/store"
)

// Counts say how often a flag was found on and off, and which variants were given.
// They are of one flag in one report or hour. A flag can be asked for without a variant, so Variants need not add up to Yes.
type Counts struct {
	Yes, No  int64
	Variants map[string]int64 // by name
}

// Report is what an application counted in an environment.
// Its texts are what a client sent; they are cut where they are kept.
type Report struct {
	Application, Environment string
	// At is when the application stopped counting. The counts are booked in its hour, or
	// in the present one if it lies further off than usage is kept.
	At       time.Time
	Features map[string]Counts
}

// Count takes a report. Flags that were found neither on nor off are left out, and
// names that no flag has are noted as unknown flags.
// Nothing is refused: SDKs would send the same again. What does not fit is dropped, and counted in Dropped.
func (u *Usage) Count(r Report) {
	now := u.Now().UTC()
	hour := r.At.UTC().Truncate(time.Hour)
	if hour.After(now) || hour.Before(now.Add(-keepHours)) {
		hour = now.Truncate(time.Hour)
	}
	application, environment := short(r.Application), short(r.Environment)
	u.mu.Lock()
	defer u.mu.Unlock()
	for feature, c := range r.Features {
		if c.Yes == 0 && c.No == 0 {
			continue
		}
		if !u.Known(feature) {
			u.noteUnknown(short(feature), environment, application, now)
			continue
		}
		// The name is a part of the whole request's body, which would stay in memory with it.
		key := countKey{strings.Clone(feature), environment, application, hour}
		if u.admitCount(key, now) {
			c.Variants = u.admitVariants(key, c.Variants, now)
			u.pending.add(key, c)
			// When it was used is now, also if the report is of an earlier hour: clients' clocks are not believed.
			u.pending.see(key.feature, environment, now, now)
			// The store keeps the first time of each; in memory, the flag may be in the stage for long already.
			u.pending.enter(key.feature, StagePreLive, now)
			if u.Live(key.feature, environment) {
				u.pending.enter(key.feature, StageLive, now)
			}
		}
	}
}

// maxPending bounds how many counts wait while the database is away.
// The quota of an hour can be used up again in the next, so it alone would not bound the memory.
const maxPending = 250_000

// admitCount reports whether a count may be kept.
func (u *Usage) admitCount(key countKey, now time.Time) bool {
	if _, waits := u.pending.counts[key]; !waits && len(u.pending.counts) >= maxPending {
		u.dropped++
		return false
	}
	return u.admit(&u.quotas.counts, now, key.feature, key.environment, key.application, strconv.FormatInt(key.hour.Unix(), 10))
}

// admitVariants returns the variants that may be counted with a flag.
// Counts of 0 and less are left out. The names are cut, and two that are the same then are added up.
func (u *Usage) admitVariants(key countKey, variants map[string]int64, now time.Time) map[string]int64 {
	if len(variants) == 0 {
		return nil
	}
	kept := make(map[string]int64, len(variants))
	for name, n := range variants {
		if name = short(name); n > 0 && u.admit(&u.quotas.variants, now, key.feature, key.environment, key.application, name) {
			kept[name] += n
		}
	}
	return kept
}

// noteUnknown notes that a name was asked for that no flag has. Of several times, the last one counts.
func (u *Usage) noteUnknown(name, environment, application string, now time.Time) {
	if u.admit(&u.quotas.unknown, now, name, environment, application) {
		u.pending.unknown[unknownKey{name, environment, application}] = store.UnknownFlag{
			Name: name, Environment: environment, Application: application, At: now,
		}
	}
}

// SDKType says where an SDK runs.
type SDKType string

// The types of SDKs.
const (
	Backend  SDKType = "backend"
	Frontend SDKType = "frontend"
)

// Presence says that an instance of an application is running. Its texts may be anything; they are cut to be kept.
// An empty Instance becomes "default".
type Presence struct {
	Application, Environment, Instance string
	Projects                           []string // that its token sees; "*": all
	SDK                                string   // name:version; may be empty
	SDKType                            SDKType
	Strategies                         []string // that its SDK knows; may be empty
	ClientIP                           string   // may be empty
}

// Register notes that an instance is running.
func (u *Usage) Register(p Presence) {
	now := u.Now().UTC()
	application, environment, instance := short(p.Application), short(p.Environment), short(p.Instance)
	if instance == "" {
		instance = "default"
	}
	strategies := make([]string, 0, len(p.Strategies))
	for _, s := range p.Strategies[:min(len(p.Strategies), maxStrategies)] {
		strategies = append(strategies, short(s))
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	// Without the application there is nothing to list its places and instances under.
	if !u.admit(&u.quotas.applications, now, application) {
		return
	}
	u.pending.put(store.Application{Name: application, CreatedAt: now, SeenAt: now, Strategies: strategies})
	for _, project := range p.Projects {
		project = short(project)
		if !u.admit(&u.quotas.places, now, application, project, environment) {
			continue
		}
		u.pending.projects[projectKey{application, project, environment}] = store.ApplicationProject{
			Application: application, Project: project, Environment: environment, SeenAt: now,
		}
	}
	if u.admit(&u.quotas.instances, now, application, environment, instance) {
		u.pending.putInstance(store.Instance{
			Application: application, Environment: environment, Instance: instance,
			SDK: short(p.SDK), SDKType: string(p.SDKType), ClientIP: short(p.ClientIP), CreatedAt: now, SeenAt: now,
		})
	}
}

// maxStrategies bounds how many strategies of an application are kept.
const maxStrategies = 100

// maxText bounds names that clients choose, in bytes.
const maxText = 255

// short returns a name that is fit to be stored: valid UTF-8 without NUL, cut if it is
// too long. It does not keep a larger text alive of which it is a part.
// The cut may fall into the middle of a character, which is then dropped.
func short(text string) string {
	text = strings.ReplaceAll(text[:min(len(text), maxText)], "\x00", "")
	return strings.Clone(strings.ToValidUTF8(text, ""))
}
