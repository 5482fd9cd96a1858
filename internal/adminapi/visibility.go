package adminapi

import (
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/webfault"
)

// Who may not see a private project must not learn of it by any answer (docs/access.md, "Projects").
// What a path names is refused here, for all operations together, so that none can forget it; what a
// body or a query names, and what lists hold, each operation asks itself, by the functions below. A
// test compares every path below a private project with the same path below one that does not exist.

// sees reports whether the caller may know of a project. Lists leave out what is in others.
func (r request) sees(project flag.ProjectID) bool { return r.State.MaySee(r.Caller.Actor, project) }

// seesOwn is sees for what belongs to one project or (nil) to all.
func (r request) seesOwn(project *flag.ProjectID) bool { return project == nil || r.sees(*project) }

// knows reports whether the caller may know of an open change request.
//
// A draft is its author's alone, whatever the author may do. While change requests are turned off,
// nobody knows of any.
func (r request) knows(cr *changerequest.Request) bool {
	return !r.State.ChangeRequests().Disabled && r.sees(cr.Project) && (cr.State != changerequest.Draft || cr.Author == r.Caller.Actor.Ref)
}

// hidden reports whether there is a flag of which the caller may not know.
//
// It is false for a flag that does not exist: the operation says so itself, in the same words as find.
func (r request) hidden(name flag.Name) bool {
	f := r.State.Flag(name)
	return f != nil && !r.sees(f.Project)
}

// visible lets nobody near a project of which they may not know: for every path below it, they
// get the answer of one that does not exist; so for every path below one of its flags.
//
// It runs behind receive, whose request it needs, and before the input is bound.
func (a *api) visible(ctx huma.Context, next func(huma.Context)) {
	r := requestOf(ctx.Context())
	if err := r.find(ctx.Operation().Metadata[operationKey].(operation), ctx.Param); err != nil {
		_, w := humachi.Unwrap(ctx)
		webfault.Write(w, r.http, err)
		return
	}
	next(ctx)
}

// unheeding are operations that answer the same whether there is a flag or not, to those who
// may not know of it.
//
// They refuse nothing that does not exist, or say it in words of their own, so that a refusal by find
// would give a hidden flag away.
func unheeding(operation string) bool {
	return slices.Contains([]string{"getEventsForToggle", "reviveFeature", "deleteFeature"}, operation)
}

// find returns a NotFound fault if the path names what the caller may not know of.
//
// A permission that is lacking is told before a flag that is, since the use cases ask in that order;
// otherwise the two refusals would tell whether a hidden flag exists. The sentences are word for word
// those for what does not exist.
func (r request) find(op operation, param func(string) string) error {
	project := flag.ProjectID(param("projectId"))
	if !r.sees(project) {
		return noProject(project)
	}
	if unheeding(op.ID) {
		return nil
	}
	// Who lacks a permission in a project is told that, whether the flag exists or not.
	lacking := len(op.Permissions) > 0 && !r.Caller.Actor.Can(project, flag.EnvironmentName(param("environment")), op.Permissions...)
	// The names under which paths have flags; dependencies have two.
	for _, name := range []string{"featureName", "child", "parent"} {
		f := flag.Name(param(name))
		switch {
		case f == "" || !r.hidden(f):
		case project != "" && lacking:
		case project != "":
			return fault.New(fault.NotFound, "There's no feature named %q in project %q.", f, project)
		default:
			return fault.New(fault.NotFound, "Could not find feature flag with name %s", f)
		}
	}
	return nil
}
