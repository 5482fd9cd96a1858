package state

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/window"
)

// SnapshotFormat names the form that Snapshot writes. A snapshot of another form
// is not read: snapshots are a cache, and the fold makes them anew.
const SnapshotFormat = 1

// snapshot is a State as JSON: the tables as lists in key order, no indexes.
type snapshot struct {
	Head     ledger.Head `json:"head"`
	At       time.Time   `json:"at"`
	LedgerID string      `json:"ledgerId"`
	Format   int         `json:"format"`
	Counters counters    `json:"counters"`

	Projects      []*flag.Project             `json:"projects"`
	Environments  []*flag.Environment         `json:"environments"`
	Flags         []*flag.Flag                `json:"flags"`
	Segments      []*flag.Segment             `json:"segments"`
	ContextFields []*flag.ContextField        `json:"contextFields"`
	TagTypes      []*flag.TagType             `json:"tagTypes"`
	Tags          []flag.Tag                  `json:"tags"`
	StrategyTypes []*flag.StrategyType        `json:"strategyTypes"`
	FeatureTypes  []*flag.FeatureType         `json:"featureTypes"`
	Tokens        []*access.APIToken          `json:"tokens"`
	Settings      []entry[string]             `json:"settings"`
	Rules         []entry[changerequest.Rule] `json:"rules"`
	Lost          []ledger.Head               `json:"lost"`
	Served        []entry[ledger.Head]        `json:"served"`

	Roles          []*access.Role          `json:"roles,omitempty"`
	Accounts       []*access.Account       `json:"accounts,omitempty"`
	PersonalTokens []*access.PersonalToken `json:"personalTokens,omitempty"`
	Groups         []*access.Group         `json:"groups,omitempty"`
	Assignments    []*Assignment           `json:"assignments,omitempty"`

	ChangeRequests []*changerequest.Request `json:"changeRequests,omitempty"`
	Windows        []*window.Window         `json:"windows,omitempty"`
	Integrations   []*Integration           `json:"integrations,omitempty"`
}

// entry is a row of a table whose values do not carry their own key.
type entry[V any] struct {
	Key   string `json:"key"`
	Value V      `json:"value"`
}

// Snapshot returns the state as bytes that Restore reads. Equal states have equal
// snapshots.
func Snapshot(s *State) ([]byte, error) {
	snap := snapshot{
		Head: s.head, At: s.at, LedgerID: s.ledgerID, Format: s.format, Counters: s.counters,
		Projects:      slices.Collect(s.projects.values("")),
		Environments:  slices.Collect(s.environments.values("")),
		Flags:         slices.Collect(s.flags.values("")),
		Segments:      slices.Collect(s.segments.values("")),
		ContextFields: slices.Collect(s.contextFields.values("")),
		TagTypes:      slices.Collect(s.tagTypes.values("")),
		Tags:          slices.Collect(s.tags.values("")),
		StrategyTypes: slices.Collect(s.strategyTypes.values("")),
		FeatureTypes:  slices.Collect(s.featureTypes.values("")),
		Tokens:        slices.Collect(s.tokens.values("")),
		Settings:      entries(s.settings),
		Rules:         entries(s.rules),
		Lost:          slices.Collect(s.lost.values("")),
		Served:        entries(s.served),

		Roles:          slices.Collect(s.roles.values("")),
		Accounts:       slices.Collect(s.accounts.values("")),
		PersonalTokens: slices.Collect(s.personalTokens.values("")),
		Groups:         slices.Collect(s.groups.values("")),
		Assignments:    slices.Collect(s.assignments.values("")),

		ChangeRequests: slices.Collect(s.requests.values("")),
		Windows:        slices.Collect(s.windows.values("")),
		Integrations:   slices.Collect(s.integrations.values("")),
	}
	data, err := json.Marshal(snap)
	if err != nil {
		return nil, fmt.Errorf("state: snapshot at revision %d: %w", s.head.Revision, err)
	}
	return data, nil
}

// Restore returns the state that Snapshot was given. It fails if a newer release had
// raised the ledger's format by then.
func Restore(data []byte) (*State, error) {
	var snap snapshot
	if err := json.Unmarshal(data, &snap); err != nil {
		return nil, fmt.Errorf("state: restore snapshot: %w", err)
	}
	if snap.Format > Format {
		return nil, fmt.Errorf("state: restore snapshot: %w", errNewer)
	}
	s := &State{
		head: snap.Head, at: snap.At,
		ledgerID: snap.LedgerID, format: snap.Format, counters: snap.Counters,

		projects:      tableOf(snap.Projects, func(p *flag.Project) string { return string(p.ID) }),
		environments:  tableOf(snap.Environments, func(e *flag.Environment) string { return string(e.Name) }),
		segments:      tableOf(snap.Segments, func(seg *flag.Segment) string { return number(seg.ID) }),
		contextFields: tableOf(snap.ContextFields, func(f *flag.ContextField) string { return f.Name }),
		tagTypes:      tableOf(snap.TagTypes, func(t *flag.TagType) string { return t.Name }),
		tags:          tableOf(snap.Tags, func(t flag.Tag) string { return pair(t.Type, t.Value) }),
		strategyTypes: tableOf(snap.StrategyTypes, func(t *flag.StrategyType) string { return t.Name }),
		featureTypes:  tableOf(snap.FeatureTypes, func(t *flag.FeatureType) string { return t.ID }),
		settings:      tableOfEntries(snap.Settings),
		rules:         tableOfEntries(snap.Rules),
		lost:          tableOf(snap.Lost, func(head ledger.Head) string { return head.Hash.String() }),
		served:        tableOfEntries(snap.Served),

		roles:        tableOf(snap.Roles, func(r *access.Role) string { return number(r.ID) }),
		accounts:     tableOf(snap.Accounts, func(a *access.Account) string { return number(a.ID) }),
		windows:      tableOf(snap.Windows, func(w *window.Window) string { return number(w.ID) }),
		integrations: tableOf(snap.Integrations, func(i *Integration) string { return number(i.ID) }),
	}
	// What has indexes is put in as the fold does it, which makes them.
	for _, f := range snap.Flags {
		s.putFlag(f)
	}
	for _, t := range snap.Tokens {
		s.putToken(t)
	}
	for _, t := range snap.PersonalTokens {
		s.putPersonalToken(t)
	}
	for _, g := range snap.Groups {
		if err := s.putGroup(g); err != nil {
			return nil, fmt.Errorf("state: restore snapshot: group %d: %w", g.ID, err)
		}
	}
	for _, a := range snap.Assignments {
		s.putAssignment(a)
	}
	for _, r := range snap.ChangeRequests {
		s.putRequest(r)
	}
	return s, nil
}

// Digest returns the hex SHA-256 of the state's snapshot: two nodes, or a fold
// made anew, can compare all that they hold by it.
func Digest(s *State) (string, error) {
	data, err := Snapshot(s)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:]), nil
}

func entries[V any](t table[V]) []entry[V] {
	var list []entry[V]
	for key, v := range t.all() {
		list = append(list, entry[V]{key, v})
	}
	return list
}

func tableOf[V any](list []V, key func(V) string) table[V] {
	var t table[V]
	for _, v := range list {
		t = t.with(key(v), v)
	}
	return t
}

func tableOfEntries[V any](list []entry[V]) table[V] {
	var t table[V]
	for _, e := range list {
		t = t.with(e.Key, e.Value)
	}
	return t
}
