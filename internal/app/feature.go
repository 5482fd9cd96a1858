package app

import (
	"context"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

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
	s, err := a.do(ctx, c, func(d *decision) error {
		if err := d.require(in.Project, "", access.CreateFeature); err != nil {
			return err
		}
		project, err := a.roomForFeature(d, in.Project, in.Name)
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
			CreatedAt:      d.now,
			CreatedBy:      string(d.actor.Ref),
		}
		for _, env := range project.Environments {
			f.Environments = append(f.Environments, flag.FlagEnvironment{Environment: env.Environment})
		}
		createFeature(d, project, f)
		for _, tag := range tags {
			addTag(d, featureScope(&f), tag)
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
//
// Faults: BadData, Pattern, NameExists.
func (a *App) ValidateFeatureName(name flag.Name, project flag.ProjectID) error {
	s := a.State()
	if err := freeName(s, name); err != nil {
		return err
	}
	if p := s.Project(project); p != nil {
		return p.Naming.Check(name)
	}
	return nil
}

// roomForFeature returns the project if a flag of this name can be created in it.
func (a *App) roomForFeature(d *decision, id flag.ProjectID, name flag.Name) (*flag.Project, error) {
	project, err := activeProject(d.State, id)
	if err != nil {
		return nil, err
	}
	if err := freeName(d.State, name); err != nil {
		return nil, err
	}
	if err := project.Naming.Check(name); err != nil {
		return nil, err
	}
	if project.FeatureLimit != nil && activeFlags(d.State, id) >= *project.FeatureLimit {
		return nil, fault.New(fault.InvalidOperation, "You have reached the maximum number of feature flags for this project.")
	}
	if a.limits.FeatureFlags > 0 && reached(allActiveFlags(d.State), a.limits.FeatureFlags) {
		return nil, flag.ExceedsLimit("feature flag", a.limits.FeatureFlags)
	}
	return project, nil
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
func createFeature(d *decision, project *flag.Project, f flag.Flag) {
	d.add(featureScope(&f), state.FeatureCreated{Flag: f})
	for _, template := range project.LinkTemplates {
		url, err := template.Link(project.ID, f.Name)
		if err != nil {
			continue // it was valid for other names; a flag is not refused for the sake of a link
		}
		d.add(featureScope(&f), state.FeatureLinkAdded{Link: flag.Link{ID: d.newID(), URL: url, Title: template.Title}})
	}
}

// featureScope is where events about a whole flag belong.
func featureScope(f *flag.Flag) state.Scope { return state.Scope{Project: f.Project, Feature: f.Name} }

// Feature returns a flag of a project, archived ones included.
//
// Faults: NotFound, which tells the other project if the flag is there.
func Feature(s *state.State, project flag.ProjectID, name flag.Name) (*flag.Flag, error) {
	f := s.Flag(name)
	switch {
	case f == nil:
		return nil, fault.New(fault.NotFound, "There's no feature named %q in project %q.", name, project)
	case f.Project != project:
		return nil, fault.New(fault.NotFound, "There's no feature named %q in project %q, but there's a feature with that name in project %q", name, project, f.Project)
	default:
		return f, nil
	}
}

// activeProject returns a project that is not archived, or a NotFound fault.
func activeProject(s *state.State, id flag.ProjectID) (*flag.Project, error) {
	p := s.Project(id)
	if p == nil || p.Archived() {
		return nil, fault.New(fault.NotFound, "Could not find project with id=%s", id)
	}
	return p, nil
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

func allActiveFlags(s *state.State) int {
	n := 0
	for f := range s.Flags() {
		if !f.Archived() {
			n++
		}
	}
	return n
}

func unknownFeatureType(id string) error {
	return fault.Field("/body/type", "There is no flag type %q.", id)
}

// validTags returns the tags as they are kept, without duplicates, or a BadData fault.
func validTags(d *decision, at string, tags []flag.Tag) ([]flag.Tag, error) {
	var valid []flag.Tag
	for _, tag := range tags {
		tag = tag.Trim()
		if err := fault.Invalid(flag.ValidateTag(at, tag)...); err != nil {
			return nil, err
		}
		if d.TagType(tag.Type) == nil {
			return nil, fault.Field(at+"/type", "There is no tag type %q.", tag.Type)
		}
		if !slices.Contains(valid, tag) {
			valid = append(valid, tag)
		}
	}
	return valid, nil
}

// addTag decides that a flag gets a tag, which is created if it does not exist yet.
func addTag(d *decision, at state.Scope, tag flag.Tag) {
	if slices.Contains(d.Flag(at.Feature).Tags, tag) {
		return
	}
	if !d.HasTag(tag) {
		d.add(state.Scope{}, state.TagCreated{Tag: tag})
	}
	d.add(at, state.FeatureTagged{Tag: tag})
}
