package app

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Flags: what they are called and belong to. Nothing here changes an evaluation, but for archiving and moving; what does is in
// feature_environment.go and strategy.go. What change requests can do as well is in decide.

// DefaultFeatureType is the type of flags whose creator names none.
const DefaultFeatureType = "release"

// NewFeature is a flag to be created.
type NewFeature struct {
	Project        flag.ProjectID
	Name           flag.Name
	Type           string // empty: DefaultFeatureType
	Description    *string
	ImpressionData bool
	Tags           []flag.Tag // tags that do not exist yet are created; their types must exist
}

// CreateFeature makes a flag that is off in every environment of its project, with
// the links of the project's templates.
//
// Faults: NotFound for the project, BadData, Pattern, NameExists (archived flags keep
// their names), InvalidOperation when the project is full, ExceedsLimit.
func (a *App) CreateFeature(ctx context.Context, c Caller, in NewFeature) (*flag.Flag, error) {
	if in.Type == "" {
		in.Type = DefaultFeatureType
	}
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(in.Project, "", access.CreateFeature); err != nil {
			return err
		}
		project, err := roomForFeature(d, in.Project, in.Name)
		if err != nil {
			return err
		}
		if d.FeatureType(in.Type) == nil {
			return unknownFeatureType(in.Type)
		}
		tags, err := validTags(d, "/body/tags", in.Tags)
		if err != nil {
			return err
		}
		f := flag.Flag{
			Name:           in.Name,
			Project:        in.Project,
			Type:           in.Type,
			Description:    in.Description,
			ImpressionData: in.ImpressionData,
			CreatedAt:      d.Now,
			CreatedBy:      string(d.Actor.Ref),
		}
		for _, env := range project.Environments {
			f.Environments = append(f.Environments, flag.FlagEnvironment{Environment: env.Environment})
		}
		createFeature(d, project, f)
		for _, tag := range tags {
			addTag(d, decide.FeatureScope(&f), tag)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Flag(in.Name), nil
}

// ValidateFeatureName says whether a flag of this name could be created. An empty
// project means: in whichever project.
// A project that does not exist has no pattern for names.
//
// Faults: BadData, Pattern, NameExists.
func ValidateFeatureName(s *state.State, name flag.Name, project flag.ProjectID) error {
	if err := freeName(s, name); err != nil {
		return err
	}
	if p := s.Project(project); p != nil {
		return p.Naming.Check(name)
	}
	return nil
}

// FeatureSettings are what an update of a flag may change.
type FeatureSettings struct {
	state.Metadata
	Stale bool
	// Archived puts the flag away, as ArchiveFeatures does. Taking an archived flag back
	// is ReviveFeatures' work, so false changes nothing.
	Archived bool
}

// UpdateFeature changes what describes a flag. edit is handed the settings as they are,
// and returns them as they shall be, or a fault; it must be pure.
// An edit that changes nothing writes nothing.
//
// Faults: NotFound, BadData, what edit returns, and those of ArchiveFeatures.
func (a *App) UpdateFeature(ctx context.Context, c Caller, project flag.ProjectID, name flag.Name, edit func(FeatureSettings) (FeatureSettings, error)) (*flag.Flag, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeature); err != nil {
			return err
		}
		f, err := d.Feature(project, name)
		if err != nil {
			return err
		}
		before := FeatureSettings{Metadata: state.MetadataOf(f), Stale: f.Stale, Archived: f.Archived()}
		after, err := edit(before)
		if err != nil {
			return err
		}
		if after.Type != before.Type && d.FeatureType(after.Type) == nil {
			return unknownFeatureType(after.Type)
		}
		if !decide.Same(before.Metadata, after.Metadata) {
			d.Add(decide.FeatureScope(f), state.FeatureMetadataUpdated{Before: before.Metadata, After: after.Metadata})
		}
		markStale(d, f, after.Stale)
		if after.Archived && !before.Archived {
			return archive(d, project, []flag.Name{name})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Flag(name), nil
}

// MarkFeaturesStale sets or takes the mark that flags should be removed from the code.
//
// Faults: NotFound.
func (a *App) MarkFeaturesStale(ctx context.Context, c Caller, project flag.ProjectID, names []flag.Name, stale bool) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.UpdateFeature); err != nil {
			return err
		}
		return decide.EachFeature(d, project, names, func(f *flag.Flag) error {
			markStale(d, f, stale)
			return nil
		})
	})
	return err
}

// markStale decides that a flag is stale or not, if it is the other.
func markStale(d *decide.Decision, f *flag.Flag, stale bool) {
	switch {
	case stale && !f.Stale:
		d.Add(decide.FeatureScope(f), state.FeatureStaleOn{})
	case !stale && f.Stale:
		d.Add(decide.FeatureScope(f), state.FeatureStaleOff{})
	}
}

// CloneFeature makes a flag with the description, strategies, variants and dependencies
// of another, off everywhere. Strategies that spread users by the old flag's group do so
// by the new flag's if replaceGroup says so.
// Tags and links stay with the old flag. The clone serves nothing as it is off, but the gate holds it back all the same where an
// environment is protected: its strategies would act once it is on.
//
// Faults: NotFound, and those of CreateFeature. Permissions are asked in every environment
// in which the flag has strategies or variants.
func (a *App) CloneFeature(ctx context.Context, c Caller, project flag.ProjectID, from, name flag.Name, replaceGroup bool) (*flag.Flag, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(project, "", access.CreateFeature); err != nil {
			return err
		}
		old, err := d.Feature(project, from)
		if err != nil {
			return err
		}
		p, err := roomForFeature(d, project, name)
		if err != nil {
			return err
		}
		f := flag.Flag{
			Name:           name,
			Project:        project,
			Type:           old.Type,
			Description:    old.Description,
			ImpressionData: old.ImpressionData,
			CreatedAt:      d.Now,
			CreatedBy:      string(d.Actor.Ref),
			Dependencies:   old.Dependencies,
		}
		for _, env := range old.Environments {
			if err := requireToConfigure(d, project, env); err != nil {
				return err
			}
			clone := flag.FlagEnvironment{Environment: env.Environment, Variants: env.Variants}
			for _, strategy := range env.Strategies {
				strategy.ID = flag.StrategyID(d.NewID())
				if _, ok := strategy.Parameters[decide.GroupID]; ok && replaceGroup {
					strategy.Parameters = maps.Clone(strategy.Parameters)
					strategy.Parameters[decide.GroupID] = string(name)
				}
				clone.Strategies = append(clone.Strategies, strategy)
			}
			f.Environments = append(f.Environments, clone)
		}
		createFeature(d, p, f)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.Flag(name), nil
}

// requireToConfigure returns a Permission fault unless the caller may give a flag the
// strategies and variants that another has in an environment.
func requireToConfigure(d *decide.Decision, project flag.ProjectID, env flag.FlagEnvironment) error {
	if len(env.Strategies) > 0 {
		if err := d.Require(project, env.Environment, access.CreateFeatureStrategy); err != nil {
			return err
		}
	}
	if len(env.Variants) > 0 {
		return d.Require(project, env.Environment, access.UpdateFeatureEnvironmentVariants)
	}
	return nil
}

// MoveFeature takes a flag into another project with the same environments.
// The permission is asked for in both projects. The event belongs to the new one.
//
// Faults: NotFound, and InvalidOperation when the environments differ, when the flag has
// dependencies or others depend on it, when it uses a segment of its project, and when the
// other project is full.
func (a *App) MoveFeature(ctx context.Context, c Caller, from flag.ProjectID, name flag.Name, to flag.ProjectID) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(from, "", access.MoveFeature); err != nil {
			return err
		}
		f, err := d.Feature(from, name)
		if err != nil {
			return err
		}
		target, err := decide.ActiveProject(d.State, to)
		if err != nil {
			return err
		}
		if err := d.Require(to, "", access.MoveFeature); err != nil {
			return err
		}
		if from == to {
			return nil
		}
		if err := movable(d.State, f, target); err != nil {
			return err
		}
		d.Add(state.Scope{Project: to, Feature: name}, state.FeatureProjectChange{OldProject: from})
		return nil
	})
	return err
}

// movable returns an InvalidOperation fault if a flag cannot go into a project.
// Which environments a flag has is the project's choice, so they have to be the same.
func movable(s *state.State, f *flag.Flag, target *flag.Project) error {
	refuse := func(format string, args ...any) error {
		return fault.New(fault.InvalidOperation, format, args...)
	}
	if _, err := decide.ActiveFeature(s, f.Project, f.Name); err != nil {
		return err
	}
	children := slices.Collect(s.Children(f.Name))
	switch {
	case !sameEnvironments(f, target):
		return refuse("The flag %q cannot be moved to project %q: the two projects have different environments.", f.Name, target.ID)
	case len(f.Dependencies) > 0 || len(children) > 0:
		return refuse("The flag %q cannot be moved: it depends on another flag, or another depends on it.", f.Name)
	case full(s, target):
		return projectFull()
	}
	for id := range f.Segments() {
		if segment := s.Segment(id); !segment.Global() {
			return refuse("The flag %q cannot be moved: it uses the segment %q, which belongs to project %q alone.", f.Name, segment.Name, f.Project)
		}
	}
	return nil
}

// sameEnvironments reports whether a flag has the environments of a project. They are compared in their order.
func sameEnvironments(f *flag.Flag, p *flag.Project) bool {
	return slices.EqualFunc(f.Environments, p.Environments, func(a flag.FlagEnvironment, b flag.ProjectEnvironment) bool {
		return a.Environment == b.Environment
	})
}

// roomForFeature returns the project if a flag of this name can be created in it.
func roomForFeature(d *decide.Decision, id flag.ProjectID, name flag.Name) (*flag.Project, error) {
	project, err := decide.ActiveProject(d.State, id)
	if err != nil {
		return nil, err
	}
	if err := freeName(d.State, name); err != nil {
		return nil, err
	}
	if err := project.Naming.Check(name); err != nil {
		return nil, err
	}
	return project, roomForOneMore(d, project)
}

// roomForOneMore returns a fault if a project, or the instance, has as many flags in use as it may.
func roomForOneMore(d *decide.Decision, project *flag.Project) error {
	if full(d.State, project) {
		return projectFull()
	}
	if limit := d.Limits.FeatureFlags; limit > 0 && decide.Reached(allActiveFlags(d.State), limit) {
		return flag.ExceedsLimit("feature flag", limit)
	}
	return nil
}

// full reports whether a project has as many flags in use as it may.
func full(s *state.State, p *flag.Project) bool {
	return p.FeatureLimit != nil && activeFlags(s, p.ID) >= *p.FeatureLimit
}

// freeName returns a fault if a flag cannot have this name.
func freeName(s *state.State, name flag.Name) error {
	if err := fault.Invalid(flag.ValidateName("/body/name", string(name))...); err != nil {
		return err
	}
	switch f := s.Flag(name); {
	case f == nil:
		return nil
	case f.Archived():
		return fault.New(fault.NameExists, "An archived flag with that name already exists")
	default:
		return fault.New(fault.NameExists, "A flag with that name already exists")
	}
}

// createFeature decides that a flag is created, with the links of its project's templates.
func createFeature(d *decide.Decision, project *flag.Project, f flag.Flag) {
	d.Add(decide.FeatureScope(&f), state.FeatureCreated{Flag: f})
	for _, template := range project.LinkTemplates {
		url, err := template.Link(project.ID, f.Name)
		if err != nil {
			continue // it was valid for other names; a flag is not refused for the sake of a link
		}
		d.Add(decide.FeatureScope(&f), state.FeatureLinkAdded{Link: flag.Link{ID: d.NewID(), URL: url, Title: template.Title}})
	}
}

// activeFlags returns the number of flags of a project that are not archived.
func activeFlags(s *state.State, p flag.ProjectID) int {
	n := 0
	for f := range s.FlagsOf(p) {
		if !f.Archived() {
			n++
		}
	}
	return n
}

// allActiveFlags is activeFlags for the whole instance.
func allActiveFlags(s *state.State) int {
	n := 0
	for f := range s.Flags() {
		if !f.Archived() {
			n++
		}
	}
	return n
}

// projectFull is the fault of a project with as many flags as it may have, in Unleash's words.
func projectFull() error {
	return fault.New(fault.InvalidOperation, "You have reached the maximum number of feature flags for this project.")
}

func unknownFeatureType(id string) error {
	return fault.Field("/body/type", "There is no flag type %q.", id)
}

// validTags returns the tags as they are kept, without duplicates, or a BadData fault.
// at is where the tags stand in the request.
func validTags(d *decide.Decision, at string, tags []flag.Tag) ([]flag.Tag, error) {
	var valid []flag.Tag
	for i, tag := range tags {
		tag, err := validTag(d, fmt.Sprintf("%s/%d", at, i), tag)
		if err != nil {
			return nil, err
		}
		if !slices.Contains(valid, tag) {
			valid = append(valid, tag)
		}
	}
	return valid, nil
}

// validTag returns the tag as it is kept, or a BadData fault.
func validTag(d *decide.Decision, at string, tag flag.Tag) (flag.Tag, error) {
	tag = tag.Trim()
	if err := fault.Invalid(flag.ValidateTag(at, tag)...); err != nil {
		return tag, err
	}
	if d.TagType(tag.Type) == nil {
		return tag, fault.Field(at+"/type", "There is no tag type %q.", tag.Type)
	}
	return tag, nil
}

// addTag decides that a flag gets a tag, which is created if it does not exist yet.
// A tag that the flag has is passed over.
func addTag(d *decide.Decision, at state.Scope, tag flag.Tag) {
	if slices.Contains(d.Flag(at.Feature).Tags, tag) {
		return
	}
	if !d.HasTag(tag) {
		d.Add(state.Scope{}, state.TagCreated{Tag: tag})
	}
	d.Add(at, state.FeatureTagged{Tag: tag})
}
