package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// defaultProject is the project that every instance has. It cannot be put away.
const defaultProject flag.ProjectID = "default"

// NewProject is a project to be created.
type NewProject struct {
	ID                flag.ProjectID // empty: made of the name
	Name              string
	Description       *string
	Mode              flag.Mode // empty: open
	DefaultStickiness string    // empty: default
	// Environments are those of the project; nil: all that are enabled.
	Environments []flag.EnvironmentName
	// Protected are environments in which changes need approval, with the number of
	// approvals, which is brought into 1..10. Environments that demand approvals of every
	// new project are protected in any case, with their own number.
	Protected map[flag.EnvironmentName]int
}

// CreateProject makes a project. A person or service account that does becomes its Owner.
//
// Faults: BadData, NameExists, ExceedsLimit.
func (a *App) CreateProject(ctx context.Context, c Caller, in NewProject) (*flag.Project, error) {
	var id flag.ProjectID
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.CreateProject); err != nil {
			return err
		}
		if err := roomForProject(d); err != nil {
			return err
		}
		id = in.ID
		if id == "" {
			id = freeProjectID(d.State, in.Name)
		}
		p := flag.Project{
			ID:                id,
			Name:              in.Name,
			Description:       in.Description,
			Mode:              cmp.Or(in.Mode, flag.ModeOpen),
			DefaultStickiness: cmp.Or(in.DefaultStickiness, flag.DefaultStickiness),
			CreatedAt:         d.Now,
			UpdatedAt:         d.Now,
		}
		if err := fault.Invalid(flag.ValidateProject("/body", p)...); err != nil {
			return err
		}
		if err := ValidateProjectID(d.State, id); err != nil {
			return err
		}
		environments, err := environmentsFor(d.State, in.Environments)
		if err != nil {
			return err
		}
		p.Environments = environments
		d.Add(state.Scope{Project: id}, state.ProjectCreated{Project: p})
		if creator := d.Actor.Ref.Account(); d.Account(creator) != nil {
			d.Add(state.Scope{Project: id}, state.ProjectAccessAdded{
				Subjects: []state.Subject{state.AccountSubject(creator)}, Roles: []access.RoleID{access.RoleOwner},
			})
		}
		return protect(d, &p, in.Protected)
	})
	if err != nil {
		return nil, err
	}
	return s.Project(id), nil
}

// environmentsFor returns the environments of a new project: the named ones, or all that
// are enabled if names is nil.
func environmentsFor(s *state.State, names []flag.EnvironmentName) ([]flag.ProjectEnvironment, error) {
	if names == nil {
		for _, env := range s.Environments() {
			if env.Enabled {
				names = append(names, env.Name)
			}
		}
	}
	var environments []flag.ProjectEnvironment
	for _, name := range slices.Compact(slices.Sorted(slices.Values(names))) {
		if s.Environment(name) == nil {
			return nil, unknownEnvironment("/body/environments", name)
		}
		environments = append(environments, flag.ProjectEnvironment{Environment: name})
	}
	return environments, nil
}

// protect decides in which environments of a new project changes need approval.
func protect(d *decide.Decision, p *flag.Project, asked map[flag.EnvironmentName]int) error {
	for name := range asked {
		if d.Environment(name) == nil {
			return unknownEnvironment("/body/changeRequestEnvironments", name)
		}
	}
	for _, env := range d.Environments() {
		if approvals, ok := asked[env.Name]; ok && env.RequiredApprovals == nil { // what is predefined holds anyway
			requireApprovals(d, state.Scope{Project: p.ID, Environment: env.Name}, approvals)
		}
	}
	return nil
}

// requireApprovals decides that changes to an environment of a project need approval.
func requireApprovals(d *decide.Decision, at state.Scope, approvals int) {
	rule := changerequest.Rule{RequiredApprovals: approvals}.Clamped()
	d.Add(at, state.ChangeRequestConfigurationUpdated{After: &rule})
}

// freeProjectID makes an id of a name that no project has.
func freeProjectID(s *state.State, name string) flag.ProjectID {
	slug := flag.Slug(name)
	id := flag.ProjectID(slug)
	for n := 1; s.Project(id) != nil; n++ {
		id = flag.ProjectID(fmt.Sprintf("%s-%d", slug, n))
	}
	return id
}

func roomForProject(d *decide.Decision) error {
	active := 0
	for p := range d.Projects() {
		if !p.Archived() {
			active++
		}
	}
	if decide.Reached(active, d.Limits.Projects) {
		return flag.ExceedsLimit("project", d.Limits.Projects)
	}
	return nil
}

// ValidateProjectID says whether a project could be created under an id.
//
// Faults: BadData, NameExists.
func ValidateProjectID(s *state.State, id flag.ProjectID) error {
	if err := fault.Invalid(flag.ValidateName("/body/id", string(id))...); err != nil {
		return err
	}
	if s.Project(id) != nil {
		return fault.New(fault.NameExists, "A project with this id already exists.")
	}
	return nil
}

// UpdateProject changes the settings of a project. edit is handed the settings as they
// are, and returns them as they shall be; it must be pure.
//
// Faults: NotFound, BadData.
func (a *App) UpdateProject(ctx context.Context, c Caller, id flag.ProjectID, edit func(state.ProjectSettings) state.ProjectSettings) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(id, "", access.UpdateProject, access.WriteProjectSettings); err != nil {
			return err
		}
		p, err := decide.ActiveProject(d.State, id)
		if err != nil {
			return err
		}
		before := state.SettingsOf(p)
		after := edit(before)
		edited := flag.Project{
			ID: id, Name: after.Name, Mode: after.Mode, DefaultStickiness: after.DefaultStickiness,
			FeatureLimit: after.FeatureLimit, Naming: after.Naming, LinkTemplates: after.LinkTemplates,
		}
		if err := fault.Invalid(flag.ValidateProject("/body", edited)...); err != nil {
			return err
		}
		if !decide.Same(before, after) {
			d.Add(state.Scope{Project: id}, state.ProjectUpdated{Before: before, After: after})
		}
		return nil
	})
	return err
}

// ArchiveProject puts a project away, all of whose flags are archived.
//
// Faults: NotFound, InvalidOperation.
func (a *App) ArchiveProject(ctx context.Context, c Caller, id flag.ProjectID) error {
	return a.endProject(ctx, c, id, "archive", func(d *decide.Decision, p *flag.Project) []access.APIToken {
		if !p.Archived() {
			d.Add(state.Scope{Project: id}, state.ProjectArchived{})
		}
		return nil
	})
}

// ReviveProject takes an archived project back into use.
//
// Faults: NotFound, ExceedsLimit.
func (a *App) ReviveProject(ctx context.Context, c Caller, id flag.ProjectID) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(id, "", access.DeleteProject); err != nil {
			return err
		}
		p, err := Project(d.State, id)
		if err != nil || !p.Archived() {
			return err
		}
		if err := roomForProject(d); err != nil {
			return err
		}
		d.Add(state.Scope{Project: id}, state.ProjectRevived{})
		return nil
	})
	return err
}

// DeleteProject removes a project for good, with all that is its own: archived flags,
// segments, context fields and the tokens that open nothing else. Tokens that open other
// projects as well go on opening those.
//
// Faults: NotFound, InvalidOperation when it has flags that are not archived.
func (a *App) DeleteProject(ctx context.Context, c Caller, id flag.ProjectID) error {
	return a.endProject(ctx, c, id, "delete", func(d *decide.Decision, p *flag.Project) []access.APIToken {
		at := state.Scope{Project: id}
		for f := range d.FlagsOf(id) {
			d.Add(decide.FeatureScope(f), state.FeatureDeleted{Before: *f})
		}
		for segment := range d.Segments() {
			if !segment.Global() && *segment.Project == id {
				d.Add(at, state.SegmentDeleted{Before: *segment})
			}
		}
		for _, field := range d.ContextFields() {
			if field.Project != nil && *field.Project == id {
				d.Add(at, state.ContextFieldDeleted{Before: *field})
			}
		}
		deleted := deleteTokens(d, func(t *access.APIToken) bool { return onlyProject(t) == id })
		closeToTokens(d, id)
		d.Add(at, state.ProjectDeleted{Before: *p})
		return deleted
	})
}

// endProject puts a project away in one of two ways. end returns the tokens that go with it.
func (a *App) endProject(ctx context.Context, c Caller, id flag.ProjectID, verb string, end func(*decide.Decision, *flag.Project) []access.APIToken) error {
	var gone []access.APIToken
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(id, "", access.DeleteProject); err != nil {
			return err
		}
		p, err := Project(d.State, id)
		if err != nil {
			return err
		}
		if id == defaultProject {
			return fault.New(fault.InvalidOperation, "You can not %s the default project.", verb)
		}
		if n := activeFlags(d.State, id); n > 0 {
			return fault.New(fault.InvalidOperation, "You can not %s the project %q while it has flags that are not archived. It has %d.", verb, id, n)
		}
		gone = end(d, p)
		return nil
	}, func(tx *store.Tx) error { return forgetSecrets(tx, gone) })
	return err
}

// Project returns a project, archived ones included.
//
// Faults: NotFound.
func Project(s *state.State, id flag.ProjectID) (*flag.Project, error) {
	if p := s.Project(id); p != nil {
		return p, nil
	}
	return nil, fault.New(fault.NotFound, "No project found")
}
