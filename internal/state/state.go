// Package state is the fold of the ledger: what all events up to one add up to.
//
// A State is immutable and exists only at the end of a batch. Fold makes the next
// one from it; both share everything that the batch did not touch, so a preview
// of one change in ten thousand flags costs what it touches. The package holds the
// event payloads (one Go type for each event type), the fold, snapshots, and the
// queries over a State.
//
// Deciding which events a command leads to does not belong here but in decide and
// app; neither do the shapes that an API shows.
package state

import (
	"iter"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/window"
)

// State is everything that the ledger says at one revision.
//
// The zero value is the state of an empty ledger.
type State struct {
	head     ledger.Head
	at       time.Time
	ledgerID string
	format   int
	counters counters

	projects      table[*flag.Project]
	environments  table[*flag.Environment]
	flags         table[*flag.Flag]
	segments      table[*flag.Segment]
	contextFields table[*flag.ContextField]
	tagTypes      table[*flag.TagType]
	tags          table[flag.Tag] // pair(type, value)
	strategyTypes table[*flag.StrategyType]
	featureTypes  table[*flag.FeatureType]
	tokens        table[*access.APIToken]
	settings      table[string]             // JSON by setting id
	rules         table[changerequest.Rule] // pair(project, environment)
	windows       table[*window.Window]
	lost          table[ledger.Head] // by hash
	integrations  table[*Integration]

	roles          table[*access.Role]
	accounts       table[*access.Account]
	personalTokens table[*access.PersonalToken]
	groups         table[*access.Group]
	assignments    table[*Assignment] // pair(project, subject)

	requests table[*changerequest.Request] // those that are open

	// Indexes, derived from the tables above.
	flagsOf        table[flag.Name] // pair(project, name)
	children       table[flag.Name] // pair(parent, child)
	segmentUsers   table[flag.Name] // number(segment) + name of the flag
	tokensByDigest table[*access.APIToken]

	personalTokensOf       table[*access.PersonalToken] // number(account) + number(token)
	personalTokensByDigest table[*access.PersonalToken]
	groupsOf               table[int64]       // number(account) + number(group)
	assignmentsOf          table[*Assignment] // subject + project

	requestsOf        table[*changerequest.Request] // pair(project, request)
	requestsByFlag    table[*changerequest.Request] // pair(flag, request)
	requestsBySegment table[*changerequest.Request] // number(segment) + number(request)
	pendingRequests   table[*changerequest.Request] // place and author

	scheduled table[*changerequest.Request] // all that are, by time: number(time) + number(request)
	due       table[*changerequest.Request] // those that will run when their time comes, by time
	dueOn     table[*changerequest.Request] // of those of due, by pair(flag, request): each flag that it names

	// served holds, for each environment, the head of the last batch that changed
	// what SDKs are sent there; the key "" stands for all environments.
	served table[ledger.Head]
}

// counters are the last ids that were given out. Ids are never used again.
type counters struct {
	Segment int64 `json:"segment"`
	Token   int64 `json:"token"`

	Account       int64 `json:"account,omitempty"`
	PersonalToken int64 `json:"personalToken,omitempty"`
	Group         int64 `json:"group,omitempty"`
	Role          int64 `json:"role,omitempty"`

	ChangeRequest int64 `json:"changeRequest,omitempty"`
	Change        int64 `json:"change,omitempty"`

	Window      int64 `json:"window,omitempty"`
	Integration int64 `json:"integration,omitempty"`
}

// Head returns the revision and hash of the last event.
func (s *State) Head() ledger.Head { return s.head }

// Revision returns the position of the last event, 0 for an empty ledger.
func (s *State) Revision() int64 { return s.head.Revision }

// At returns the time of the last batch.
func (s *State) At() time.Time { return s.at }

// LedgerID returns the ledger's own id, empty for an empty ledger.
func (s *State) LedgerID() string { return s.ledgerID }

// Format returns the format that the ledger has been raised to: which event
// types may be written.
func (s *State) Format() int { return s.format }

// Lost reports whether a head was lost when the database was restored from a backup,
// and that was accepted.
func (s *State) Lost(head ledger.Head) bool {
	lost, ok := s.lost.get(head.Hash.String())
	return ok && lost == head
}

// Served returns the head of the last batch that changed what SDKs of an
// environment are sent.
func (s *State) Served(env flag.EnvironmentName) ledger.Head {
	head, _ := s.served.get("")
	if h, ok := s.served.get(string(env)); ok && h.Revision > head.Revision {
		head = h
	}
	return head
}

// NextSegmentID returns the id that the next segment gets.
func (s *State) NextSegmentID() flag.SegmentID { return flag.SegmentID(s.counters.Segment + 1) }

// NextTokenID returns the id that the next API token gets.
func (s *State) NextTokenID() int64 { return s.counters.Token + 1 }

// Project returns a project, archived ones included, or nil.
func (s *State) Project(id flag.ProjectID) *flag.Project {
	p, _ := s.projects.get(string(id))
	return p
}

// Projects yields all projects, archived ones included, by id.
func (s *State) Projects() iter.Seq[*flag.Project] { return s.projects.values("") }

// Environment returns an environment or nil.
func (s *State) Environment(name flag.EnvironmentName) *flag.Environment {
	e, _ := s.environments.get(string(name))
	return e
}

// Environments returns all environments in their sort order, then by name.
func (s *State) Environments() []*flag.Environment {
	all := slices.Collect(s.environments.values(""))
	slices.SortStableFunc(all, func(a, b *flag.Environment) int { return a.SortOrder - b.SortOrder })
	return all
}

// Flag returns a flag, archived ones included, or nil.
func (s *State) Flag(name flag.Name) *flag.Flag {
	f, _ := s.flags.get(string(name))
	return f
}

// Live reports whether a flag is on in an environment that customers depend on.
func (s *State) Live(name flag.Name, env flag.EnvironmentName) bool {
	e := s.Environment(env)
	if e == nil || e.Type != flag.Production {
		return false
	}
	f := s.Flag(name)
	return f != nil && !f.Archived() && f.In(env) != nil && f.In(env).Enabled
}

// FlagCount returns the number of flags, archived ones included.
func (s *State) FlagCount() int { return s.flags.len() }

// Flags yields all flags, archived ones included, by name.
func (s *State) Flags() iter.Seq[*flag.Flag] { return s.flags.values("") }

// FlagsOf yields a project's flags, archived ones included, by name.
func (s *State) FlagsOf(p flag.ProjectID) iter.Seq[*flag.Flag] {
	flags, names := s.flags, s.flagsOf // as they are now, whatever the fold does meanwhile
	return func(yield func(*flag.Flag) bool) {
		for name := range names.values(pair(p, "")) {
			f, _ := flags.get(string(name))
			if !yield(f) {
				return
			}
		}
	}
}

// Children yields the names of the flags that depend on a flag.
func (s *State) Children(parent flag.Name) iter.Seq[flag.Name] {
	return s.children.values(pair(parent, ""))
}

// Segment returns a segment or nil.
func (s *State) Segment(id flag.SegmentID) *flag.Segment {
	seg, _ := s.segments.get(number(id))
	return seg
}

// Segments yields all segments by id.
func (s *State) Segments() iter.Seq[*flag.Segment] { return s.segments.values("") }

// SegmentCount returns the number of segments.
func (s *State) SegmentCount() int { return s.segments.len() }

// SegmentUsers yields the names of the flags with a strategy that uses the segment.
func (s *State) SegmentUsers(id flag.SegmentID) iter.Seq[flag.Name] {
	return s.segmentUsers.values(number(id))
}

// ContextField returns a context field or nil.
func (s *State) ContextField(name string) *flag.ContextField {
	f, _ := s.contextFields.get(name)
	return f
}

// ContextFields returns all context fields in their sort order, then by name.
func (s *State) ContextFields() []*flag.ContextField {
	all := slices.Collect(s.contextFields.values(""))
	slices.SortStableFunc(all, func(a, b *flag.ContextField) int { return a.SortOrder - b.SortOrder })
	return all
}

// TagType returns a tag type or nil.
func (s *State) TagType(name string) *flag.TagType {
	t, _ := s.tagTypes.get(name)
	return t
}

// TagTypes yields all tag types by name.
func (s *State) TagTypes() iter.Seq[*flag.TagType] { return s.tagTypes.values("") }

// HasTag reports whether the tag exists.
func (s *State) HasTag(t flag.Tag) bool { return s.tags.has(pair(t.Type, t.Value)) }

// Tags yields all tags by type and value.
func (s *State) Tags() iter.Seq[flag.Tag] { return s.tags.values("") }

// TagsOf yields the tags of a type, by value.
func (s *State) TagsOf(tagType string) iter.Seq[flag.Tag] { return s.tags.values(pair(tagType, "")) }

// StrategyType returns a strategy type or nil.
func (s *State) StrategyType(name string) *flag.StrategyType {
	t, _ := s.strategyTypes.get(name)
	return t
}

// StrategyTypes yields all strategy types by name.
func (s *State) StrategyTypes() iter.Seq[*flag.StrategyType] { return s.strategyTypes.values("") }

// FeatureType returns a flag type or nil.
func (s *State) FeatureType(id string) *flag.FeatureType {
	t, _ := s.featureTypes.get(id)
	return t
}

// FeatureTypes yields all flag types by id.
func (s *State) FeatureTypes() iter.Seq[*flag.FeatureType] { return s.featureTypes.values("") }

// Token returns an API token or nil.
func (s *State) Token(id int64) *access.APIToken {
	t, _ := s.tokens.get(number(id))
	return t
}

// Tokens yields all API tokens by id.
func (s *State) Tokens() iter.Seq[*access.APIToken] { return s.tokens.values("") }

// TokenCount returns the number of API tokens.
func (s *State) TokenCount() int { return s.tokens.len() }

// TokenByDigest returns the API token with this digest of its secret, or nil.
func (s *State) TokenByDigest(digest string) *access.APIToken {
	t, _ := s.tokensByDigest.get(digest)
	return t
}

// Setting returns the JSON of a setting, empty when it was never set.
func (s *State) Setting(id string) string {
	v, _ := s.settings.get(id)
	return v
}
