package eventlog

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
	"github.com/quorate/quorate/internal/state"
)

// The shapes of data and preData, which are Unleash's where it has the event: tools parse them. They have structs of their
// own, so that what is stored can get other fields without being shown, and what is shown other names without being stored
// anew.
//
// A field that is always there is null or [] if it is empty; omitempty is for those that Unleash leaves out, too. What is
// secret or names a person is never in them: people are ids, tokens are without their secrets and integrations without
// their parameters.

type feature struct {
	Name           flag.Name      `json:"name"`
	Description    *string        `json:"description"`
	Type           string         `json:"type"`
	Project        flag.ProjectID `json:"project"`
	Stale          bool           `json:"stale"`
	CreatedAt      string         `json:"createdAt"`
	ImpressionData bool           `json:"impressionData"`
	Archived       bool           `json:"archived"`
}

func featureOf(f *flag.Flag) feature {
	return feature{f.Name, f.Description, f.Type, f.Project, f.Stale, stamp(f.CreatedAt), f.ImpressionData, f.Archived()}
}

// metadata is what describes a flag and can be changed at once.
type metadata struct {
	Name           flag.Name      `json:"name"`
	Project        flag.ProjectID `json:"project"`
	Type           string         `json:"type"`
	Description    *string        `json:"description"`
	ImpressionData bool           `json:"impressionData"`
}

func metadataOf(at state.Scope, m state.Metadata) metadata {
	return metadata{at.Feature, at.Project, m.Type, m.Description, m.ImpressionData}
}

// moved says from which project a flag has come into which.
type moved struct {
	NewProject flag.ProjectID `json:"newProject"`
	OldProject flag.ProjectID `json:"oldProject"`
}

// integration is an integration without its parameters, which are no event's business.
type integration struct {
	ID           int64                  `json:"id"`
	Provider     string                 `json:"provider"`
	Enabled      bool                   `json:"enabled"`
	Description  *string                `json:"description"`
	Events       []string               `json:"events"`
	Projects     []flag.ProjectID       `json:"projects"`
	Environments []flag.EnvironmentName `json:"environments"`
	Changed      []string               `json:"changedParameters,omitempty"` // names
}

func integrationOf(i state.Integration, changed []string) integration {
	return integration{i.ID, i.Provider, i.Enabled, i.Description, orEmpty(i.Events), orEmpty(i.Projects), orEmpty(i.Environments), changed}
}

// dependencies are the parents that a flag had.
type dependencies struct {
	Dependencies []flag.Dependency `json:"dependencies"`
}

// features are the flags that an import changed.
type features struct {
	Features []flag.Name `json:"features"`
}

// imported says which flags an import changed, or how many.
func imported(flags []flag.Name) string {
	if len(flags) == 1 {
		return "the flag " + string(flags[0])
	}
	return fmt.Sprintf("%d flags", len(flags))
}

type linkData struct {
	URL   string  `json:"url"`
	Title *string `json:"title,omitempty"`
}

func linkOf(l flag.Link) linkData { return linkData{l.URL, l.Title} }

// strategy is a strategy of a flag in an environment, or the one that new flags get there, which has no id.
type strategy struct {
	ID          flag.StrategyID   `json:"id,omitempty"`
	Name        string            `json:"name"`
	Title       *string           `json:"title"`
	Disabled    bool              `json:"disabled"`
	Constraints []constraint      `json:"constraints"`
	Parameters  map[string]string `json:"parameters"`
	Variants    []variant         `json:"variants"`
	SortOrder   int               `json:"sortOrder"`
	Segments    []flag.SegmentID  `json:"segments"`
}

func strategyOf(s flag.Strategy) strategy {
	parameters := s.Parameters
	if parameters == nil {
		parameters = map[string]string{}
	}
	return strategy{
		s.ID, s.Name, s.Title, s.Disabled, constraintsOf(s.Constraints), parameters, variantsOf(s.Variants), s.SortOrder, orEmpty(s.Segments),
	}
}

// strategyName is how a summary calls a strategy.
func strategyName(s flag.Strategy) string {
	if s.Title != nil && *s.Title != "" {
		return *s.Title
	}
	return s.Name
}

type constraint struct {
	ContextName     string        `json:"contextName"`
	Operator        flag.Operator `json:"operator"`
	Values          []string      `json:"values"`
	Value           string        `json:"value,omitempty"`
	Inverted        bool          `json:"inverted"`
	CaseInsensitive bool          `json:"caseInsensitive"`
}

// constraintsOf returns constraints in order; none are [].
func constraintsOf(list []flag.Constraint) []constraint {
	all := make([]constraint, len(list))
	for i, c := range list {
		all[i] = constraint{c.ContextName, c.Operator, orEmpty(c.Values), c.Value, c.Inverted, c.CaseInsensitive}
	}
	return all
}

type variant struct {
	Name       string          `json:"name"`
	Weight     int             `json:"weight"`
	WeightType flag.WeightType `json:"weightType"`
	Stickiness string          `json:"stickiness"`
	Payload    *flag.Payload   `json:"payload,omitempty"`
	Overrides  []flag.Override `json:"overrides,omitempty"`
}

func variantsOf(list []flag.Variant) []variant {
	all := make([]variant, len(list))
	for i, v := range list {
		all[i] = variant(v)
	}
	return all
}

type variants struct {
	Variants []variant `json:"variants"`
}

// order is in which order the strategies of a flag stand: their ids, the first first.
type order struct {
	StrategyIDs []flag.StrategyID `json:"strategyIds"`
}

// orderOf sorts by the place that each was given; of the same place, they stay as they are.
func orderOf(list []state.StrategyOrder) order {
	sorted := slices.SortedStableFunc(slices.Values(list), func(a, b state.StrategyOrder) int { return cmp.Compare(a.SortOrder, b.SortOrder) })
	ids := make([]flag.StrategyID, len(sorted))
	for i, s := range sorted {
		ids[i] = s.ID
	}
	return order{ids}
}

// project is a project. Which environments it has is said only where it is made or deleted: they have events of their own.
type project struct {
	ID                flag.ProjectID         `json:"id"`
	Name              string                 `json:"name"`
	Description       *string                `json:"description"`
	Mode              flag.Mode              `json:"mode"`
	DefaultStickiness string                 `json:"defaultStickiness"`
	FeatureLimit      *int                   `json:"featureLimit"`
	FeatureNaming     *flag.NamingRule       `json:"featureNaming,omitempty"`
	LinkTemplates     []flag.LinkTemplate    `json:"linkTemplates"`
	Environments      []flag.EnvironmentName `json:"environments,omitempty"`
}

func settingsOf(id flag.ProjectID, s state.ProjectSettings) project {
	return project{id, s.Name, s.Description, s.Mode, s.DefaultStickiness, s.FeatureLimit, s.Naming, orEmpty(s.LinkTemplates), nil}
}

func projectOf(p *flag.Project) project {
	data := settingsOf(p.ID, state.SettingsOf(p))
	for _, env := range p.Environments {
		data.Environments = append(data.Environments, env.Environment)
	}
	return data
}

type defaultStrategy struct {
	DefaultStrategy strategy `json:"defaultStrategy"`
}

// protection is what changes to an environment of a project need. rule has all of it; the fields beside it are those that
// Unleash knows.
type protection struct {
	Environment           flag.EnvironmentName `json:"environment"`
	ChangeRequestsEnabled bool                 `json:"changeRequestsEnabled"`
	RequiredApprovals     *int                 `json:"requiredApprovals"`
	Rule                  *changerequest.Rule  `json:"rule,omitempty"`
}

// protectionOf returns the form of a rule. nil, and one that is turned off, say that changes are not requested.
func protectionOf(at state.Scope, rule *changerequest.Rule) protection {
	if rule == nil || rule.Off {
		return protection{Environment: at.Environment}
	}
	return protection{at.Environment, true, &rule.RequiredApprovals, rule}
}

// environment is an environment of the instance. requiredApprovals is what projects ask for there to begin with; null: nothing.
type environment struct {
	Name              flag.EnvironmentName `json:"name"`
	Type              string               `json:"type"`
	SortOrder         int                  `json:"sortOrder"`
	Enabled           bool                 `json:"enabled"`
	RequiredApprovals *int                 `json:"requiredApprovals"`
	ApprovalsEnforced bool                 `json:"approvalsEnforced"`
}

// environmentOf is a conversion, so a new field does not compile until it has its name here.
func environmentOf(e flag.Environment) environment { return environment(e) }

// segment is a segment, of one project or, without it, of all.
type segment struct {
	ID          flag.SegmentID  `json:"id"`
	Name        string          `json:"name"`
	Description *string         `json:"description"`
	Project     *flag.ProjectID `json:"project,omitempty"`
	Constraints []constraint    `json:"constraints"`
	CreatedAt   string          `json:"createdAt"`
}

func segmentOf(s flag.Segment) segment {
	return segment{s.ID, s.Name, s.Description, s.Project, constraintsOf(s.Constraints), stamp(s.CreatedAt)}
}

// contextField is a context field with the values that constraints may name; no values are any.
type contextField struct {
	Name        string            `json:"name"`
	Description *string           `json:"description"`
	Project     *flag.ProjectID   `json:"project,omitempty"`
	Stickiness  bool              `json:"stickiness"`
	SortOrder   int               `json:"sortOrder"`
	LegalValues []flag.LegalValue `json:"legalValues"`
}

func contextFieldOf(f flag.ContextField) contextField {
	return contextField{f.Name, f.Description, f.Project, f.Stickiness, f.SortOrder, orEmpty(f.LegalValues)}
}

// tagType is a kind of tag, as people see it.
type tagType struct {
	Name        string  `json:"name"`
	Description *string `json:"description"`
	Icon        *string `json:"icon"`
	Color       *string `json:"color"`
}

func tagTypeOf(t flag.TagType) tagType { return tagType(t) }

// tagName is how a summary calls a tag.
func tagName(t flag.Tag) string { return t.Type + ":" + t.Value }

// strategyType is what strategies name. One that is not editable is built in.
type strategyType struct {
	Name        string                   `json:"name"`
	Description *string                  `json:"description"`
	Parameters  []flag.StrategyParameter `json:"parameters"`
	Editable    bool                     `json:"editable"`
	Deprecated  bool                     `json:"deprecated"`
}

func strategyTypeOf(t flag.StrategyType) strategyType {
	return strategyType{t.Name, t.Description, orEmpty(t.Parameters), t.Editable, t.Deprecated}
}

// completion is what became of a flag's work (kept, discarded), with the variant that was kept as its value.
type completion struct {
	Status flag.Outcome `json:"status"`
	Value  string       `json:"statusValue,omitempty"`
}

// named is what is told by its name alone.
type named struct {
	Name string `json:"name"`
}

// token is an API token without anything by which it could be used or recognised.
type token struct {
	TokenName   string               `json:"tokenName"`
	Type        access.TokenType     `json:"type"`
	Project     string               `json:"project"`
	Projects    []flag.ProjectID     `json:"projects"`
	Environment flag.EnvironmentName `json:"environment"`
	Alias       *string              `json:"alias"`
	CreatedAt   string               `json:"createdAt"`
	ExpiresAt   *string              `json:"expiresAt,omitempty"`
	Secure      bool                 `json:"secure"`
}

func tokenOf(t access.APIToken) token {
	return token{
		t.Name, t.Type, join(t.Projects), t.Projects, t.Environment, t.Alias, stamp(t.CreatedAt), stampOptional(t.ExpiresAt), false,
	}
}

// tokenProjects is which projects a token opens.
type tokenProjects struct {
	TokenName string           `json:"tokenName"`
	Projects  []flag.ProjectID `json:"projects"`
}

// expiry is when a token expires; null: never.
type expiry struct {
	TokenName string  `json:"tokenName"`
	ExpiresAt *string `json:"expiresAt"`
}

// settingOf returns a setting's values beside its id; nil for one that was not set. A setting is stored as the JSON text of
// an object; its secrets are kept elsewhere, but for the digest of the token for SCIM.
func settingOf(id, value string) any {
	if value == "" {
		return nil
	}
	values := map[string]any{}
	if err := json.Unmarshal([]byte(value), &values); err != nil {
		values["value"] = json.RawMessage(value) // a setting that is no object
	}
	values["id"] = id
	delete(values, "tokenDigest") // that there is another one, the event itself says
	return values
}

// bypass is where a write went past a protection or a window, and why. closed are those of the environments that a window had closed.
type bypass struct {
	Environments []flag.EnvironmentName `json:"environments"`
	Closed       []flag.EnvironmentName `json:"closed,omitempty"`
	Reason       string                 `json:"reason,omitempty"`
}

// ledgerData is what the ledger says about itself. The id is that of the whole ledger, and said once.
type ledgerData struct {
	ID     string `json:"id,omitempty"`
	Format int    `json:"format"`
}

// restore is what was lost when a restored database was accepted: the head that had been seen, and why it is gone.
type restore struct {
	Lost   ledger.Head `json:"lost"`
	Reason string      `json:"reason"`
}

// orEmpty makes an empty list of none, which JSON writes as [].
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// orNothing makes an untyped nil of a nil pointer, which JSON writes as null.
func orNothing[T any](value *T) any {
	if value == nil {
		return nil
	}
	return *value
}

// join returns texts with commas between, as Unleash writes the projects of a token.
func join[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = string(v)
	}
	return strings.Join(texts, ",")
}
