package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/gate"
	"github.com/quorate/quorate/internal/state"
)

// An import (docs/import-export.md) is decided as a wish first: whatever is protected, and whatever the actor may do, the flags are
// made what they shall be, by the same functions as direct writes. The events that come out are then divided: those that act in a
// protected environment become proposals, the rest is written (docs/adr/0023), and the permissions for that are asked for. So an
// import cannot do more than its events could one by one, and the check that precedes it is the very same plan without the writing.

// maxImportedChanges is how many changes an import may put into a change request: more than
// that, nobody reviews in one piece.
const maxImportedChanges = 2_000

// Import is configuration that comes from elsewhere: flags of a project as they shall be in one
// of its environments, and what they need.
// Which version of an export it comes from, interchange has settled.
type Import struct {
	Project       flag.ProjectID
	Environment   flag.EnvironmentName
	Flags         []ImportedFlag
	ContextFields []flag.ContextField // those that do not exist are created
	TagTypes      []flag.TagType      // the same
}

// ImportedFlag is a flag as it shall be. What is nil stays as it is.
type ImportedFlag struct {
	// At is where the flag is found in what is imported, as a JSON pointer.
	At   string
	Name flag.Name
	state.Metadata
	Stale bool
	Tags  *[]flag.Tag
	Links *[]flag.Link // without ids
	// Dependencies are added to those that the flag has.
	Dependencies []flag.Dependency
	// Row is nil if the import says nothing of the environment.
	Row *ImportedRow
}

// ImportedRow is a flag's configuration in the environment. What is nil stays as it is.
type ImportedRow struct {
	Enabled    *bool
	Strategies []ImportedStrategy
	Variants   *[]flag.Variant
}

// ImportedStrategy is a strategy whose segments go by their names: ids differ from instance to
// instance.
type ImportedStrategy struct {
	At string // as in ImportedFlag
	change.StrategySettings
	Segments []string
}

// ImportFindings are what an import meets. It takes place only if there are neither Errors nor
// Missing permissions.
// Errors would have to be mended in the import or here; Warnings are worth knowing.
type ImportFindings struct {
	Errors, Warnings []Finding
	Missing          []access.Permission // sorted
}

// Finding is a sentence, and what it is about.
type Finding struct {
	Path     string // of the list in the body that it is about, as a JSON pointer
	Message  string
	Affected []string
}

// CheckImport says what an import would meet, and changes nothing.
// Ids that it mints are thrown away.
//
// Faults: NotFound for the project or the environment.
func (a *App) CheckImport(c Caller, in Import) (ImportFindings, error) {
	s := a.State()
	actor, err := gate.Current(s, c.Actor)
	if err != nil {
		return ImportFindings{}, err
	}
	p, err := planImport(decide.New(s, actor, a.now(), a.limits, func(int) string { return a.newID() }), in)
	if err != nil {
		return ImportFindings{}, err
	}
	return p.found, nil
}

// ImportFeatures makes a project's flags what they are in the import, all in one batch. What acts in
// a protected environment, and only that, goes into a new draft of the caller, or to
// review if the caller wants so. It returns that request, or nil if there is none.
// Everything is decided anew on the state that it is written on: what CheckImport said may have changed since.
//
// Faults: NotFound for the project or the environment; BadData that lists what CheckImport calls
// errors; Permission that names what is missing.
func (a *App) ImportFeatures(ctx context.Context, c Caller, in Import) (*changerequest.Request, error) {
	var request *changerequest.Request
	how := c.Propose
	c.Propose = WriteDirectly // this says by itself what is proposed
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		request = nil
		p, err := planImport(d, in)
		if err != nil {
			return err
		}
		if err := p.found.refusal(in); err != nil {
			return err
		}
		// One event for the whole says who imported what, before those that do it.
		if len(p.direct) > 0 {
			d.Add(state.Scope{Project: in.Project, Environment: in.Environment}, state.FeaturesImported{Features: in.changedBy(p.direct)})
		}
		for _, e := range p.direct {
			d.AddEvent(e)
		}
		if len(p.proposals) == 0 {
			return nil
		}
		if request, err = propose(d, p.host, p.proposals); err != nil || how != IntoReview {
			return err
		}
		request, err = step(d, request, changerequest.Submit{})
		return err
	})
	if err != nil {
		return nil, err
	}
	return request, nil
}

// changedBy returns the flags of the import that events change.
// They are in the order of the import.
func (in Import) changedBy(events []state.Event) []flag.Name {
	changed := map[flag.Name]bool{}
	for _, e := range events {
		changed[e.Feature] = true
	}
	var names []flag.Name
	for _, f := range in.Flags {
		if changed[f.Name] {
			names = append(names, f.Name)
		}
	}
	return names
}

// refusal returns why an import does not take place, or nil if it does.
// Permissions come first, since whoever lacks them cannot do anything about the rest. All that are missing are named at once.
func (f ImportFindings) refusal(in Import) error {
	if len(f.Missing) > 0 {
		denied := fault.As(access.Denied(in.Environment, f.Missing[0]))
		denied.Permissions = nil
		for _, p := range f.Missing {
			denied.Permissions = append(denied.Permissions, string(p))
		}
		denied.Message = fmt.Sprintf("You lack permissions for this import in the project %q, all of which it takes: %s. Somebody who may give roles in the project can give you one with them.",
			in.Project, strings.Join(denied.Permissions, ", "))
		denied.Details = []fault.Detail{{Message: denied.Message}}
		return denied
	}
	var details []fault.Detail
	for _, e := range f.Errors {
		// A list of thousands helps nobody.
		const shown = 20
		items := strings.Join(e.Affected[:min(len(e.Affected), shown)], ", ")
		if more := len(e.Affected) - shown; more > 0 {
			items += fmt.Sprintf(" and %d more", more)
		}
		details = append(details, fault.Detail{Path: e.Path, Message: strings.TrimSpace(e.Message + " " + items)})
	}
	return fault.Invalid(details...)
}

// importPlan is what an import leads to.
type importPlan struct {
	found     ImportFindings
	direct    []state.Event
	host      changerequest.Place // of the proposals
	proposals []decide.Proposal
}

// planImport decides what an import leads to. What keeps it from taking place is noted, not
// returned, so that all of it is known at once.
func planImport(d *decide.Decision, in Import) (importPlan, error) {
	project, err := decide.ActiveProject(d.State, in.Project)
	if err != nil {
		return importPlan{}, err
	}
	if !d.MaySee(d.Actor, in.Project) {
		return importPlan{}, fault.New(fault.NotFound, "Could not find project with id=%s", in.Project)
	}
	if project.In(in.Environment) == nil {
		return importPlan{}, fault.New(fault.NotFound, "Could not find environment with name: %s", in.Environment)
	}
	// Nothing of the wish is written as such: its events are taken over one by one.
	wish := d.On(d.State)
	wish.Limits.FeatureEnvironmentStrategies = 0 // old ones go after new ones have come; checked in configure
	i := importing{Decision: wish, in: in, project: project, strategyLimit: d.Limits.FeatureEnvironmentStrategies, findings: map[kind]*Finding{}}
	i.vocabulary()
	i.flags()
	if wish.Err() != nil {
		return importPlan{}, wish.Err()
	}
	p := importPlan{}
	var held []state.Event
	var protected []changerequest.Place
	for _, e := range wish.Events() {
		var there []changerequest.Place
		for _, at := range gate.PlacesOf(wish.State, []state.Event{e}) {
			if _, ok := d.Protection(at.Project, at.Environment); ok {
				there = append(there, at)
			}
		}
		if len(there) == 0 {
			p.direct = append(p.direct, e)
		} else {
			held, protected = append(held, e), append(protected, there...)
		}
	}
	if len(held) > 0 {
		if p.host, err = decide.HostOf(wish.State, held, protected); err != nil {
			return importPlan{}, err
		}
		// Proposals are made on the state as it is: a request holds what it changes against that.
		if p.proposals, err = decide.ProposalsOf(d.State, held); err != nil {
			return importPlan{}, err
		}
		i.proposable(d, p)
	}
	p.found = i.found()
	p.found.Missing = i.missing(p.direct)
	_, proposable := d.Protection(in.Project, in.Environment)
	if changesNothing := len(wish.Events()) == 0 && len(p.found.Errors) == 0; changesNothing && !proposable && !d.Actor.Can(in.Project, "", access.UpdateFeature) {
		p.found.Missing = []access.Permission{access.UpdateFeature} // as for an update that changes nothing
	}
	return p, nil
}

// kind is what findings have in common: they are told together.
// Findings of a kind are one sentence with a list. Order and numbers of the constants are free: none is stored.
type kind int

// The kinds of findings, in the order in which they are told.
const (
	twiceInImport kind = iota
	inOtherProject
	badName
	noRoom
	badFlag
	unknownType
	unknownSegment
	unknownStrategy
	badStrategy
	badVariants
	badTag
	badLink
	badDependency
	badContextField
	otherLegalValues
	badTagType
	pendingRequest
	notProposable
	// Errors end here.
	created
	overwritten
	archivedThere
	newContextField
	newTagType
	customStrategy
	onForNobody
	intoDraft
)

// sentences are the findings' paths and messages, by kind.
var sentences = [...]struct{ path, message string }{
	twiceInImport:    {"/body/data/features", "These flags are in the import more than once:"},
	inOtherProject:   {"/body/data/features", "These flags exist in another project, and names are unique in the instance:"},
	badName:          {"/body/data/features", "These flags cannot have the names that they have:"},
	noRoom:           {"/body/data/features", "The project has no room for as many flags; these are too many:"},
	badFlag:          {"/body/data/features", "These flags are not in order:"},
	unknownType:      {"/body/data/features", "These flags have a type that does not exist:"},
	unknownSegment:   {"/body/data/segments", "These segments exist neither globally nor in the project. Create them first:"},
	unknownStrategy:  {"/body/data/featureStrategies", "These strategy types do not exist. Create them first:"},
	badStrategy:      {"/body/data/featureStrategies", "These strategies are not in order:"},
	badVariants:      {"/body/data/featureEnvironments", "The variants of these flags are not in order:"},
	badTag:           {"/body/data/featureTags", "These tags are not in order:"},
	badLink:          {"/body/data/links", "These links are not in order:"},
	badDependency:    {"/body/data/dependencies", "These flags cannot depend on what they depend on in the import:"},
	badContextField:  {"/body/data/contextFields", "These context fields are not in order:"},
	otherLegalValues: {"/body/data/contextFields", "These context fields exist with other legal values, which lack some of the import's:"},
	badTagType:       {"/body/data/tagTypes", "These tag types are not in order:"},
	pendingRequest:   {"/body/environment", "You have a pending change request there. Apply, cancel or discard it first:"},
	notProposable:    {"/body/environment", "The configuration would have to be proposed in a change request, which is not possible:"},

	created:         {message: "These flags do not exist yet and will be created:"},
	overwritten:     {message: "These flags exist and will be overwritten:"},
	archivedThere:   {message: "These flags are archived and will be passed over:"},
	newContextField: {message: "These context fields do not exist yet and will be created:"},
	newTagType:      {message: "These tag types do not exist yet and will be created:"},
	customStrategy:  {message: "These strategy types are used. See that they have the parameters that the import expects:"},
	onForNobody:     {message: "These flags are on without an enabled strategy, and will be off:"},
	intoDraft:       {message: "A protected environment is touched. What acts there will be put into a change request, as your draft:"},
}

// importing is an import being decided.
type importing struct {
	*decide.Decision
	in            Import
	project       *flag.Project
	strategyLimit int
	findings      map[kind]*Finding
}

// note adds to what was found.
func (i *importing) note(k kind, format string, args ...any) {
	f := i.findings[k]
	if f == nil {
		f = &Finding{Path: sentences[k].path, Message: sentences[k].message}
		i.findings[k] = f
	}
	f.Affected = append(f.Affected, fmt.Sprintf(format, args...))
}

// noteOnce is note for what may be met again and again.
func (i *importing) noteOnce(k kind, item string) {
	if f := i.findings[k]; f == nil || !slices.Contains(f.Affected, item) {
		i.note(k, "%s", item)
	}
}

// noteFault notes what is wrong with a thing, whose fields a fault names below /body, and which
// is found at another place in the import.
// The fault's own sentence is kept, with the path of the import in it in the place of that of a body which the caller never sent.
func (i *importing) noteFault(k kind, what, at string, err error) {
	f := fault.As(err)
	if f == nil || len(f.Details) == 0 {
		i.note(k, "%s (%s)", what, strings.TrimSuffix(err.Error(), "."))
		return
	}
	for _, detail := range f.Details {
		i.note(k, "%s (%s)", what, strings.TrimSuffix(strings.ReplaceAll(detail.Message, "`/body", "`"+at), "."))
	}
}

// found returns what was noted, in the order of the kinds.
func (i *importing) found() (all ImportFindings) {
	for k := range kind(len(sentences)) {
		switch f := i.findings[k]; {
		case f == nil:
		case k < created:
			all.Errors = append(all.Errors, *f)
		default:
			all.Warnings = append(all.Warnings, *f)
		}
	}
	return all
}

// vocabulary creates the context fields and tag types that do not exist.
// One that exists is left as it is, since other flags use it; only legal values that do not fit are an error, as strategies would be
// refused.
func (i *importing) vocabulary() {
	for _, field := range i.in.ContextFields {
		if have := i.ContextField(field.Name); have != nil {
			if !includes(have.LegalValues, field.LegalValues) {
				i.note(otherLegalValues, "%s", field.Name)
			}
			continue
		}
		field.CreatedAt = i.Now
		// A project's own field comes from a project of another name, perhaps in another instance.
		if field.Project != nil {
			field.Project = &i.in.Project
		}
		if err := fault.Invalid(flag.ValidateContextField("/body", field)...); err != nil {
			i.noteFault(badContextField, field.Name, "/body/data/contextFields", err)
			continue
		}
		if err := ValidateContextFieldName(i.State, field.Name); err != nil {
			i.noteFault(badContextField, field.Name, "/body/data/contextFields", err)
			continue
		}
		i.Add(state.Scope{Project: decide.Owner(field.Project)}, state.ContextFieldCreated{Field: field})
		i.note(newContextField, "%s", field.Name)
	}
	for _, t := range i.in.TagTypes {
		if i.TagType(t.Name) != nil {
			continue
		}
		if err := ValidateTagType(i.State, t); err != nil {
			i.noteFault(badTagType, t.Name, "/body/data/tagTypes", err)
			continue
		}
		i.Add(state.Scope{}, state.TagTypeCreated{TagType: t})
		i.note(newTagType, "%s", t.Name)
	}
}

// includes reports whether the legal values of a field that exists leave room for those that
// are imported. No legal values leave room for all.
func includes(have, imported []flag.LegalValue) bool {
	for _, v := range imported {
		if len(have) > 0 && !slices.ContainsFunc(have, func(h flag.LegalValue) bool { return h.Value == v.Value }) {
			return false
		}
	}
	return true
}

// flags makes the flags what they shall be: all exist before one depends on another.
func (i *importing) flags() {
	segments := map[string]flag.SegmentID{}
	for segment := range i.Segments() {
		if !segment.Global() && *segment.Project != i.in.Project {
			continue
		}
		if _, known := segments[segment.Name]; !known || !segment.Global() { // the project's own goes first
			segments[segment.Name] = segment.ID
		}
	}
	room := -1 // as much as there may be
	if limit := i.project.FeatureLimit; limit != nil {
		room = max(0, *limit-activeFlags(i.State, i.project.ID))
	}
	if limit := i.Limits.FeatureFlags; limit > 0 {
		if left := max(0, limit-allActiveFlags(i.State)); room < 0 || left < room {
			room = left
		}
	}
	seen := map[flag.Name]bool{}
	// there are those that exist in the project afterwards, and are not archived.
	var there []*ImportedFlag
	for n := range i.in.Flags {
		f := &i.in.Flags[n]
		if seen[f.Name] {
			i.note(twiceInImport, "%s", f.Name)
			continue
		}
		seen[f.Name] = true
		if i.describe(f, &room) {
			there = append(there, f)
			i.configure(f, segments)
		}
	}
	for _, f := range there {
		for _, on := range f.Dependencies {
			if err := decide.AddDependency(i.Decision, i.in.Project, f.Name, on); err != nil {
				i.noteFault(badDependency, string(f.Name), f.At, err)
			}
		}
	}
}

// describe creates a flag, or changes what describes it, and reports whether it can be configured.
// room is how many flags can be created yet; below 0: any number.
// An archived flag is passed over and not revived, as somebody put it away on purpose.
func (i *importing) describe(f *ImportedFlag, room *int) bool {
	have := i.Flag(f.Name)
	if have != nil && have.Project != i.in.Project {
		where := string(f.Name)
		// Who may not see the other project learns that the name is taken, which creating the flag says as well, and not where.
		if i.MaySee(i.Actor, have.Project) {
			where = fmt.Sprintf("%s (in project %s)", f.Name, have.Project)
		}
		i.note(inOtherProject, "%s", where)
		return false
	}
	if have != nil && have.Archived() {
		i.note(archivedThere, "%s", f.Name)
		return false
	}
	if f.Type == "" {
		f.Type = DefaultFeatureType
	}
	if i.FeatureType(f.Type) == nil {
		i.note(unknownType, "%s (%s)", f.Name, f.Type)
		return false
	}
	if have == nil {
		if err := ValidateFeatureName(i.State, f.Name, i.in.Project); err != nil {
			i.noteFault(badName, string(f.Name), f.At, err)
			return false
		}
		if *room == 0 {
			i.note(noRoom, "%s", f.Name)
			return false
		}
		*room--
		made := flag.Flag{
			Name: f.Name, Project: i.in.Project, Type: f.Type, Description: f.Description, ImpressionData: f.ImpressionData,
			CreatedAt: i.Now, CreatedBy: string(i.Actor.Ref),
		}
		for _, env := range i.project.Environments {
			made.Environments = append(made.Environments, flag.FlagEnvironment{Environment: env.Environment})
		}
		i.Add(decide.FeatureScope(&made), state.FeatureCreated{Flag: made})
		i.note(created, "%s", f.Name)
		have = &made
	} else {
		i.note(overwritten, "%s", f.Name)
		if before := state.MetadataOf(have); !decide.Same(before, f.Metadata) {
			i.Add(decide.FeatureScope(have), state.FeatureMetadataUpdated{Before: before, After: f.Metadata})
		}
	}
	markStale(i.Decision, have, f.Stale)
	i.tag(f, have)
	i.link(f, have)
	return true
}

// tag gives a flag the tags of the import, and no other.
// nil leaves those that it has; an empty list takes all away.
func (i *importing) tag(f *ImportedFlag, have *flag.Flag) {
	if f.Tags == nil {
		return
	}
	tags, err := validTags(i.Decision, "/body", *f.Tags)
	if err != nil {
		i.noteFault(badTag, string(f.Name), f.At+"/tags", err)
		return
	}
	for _, old := range have.Tags {
		if !slices.Contains(tags, old) {
			i.Add(decide.FeatureScope(have), state.FeatureUntagged{Tag: old})
		}
	}
	for _, tag := range tags {
		addTag(i.Decision, decide.FeatureScope(have), tag)
	}
}

// link gives a flag the links of the import, and no other.
// A link is known by its address and title, as ids are of one instance only.
func (i *importing) link(f *ImportedFlag, have *flag.Flag) {
	if f.Links == nil {
		return
	}
	if limit := i.Limits.FeatureLinks; limit > 0 && len(*f.Links) > limit {
		i.note(badLink, "%s (a flag can have at most %d)", f.Name, limit)
		return
	}
	wanted := slices.Clone(*f.Links)
	for n := range wanted {
		link, err := newLink("", wanted[n].URL, wanted[n].Title)
		if err != nil {
			i.noteFault(badLink, string(f.Name), f.At+"/links", err)
			return
		}
		wanted[n] = link
	}
	for _, old := range have.Links {
		n := slices.IndexFunc(wanted, func(l flag.Link) bool { return l.URL == old.URL && decide.Same(l.Title, old.Title) })
		if n < 0 {
			i.Add(decide.FeatureScope(have), state.FeatureLinkRemoved{Before: old})
			continue
		}
		// It stays, with its id; a second one like it in the flag would go.
		wanted = slices.Delete(wanted, n, n+1)
	}
	for _, link := range wanted {
		link.ID = i.NewID()
		i.Add(decide.FeatureScope(have), state.FeatureLinkAdded{Link: link})
	}
}

// configure gives a flag the strategies and variants of the import, and no other, and switches it
// on or off. Strategies that are as in the import stay, so that importing the same again
// changes nothing.
// New strategies come before old ones go, so that a flag that is on is at no point on without one, which would say something else.
func (i *importing) configure(f *ImportedFlag, segments map[string]flag.SegmentID) {
	if f.Row == nil {
		return
	}
	at := state.Scope{Project: i.in.Project, Environment: i.in.Environment, Feature: f.Name}
	if limit := i.strategyLimit; limit > 0 && len(f.Row.Strategies) > limit {
		i.note(badStrategy, "%s (a flag can have at most %d in an environment)", f.Name, limit)
		return
	}
	// What is still in old at the end is not in the import.
	old := slices.Clone(i.Flag(f.Name).In(at.Environment).Strategies)
	var order []state.StrategyOrder
	for n, strategy := range f.Row.Strategies {
		settings, ok := i.settings(strategy, segments)
		if !ok {
			continue
		}
		settings.Parameters = decide.WithDefaults(i.State, at, settings.Name, settings.Parameters)
		if same := slices.IndexFunc(old, func(o flag.Strategy) bool { return alike(o, settings) }); same >= 0 {
			order = append(order, state.StrategyOrder{ID: old[same].ID, SortOrder: n})
			old = slices.Delete(old, same, same+1)
			continue
		}
		settings.SortOrder = &n
		id, err := decide.AddStrategy(i.Decision, at, "", settings)
		if err != nil {
			i.noteFault(badStrategy, string(f.Name), strategy.At, err)
			continue
		}
		order = append(order, state.StrategyOrder{ID: id, SortOrder: n})
	}
	for _, o := range old {
		if err := decide.RemoveStrategy(i.Decision, at, o.ID); err != nil {
			i.noteFault(badStrategy, string(f.Name), f.At, err)
		}
	}
	if !inOrder(i.Flag(f.Name).In(at.Environment).Strategies, order) {
		if err := decide.SortStrategies(i.Decision, at, order); err != nil {
			i.noteFault(badStrategy, string(f.Name), f.At, err)
		}
	}
	if f.Row.Variants != nil {
		if err := decide.SetVariants(i.Decision, at, "/body", *f.Row.Variants); err != nil {
			i.noteFault(badVariants, string(f.Name), f.At+"/variants", err)
		}
	}
	if f.Row.Enabled != nil {
		i.switchTo(f, at, *f.Row.Enabled)
	}
}

// switchTo switches a flag on or off. A flag that is on without any strategy is on for everyone,
// which the default strategy says; one whose strategies are all disabled is on for nobody.
func (i *importing) switchTo(f *ImportedFlag, at state.Scope, on bool) {
	row := i.Flag(f.Name).In(at.Environment)
	if on && len(row.Strategies) > 0 && !decide.LetsIn(row) {
		i.note(onForNobody, "%s", f.Name)
		on = false
	}
	var err error
	switch {
	case on && !row.Enabled:
		_, err = decide.SwitchOn(i.Decision, at, decide.Activation{})
	case !on:
		err = decide.SwitchOff(i.Decision, at)
	}
	if err != nil {
		i.noteFault(badFlag, string(f.Name), f.At, err)
	}
}

// settings returns what a strategy is made of here, and whether it can be made.
// A custom strategy type has the same name and perhaps other parameters in another instance, so it is a warning.
func (i *importing) settings(in ImportedStrategy, segments map[string]flag.SegmentID) (change.StrategySettings, bool) {
	settings := in.StrategySettings
	switch t := i.StrategyType(settings.Name); {
	case t == nil:
		i.noteOnce(unknownStrategy, settings.Name)
		return settings, false
	case t.Editable:
		i.noteOnce(customStrategy, settings.Name)
	}
	settings.Segments = nil
	for _, name := range in.Segments {
		id, ok := segments[name]
		if !ok {
			i.noteOnce(unknownSegment, name)
			return settings, false
		}
		settings.Segments = append(settings.Segments, id)
	}
	return settings, true
}

// alike reports whether a strategy is made of the settings, wherever it stands.
// Ids and places are not compared.
func alike(have flag.Strategy, want change.StrategySettings) bool {
	is := change.SettingsOf(have)
	is.SortOrder, want.SortOrder = nil, nil
	want.Segments = slices.Compact(slices.Sorted(slices.Values(want.Segments)))
	want.Variants = flag.NormalizeVariants(want.Variants)
	return decide.Same(is, want)
}

// inOrder reports whether strategies stand in an order, whatever their numbers.
func inOrder(have []flag.Strategy, order []state.StrategyOrder) bool {
	return slices.EqualFunc(have, order, func(s flag.Strategy, o state.StrategyOrder) bool { return s.ID == o.ID })
}

// proposable notes what keeps the proposals from becoming a request.
// It notes also, as a warning, that there will be a request.
func (i *importing) proposable(d *decide.Decision, p importPlan) {
	if _, err := proposable(d, p.host); err != nil {
		i.noteFault(notProposable, string(p.host.Environment), "/body", err)
		return
	}
	// An import must not be mixed with what somebody has been drafting.
	if r := d.PendingRequest(d.Actor.Ref, p.host); r != nil {
		i.note(pendingRequest, "change request %d in the environment %s", r.ID, p.host.Environment)
	}
	if n := len(p.proposals); n > maxImportedChanges {
		i.note(notProposable, "%s (%d changes are more than the %d that a request takes; import fewer flags at once)", p.host.Environment, n, maxImportedChanges)
	}
	i.note(intoDraft, "%s", p.host.Environment)
}

// missing returns the permissions that the actor lacks for events that are written directly.
func (i *importing) missing(events []state.Event) []access.Permission {
	made := map[flag.Name]bool{}
	// Each is asked once, in the place of the first event that takes it: all events of an import are about one project and environment.
	asked := map[access.Permission]bool{} // whether it is held
	for _, e := range events {
		if _, ok := e.Payload.(state.FeatureCreated); ok {
			made[e.Feature] = true
		}
		p, everywhere := permissionFor(e, made[e.Feature])
		if _, known := asked[p]; p == "" || known {
			continue
		}
		at := i.in.Project
		if everywhere {
			at = ""
		}
		asked[p] = i.Actor.Can(at, e.Environment, p)
	}
	var missing []access.Permission
	for p, held := range asked {
		if !held {
			missing = append(missing, p)
		}
	}
	slices.Sort(missing)
	return missing
}

// permissionFor returns which permission an event of an import takes, and whether it is held in
// the instance rather than in the project. Describing a flag is part of creating it.
// Events that it does not name describe the flag.
func permissionFor(e state.Event, created bool) (p access.Permission, everywhere bool) {
	switch event := e.Payload.(type) {
	case state.TagCreated:
		return "", false // whoever may tag may make the tag
	case state.TagTypeCreated:
		return access.CreateTagType, true
	case state.ContextFieldCreated:
		if event.Field.Project != nil {
			return access.UpdateProjectContext, false
		}
		return access.CreateContextField, true
	case state.FeatureCreated:
		return access.CreateFeature, false
	case state.FeatureStrategyAdded:
		return access.CreateFeatureStrategy, false
	case state.FeatureStrategyRemoved:
		return access.DeleteFeatureStrategy, false
	case state.StrategyOrderChanged:
		return access.UpdateFeatureStrategy, false
	case state.FeatureEnvironmentEnabled, state.FeatureEnvironmentDisabled:
		return access.UpdateFeatureEnvironment, false
	case state.FeatureEnvironmentVariantsUpdated:
		return access.UpdateFeatureEnvironmentVariants, false
	case state.FeatureDependencyAdded:
		return access.UpdateFeatureDependency, false
	default:
		if created {
			return "", false
		}
		return access.UpdateFeature, false
	}
}
