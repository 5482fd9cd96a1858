package adminapi

import (
	"context"
	"net/http"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

const tagContext = "Context"

// contextFields registers what can be done with context fields: those of all projects at /context, and those of
// a project at /projects/{projectId}/context. The two are the same operations with other permissions and, in
// the document, with the suffix ForProject. A project is a pointer below: nil stands for all projects. Names
// are unique in the instance, wherever a field belongs.
func (a *api) contextFields() {
	// both returns an operation on the fields of all projects, and its counterpart in a project. An empty
	// permission means that everyone may who is signed in; a project has one permission for all that is done to
	// its fields.
	both := func(name, method, path, summary string, global, project access.Permission, status int) (operation, operation) {
		op := operation{ID: name, Method: method, Path: "/context" + path, Tag: tagContext, Summary: summary, Status: status}
		own := op
		own.ID, own.Path, own.Summary = name+"ForProject", projectPath+"/context"+path, summary+" of a project"
		if global != "" {
			op.Permissions, own.Permissions = []access.Permission{global}, []access.Permission{project}
		}
		return op, own
	}
	const (
		field = "/{contextField}"
		value = field + "/legal-values/{legalValue}"
	)

	op, own := both("getContextFields", http.MethodGet, "", "List context fields", "", "", 0)
	register(a, op, func(_ context.Context, r request, in *includeContext) ([]contextFieldUsed, error) {
		return listContextFields(r, nil, in.Include == "project"), nil
	})
	register(a, own, func(_ context.Context, r request, in *struct {
		ProjectAt
		Included
	},
	) ([]contextFieldUsed, error) {
		if _, err := app.Project(r.State, in.Project); err != nil {
			return nil, err
		}
		return listContextFields(r, &in.Project, in.Include == "root"), nil
	})

	op, own = both("getContextField", http.MethodGet, field, "Get a context field", "", "", 0)
	register(a, op, func(_ context.Context, r request, in *ContextFieldAt) (contextFieldUsed, error) {
		return getContextField(r.State, nil, in.Field)
	})
	register(a, own, func(_ context.Context, r request, in *ProjectContextFieldAt) (contextFieldUsed, error) {
		return getContextField(r.State, &in.Project, in.Field)
	})

	op, own = both("getStrategiesByContextField", http.MethodGet, field+"/strategies", "List the strategies with constraints on a context field", "", "", 0)
	register(a, op, func(_ context.Context, r request, in *ContextFieldAt) (contextFieldStrategies, error) {
		return strategiesByContextField(r, nil, in.Field)
	})
	register(a, own, func(_ context.Context, r request, in *ProjectContextFieldAt) (contextFieldStrategies, error) {
		return strategiesByContextField(r, &in.Project, in.Field)
	})

	op, own = both("createContextField", http.MethodPost, "", "Create a context field", access.CreateContextField, access.UpdateProjectContext, http.StatusCreated)
	register(a, op, func(ctx context.Context, r request, in *struct{ Body createContextField }) (ContextField, error) {
		return a.createContextField(ctx, r, nil, in.Body)
	})
	register(a, own, func(ctx context.Context, r request, in *struct {
		ProjectAt
		Body createContextField
	},
	) (ContextField, error) {
		return a.createContextField(ctx, r, &in.Project, in.Body)
	})

	// Whoever may see a form may ask: no permission. The two ask the same, since names are unique in the
	// instance.
	op, own = both("validateContextFieldName", http.MethodPost, "/validate", "Check the name of a context field", "", "", 0)
	register(a, op, func(_ context.Context, r request, in *struct{ Body name }) (empty, error) {
		return empty{}, app.ValidateContextFieldName(r.State, in.Body.Name)
	})
	register(a, own, func(_ context.Context, r request, in *struct {
		ProjectAt
		Body name
	},
	) (empty, error) {
		return empty{}, app.ValidateContextFieldName(r.State, in.Body.Name)
	})

	op, own = both("updateContextField", http.MethodPut, field, "Replace a context field", access.UpdateContextField, access.UpdateProjectContext, 0)
	register(a, op, func(ctx context.Context, r request, in *struct {
		ContextFieldAt
		Body UpdateContextField
	},
	) (empty, error) {
		return empty{}, a.App.UpdateContextField(ctx, r.Caller, nil, in.Field, in.Body.settings)
	})
	register(a, own, func(ctx context.Context, r request, in *struct {
		ProjectContextFieldAt
		Body UpdateContextField
	},
	) (empty, error) {
		return empty{}, a.App.UpdateContextField(ctx, r.Caller, &in.Project, in.Field, in.Body.settings)
	})

	// One value is added or taken away, without sending all the others, which somebody else may be changing.
	op, own = both("updateContextFieldLegalValue", http.MethodPost, field+"/legal-values", "Add or change a legal value of a context field", access.UpdateContextField, access.UpdateProjectContext, 0)
	register(a, op, func(ctx context.Context, r request, in *struct {
		ContextFieldAt
		Body legalValue
	},
	) (empty, error) {
		return empty{}, a.App.SetLegalValue(ctx, r.Caller, nil, in.Field, flag.LegalValue(in.Body))
	})
	register(a, own, func(ctx context.Context, r request, in *struct {
		ProjectContextFieldAt
		Body legalValue
	},
	) (empty, error) {
		return empty{}, a.App.SetLegalValue(ctx, r.Caller, &in.Project, in.Field, flag.LegalValue(in.Body))
	})

	op, own = both("deleteContextFieldLegalValue", http.MethodDelete, value, "Remove a legal value of a context field", access.UpdateContextField, access.UpdateProjectContext, 0)
	register(a, op, func(ctx context.Context, r request, in *struct {
		ContextFieldAt
		LegalValueAt
	},
	) (empty, error) {
		return empty{}, a.App.RemoveLegalValue(ctx, r.Caller, nil, in.Field, in.Value)
	})
	register(a, own, func(ctx context.Context, r request, in *struct {
		ProjectContextFieldAt
		LegalValueAt
	},
	) (empty, error) {
		return empty{}, a.App.RemoveLegalValue(ctx, r.Caller, &in.Project, in.Field, in.Value)
	})

	op, own = both("deleteContextField", http.MethodDelete, field, "Delete a context field", access.DeleteContextField, access.UpdateProjectContext, 0)
	register(a, op, func(ctx context.Context, r request, in *ContextFieldAt) (empty, error) {
		return empty{}, a.App.DeleteContextField(ctx, r.Caller, nil, in.Field)
	})
	register(a, own, func(ctx context.Context, r request, in *ProjectContextFieldAt) (empty, error) {
		return empty{}, a.App.DeleteContextField(ctx, r.Caller, &in.Project, in.Field)
	})
}

// ContextFieldAt names a context field.
type ContextFieldAt struct {
	Field string `path:"contextField"`
}

// ProjectContextFieldAt names a context field of a project.
type ProjectContextFieldAt struct {
	ProjectAt
	ContextFieldAt
}

// LegalValueAt names a legal value.
type LegalValueAt struct {
	Value string `path:"legalValue"`
}

// includeContext says which other context fields are listed, too. It allows the value of a project's list as
// well, which adds nothing here.
type includeContext struct {
	Include string `query:"include" enum:"root,project" doc:"project: those of projects, too."`
}

// Included says which other context fields are listed, too.
type Included struct {
	Include string `query:"include" enum:"root,project" doc:"root: those of all projects, too."`
}

// UpdateContextField is what a context field is made of. It replaces: what is left out takes its zero value.
type UpdateContextField struct {
	Description optional[string] `json:"description,omitzero" doc:"Left out: as it is."`
	Stickiness  bool             `json:"stickiness,omitempty" doc:"Whether it is offered as stickiness."`
	SortOrder   int              `json:"sortOrder,omitempty"`
	LegalValues []legalValue     `json:"legalValues,omitempty" doc:"The values that constraints may name; none for any."`
}

// createContextField is the body of a new context field.
type createContextField struct {
	UpdateContextField
	Name string `json:"name"`
}

// legalValue is a value that constraints may name.
type legalValue struct {
	Value       string  `json:"value"`
	Description *string `json:"description,omitempty" nullable:"true"`
}

// ContextField is a context field.
type ContextField struct {
	Name        string          `json:"name"`
	Description *string         `json:"description,omitempty"`
	Stickiness  bool            `json:"stickiness"`
	SortOrder   int             `json:"sortOrder"`
	LegalValues []legalValue    `json:"legalValues"`
	CreatedAt   instant         `json:"createdAt"`
	Project     *flag.ProjectID `json:"project,omitempty"`
}

// contextFieldUsed is a context field, and how often constraints name it.
type contextFieldUsed struct {
	ContextField
	UsedInProjects int `json:"usedInProjects"`
	UsedInFeatures int `json:"usedInFeatures"`
}

// contextFieldStrategies are the strategies with constraints on a context field.
type contextFieldStrategies struct {
	Strategies []strategyUse `json:"strategies"`
}

// settings returns what the body makes of a context field.
func (b UpdateContextField) settings(before *flag.ContextField) app.ContextFieldSettings {
	in := app.ContextFieldSettings{Description: b.Description.Or(before.Description), Stickiness: b.Stickiness, SortOrder: b.SortOrder}
	for _, v := range b.LegalValues {
		in.LegalValues = append(in.LegalValues, flag.LegalValue(v))
	}
	return in
}

func (a *api) createContextField(ctx context.Context, r request, project *flag.ProjectID, b createContextField) (ContextField, error) {
	f, err := a.App.CreateContextField(ctx, r.Caller, project, b.Name, b.settings(&flag.ContextField{}))
	if err != nil {
		return ContextField{}, err
	}
	return viewContextField(f), nil
}

// listContextFields returns the context fields of a project or (nil) of all, and the others too if everything
// is asked for: for a project, the others are those of all. Fields of projects of which the caller may not know
// are left out.
func listContextFields(r request, project *flag.ProjectID, others bool) []contextFieldUsed {
	used := contextUsage(r.State)
	list := []contextFieldUsed{}
	for _, f := range r.State.ContextFields() {
		global := f.Project == nil
		var wanted bool
		if project == nil {
			wanted = global || others
		} else {
			wanted = !global && *f.Project == *project || global && others
		}
		if wanted && r.seesOwn(f.Project) {
			list = append(list, viewContextFieldUsed(f, used))
		}
	}
	return list
}

// getContextField returns one field of a project or (nil) of all; a field that belongs elsewhere is not found.
//
// Faults: NotFound.
func getContextField(s *state.State, project *flag.ProjectID, name string) (contextFieldUsed, error) {
	f, err := app.ContextField(s, project, name)
	if err != nil {
		return contextFieldUsed{}, err
	}
	return viewContextFieldUsed(f, contextUsage(s)), nil
}

// strategiesByContextField returns the strategies in use that name a field in a constraint, those left out of
// which the caller may not know. Segments that name it are not followed.
//
// Faults: NotFound.
func strategiesByContextField(r request, project *flag.ProjectID, name string) (contextFieldStrategies, error) {
	if _, err := app.ContextField(r.State, project, name); err != nil {
		return contextFieldStrategies{}, err
	}
	list := contextFieldStrategies{Strategies: []strategyUse{}}
	for f := range r.State.Flags() {
		if !r.sees(f.Project) {
			continue
		}
		list.Strategies = append(list.Strategies, usesIn(f, func(s *flag.Strategy) bool {
			return flag.Constrain(s.Constraints, name)
		})...)
	}
	return list, nil
}

// contextUsage returns by which flags each context field is named in constraints. Archived flags and segments
// do not count, and neither keeps a field from being deleted. Flags count that the caller may not know of,
// since the numbers name nobody.
func contextUsage(s *state.State) map[string]*usage {
	used := map[string]*usage{}
	for f := range s.Flags() {
		named := map[string]bool{}
		for strategy := range f.Strategies() {
			for _, c := range strategy.Constraints {
				named[c.ContextName] = true
			}
		}
		for field := range named {
			if used[field] == nil {
				used[field] = &usage{}
			}
			used[field].add(f)
		}
	}
	return used
}

// viewContextField returns what is shown of a context field. Project is left out for one of all projects; no
// legal values, which means any value, are an empty list.
func viewContextField(f *flag.ContextField) ContextField {
	view := ContextField{
		Name:        f.Name,
		Description: f.Description,
		Stickiness:  f.Stickiness,
		SortOrder:   f.SortOrder,
		LegalValues: []legalValue{},
		CreatedAt:   instant(f.CreatedAt),
		Project:     f.Project,
	}
	for _, v := range f.LegalValues {
		view.LegalValues = append(view.LegalValues, legalValue(v))
	}
	return view
}

func viewContextFieldUsed(f *flag.ContextField, used map[string]*usage) contextFieldUsed {
	view := contextFieldUsed{ContextField: viewContextField(f)}
	if u := used[f.Name]; u != nil {
		view.UsedInProjects, view.UsedInFeatures = len(u.projects), u.features
	}
	return view
}
