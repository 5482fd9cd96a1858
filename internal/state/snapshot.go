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
	}
	for _, p := range snap.Projects {
		s.projects = s.projects.with(string(p.ID), p)
	}
	for _, e := range snap.Environments {
		s.environments = s.environments.with(string(e.Name), e)
	}
	for _, f := range snap.Flags {
		s.putFlag(f)
	}
	for _, seg := range snap.Segments {
		s.segments = s.segments.with(number(seg.ID), seg)
	}
	for _, f := range snap.ContextFields {
		s.contextFields = s.contextFields.with(f.Name, f)
	}
	for _, t := range snap.TagTypes {
		s.tagTypes = s.tagTypes.with(t.Name, t)
	}
	for _, t := range snap.Tags {
		s.tags = s.tags.with(pair(t.Type, t.Value), t)
	}
	for _, t := range snap.StrategyTypes {
		s.strategyTypes = s.strategyTypes.with(t.Name, t)
	}
	for _, t := range snap.FeatureTypes {
		s.featureTypes = s.featureTypes.with(t.ID, t)
	}
	for _, t := range snap.Tokens {
		s.putToken(t)
	}
	for _, e := range snap.Settings {
		s.settings = s.settings.with(e.Key, e.Value)
	}
	for _, e := range snap.Rules {
		s.rules = s.rules.with(e.Key, e.Value)
	}
	for _, head := range snap.Lost {
		s.lost = s.lost.with(head.Hash.String(), head)
	}
	for _, e := range snap.Served {
		s.served = s.served.with(e.Key, e.Value)
	}
	for _, r := range snap.Roles {
		s.roles = s.roles.with(number(r.ID), r)
	}
	for _, a := range snap.Accounts {
		s.accounts = s.accounts.with(number(a.ID), a)
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
	for _, w := range snap.Windows {
		s.windows = s.windows.with(number(w.ID), w)
	}
	for _, i := range snap.Integrations {
		s.integrations = s.integrations.with(number(i.ID), i)
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
