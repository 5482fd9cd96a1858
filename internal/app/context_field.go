package app

import (
	"context"
	"slices"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// ContextFieldSettings are what a context field is made of, besides its name and project.
type ContextFieldSettings struct {
	Description *string
	Stickiness  bool
	SortOrder   int
	LegalValues []flag.LegalValue
}

// CreateContextField makes a context field, of a project or (nil) of all.
//
// Faults: NotFound for the project, BadData, NameExists (names are unique in the instance).
func (a *App) CreateContextField(ctx context.Context, c Caller, project *flag.ProjectID, name string, in ContextFieldSettings) (*flag.ContextField, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := requireOnContext(d, project, access.CreateContextField); err != nil {
			return err
		}
		if project != nil {
			if _, err := decide.ActiveProject(d.State, *project); err != nil {
				return err
			}
		}
		field := flag.ContextField{
			Name: name, Project: project, CreatedAt: d.Now,
			Description: in.Description, Stickiness: in.Stickiness, SortOrder: in.SortOrder, LegalValues: in.LegalValues,
		}
		if err := fault.Invalid(flag.ValidateContextField("/body", field)...); err != nil {
			return err
		}
		if err := ValidateContextFieldName(d.State, name); err != nil {
			return err
		}
		d.Add(state.Scope{Project: decide.Owner(project)}, state.ContextFieldCreated{Field: field})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.ContextField(name), nil
}

// ValidateContextFieldName says whether a context field of this name could be created.
//
// Faults: BadData, NameExists.
func ValidateContextFieldName(s *state.State, name string) error {
	if err := fault.Invalid(flag.ValidateName("/body/name", name)...); err != nil {
		return err
	}
	if s.ContextField(name) != nil {
		return fault.New(fault.NameExists, "A context field with that name already exist")
	}
	return nil
}

// UpdateContextField replaces what a context field is made of. edit is handed the field, and
// returns what it shall be made of; it must be pure.
//
// Faults: NotFound, BadData.
func (a *App) UpdateContextField(ctx context.Context, c Caller, project *flag.ProjectID, name string, edit func(*flag.ContextField) ContextFieldSettings) error {
	return a.editContextField(ctx, c, project, name, func(field *flag.ContextField) {
		in := edit(field)
		field.Description, field.Stickiness, field.SortOrder, field.LegalValues = in.Description, in.Stickiness, in.SortOrder, in.LegalValues
	})
}

// SetLegalValue adds a value to those that constraints may name for a context field, or
// changes its description.
//
// Faults: NotFound, BadData.
func (a *App) SetLegalValue(ctx context.Context, c Caller, project *flag.ProjectID, name string, value flag.LegalValue) error {
	if err := fault.Invalid(flag.ValidateLegalValue("/body", value)...); err != nil {
		return err
	}
	return a.editContextField(ctx, c, project, name, func(field *flag.ContextField) {
		field.LegalValues = slices.Clone(field.LegalValues)
		if i := legalValueIn(field, value.Value); i >= 0 {
			field.LegalValues[i] = value
		} else {
			field.LegalValues = append(field.LegalValues, value)
		}
	})
}

// RemoveLegalValue takes a value from those that constraints may name for a context
// field. One that it does not have is passed over.
//
// Faults: NotFound.
func (a *App) RemoveLegalValue(ctx context.Context, c Caller, project *flag.ProjectID, name, value string) error {
	return a.editContextField(ctx, c, project, name, func(field *flag.ContextField) {
		if i := legalValueIn(field, value); i >= 0 {
			field.LegalValues = slices.Delete(slices.Clone(field.LegalValues), i, i+1)
		}
	})
}

func legalValueIn(field *flag.ContextField, value string) int {
	return slices.IndexFunc(field.LegalValues, func(v flag.LegalValue) bool { return v.Value == value })
}

func (a *App) editContextField(ctx context.Context, c Caller, project *flag.ProjectID, name string, edit func(*flag.ContextField)) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := requireOnContext(d, project, access.UpdateContextField); err != nil {
			return err
		}
		before, err := ContextField(d.State, project, name)
		if err != nil {
			return err
		}
		after := *before
		edit(&after)
		if err := fault.Invalid(flag.ValidateContextField("/body", after)...); err != nil {
			return err
		}
		if !decide.Same(*before, after) {
			d.Add(state.Scope{Project: decide.Owner(project)}, state.ContextFieldUpdated{Before: *before, After: after})
		}
		return nil
	})
	return err
}

// DeleteContextField removes a context field that no flag in use names in a constraint. Those of segments and
// of archived flags may go on to name it, as in Unleash.
//
// Faults: NotFound, Conflict while it is used.
func (a *App) DeleteContextField(ctx context.Context, c Caller, project *flag.ProjectID, name string) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := requireOnContext(d, project, access.DeleteContextField); err != nil {
			return err
		}
		field, err := ContextField(d.State, project, name)
		if err != nil {
			return err
		}
		for f := range d.Flags() {
			if f.Archived() {
				continue
			}
			for s := range f.Strategies() {
				if flag.Constrain(s.Constraints, name) {
					// Which flags these are, only those may know who see their projects.
					return fault.New(fault.Conflict, "This context field is in use by existing flags. To delete it, first remove its usage from all flags.")
				}
			}
		}
		d.Add(state.Scope{Project: decide.Owner(project)}, state.ContextFieldDeleted{Before: *field})
		return nil
	})
	return err
}

// ContextField returns a context field of a project or (nil) of all.
//
// Faults: NotFound, also for a field that belongs elsewhere.
func ContextField(s *state.State, project *flag.ProjectID, name string) (*flag.ContextField, error) {
	field := s.ContextField(name)
	if field == nil || decide.Owner(field.Project) != decide.Owner(project) {
		return nil, fault.New(fault.NotFound, "Could not find context field with name %q.", name)
	}
	return field, nil
}

// requireOnContext returns a Permission fault unless the caller may do this to context
// fields: those of a project take its own permission.
func requireOnContext(d *decide.Decision, project *flag.ProjectID, global access.Permission) error {
	if project != nil {
		return d.Require(*project, "", access.UpdateProjectContext)
	}
	return d.Require("", "", global)
}
