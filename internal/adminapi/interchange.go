package adminapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/interchange"
)

const tagInterchange = "Import/Export"

// interchange registers how flags are exported and imported, in Unleash's format.
//
// The format is Unleash's and package interchange's; what an import does is decided in app
// (docs/import-export.md). Here a project is hidden from who may not see it, for a body names it and no
// path.
func (a *api) interchange() {
	const content = "Flags that exist in the project are overwritten: what describes them, their tags and links, and their strategies, variants and state in the environment. " +
		"Archived ones are passed over. Segments are found by their names and must exist, as must strategy types; context fields and tag types are created. "
	register(a, operation{
		ID: "exportFeatures", Method: http.MethodPost, Path: "/features-batch/export", Tag: tagInterchange,
		Summary: "Export flags from an environment",
		Description: "Which flags: those named by `features`, or with a `tag` (its value), or of a `project`; with neither, or with no names, all. " +
			"Archived flags, and those of projects of which the caller may not know, are left out. `downloadFile` makes the answer a file.",
	}, a.exportFeatures)
	register(a, operation{
		ID: "validateImport", Method: http.MethodPost, Path: "/features-batch/validate", Tag: tagInterchange, MaxBody: interchange.MaxDocument, Heavy: true,
		Summary:     "Say what an import would meet",
		Description: "Changes nothing. With `errors` or `permissions`, which lists what the caller lacks, the import would be refused; `warnings` tell what it would create, overwrite and pass over. " + content,
	}, a.validateImport)
	register(a, operation{
		ID: "importToggles", Method: http.MethodPost, Path: "/features-batch/import", Tag: tagInterchange, MaxBody: interchange.MaxDocument, Heavy: true,
		Summary: "Import flags into a project and an environment",
		Description: content + "All of it takes place in one batch, or none. What acts in a protected environment goes into a change request, a draft of the caller, who must have none pending there: " +
			"then the answer is 202 with that request. Which permissions it takes depends on the content: all that the same changes take by themselves; UPDATE_FEATURE where it changes nothing; none for what is put into a request.",
		Proposable: true,
	}, a.importToggles)
}

// exportQuery says which flags are exported.
//
// Features goes before Tag, and Tag before Project. Tag is the value of a tag of whatever type.
type exportQuery struct {
	Environment  flag.EnvironmentName `json:"environment"`
	DownloadFile bool                 `json:"downloadFile,omitempty" doc:"Whether the answer is a file, indented."`
	Features     []flag.Name          `json:"features,omitempty"`
	Tag          string               `json:"tag,omitempty"`
	Project      flag.ProjectID       `json:"project,omitempty"`
}

// importToggles is the body of an import, and of what checks one.
type importToggles struct {
	Project     flag.ProjectID           `json:"project"`
	Environment flag.EnvironmentName     `json:"environment"`
	Data        interchange.ExportResult `json:"data"`
}

// importTogglesValidate is what an import would meet.
//
// Its lists are empty and not null; the import is accepted if Errors and Permissions are.
type importTogglesValidate struct {
	Errors      []importTogglesValidateItem `json:"errors"`
	Warnings    []importTogglesValidateItem `json:"warnings"`
	Permissions []importTogglesValidateItem `json:"permissions"`
}

// importTogglesValidateItem is a sentence, and what it is about.
//
// AffectedItems are names, of flags, segments or permissions.
type importTogglesValidateItem struct {
	Message       string   `json:"message"`
	AffectedItems []string `json:"affectedItems"`
}

func (a *api) exportFeatures(_ context.Context, r request, in *struct{ Body exportQuery }) (interchange.ExportResult, error) {
	q := in.Body
	if r.State.Environment(q.Environment) == nil {
		return interchange.ExportResult{}, fault.New(fault.NotFound, "Could not find environment with name: %s", q.Environment)
	}
	if q.Project != "" && (r.State.Project(q.Project) == nil || !r.sees(q.Project)) {
		return interchange.ExportResult{}, noProject(q.Project)
	}
	var flags []*flag.Flag
	for f := range r.State.Flags() {
		if !f.Archived() && r.sees(f.Project) && q.wants(f) {
			flags = append(flags, f)
		}
	}
	if q.DownloadFile {
		r.header.Set("Content-Disposition", `attachment; filename="export.json"`)
	}
	return interchange.Write(r.State, q.Environment, flags), nil
}

// wants reports whether a flag is exported.
//
// Whether it is archived or hidden is asked before.
func (q exportQuery) wants(f *flag.Flag) bool {
	switch {
	case len(q.Features) > 0:
		return slices.Contains(q.Features, f.Name)
	case q.Tag != "":
		return slices.ContainsFunc(f.Tags, func(t flag.Tag) bool { return t.Value == q.Tag })
	default:
		return q.Project == "" || f.Project == q.Project
	}
}

// read returns what the body asks for, or NotFound for who may not see the project.
func (b importToggles) read(r request) (app.Import, error) {
	if !r.sees(b.Project) {
		return app.Import{}, noProject(b.Project)
	}
	return interchange.Read(b.Data, b.Project, b.Environment), nil
}

func (a *api) validateImport(_ context.Context, r request, in *struct{ Body importToggles }) (importTogglesValidate, error) {
	wanted, err := in.Body.read(r)
	if err != nil {
		return importTogglesValidate{}, err
	}
	found, err := a.App.CheckImport(r.Caller, wanted)
	if err != nil {
		return importTogglesValidate{}, err
	}
	view := importTogglesValidate{Errors: viewFindings(found.Errors), Warnings: viewFindings(found.Warnings), Permissions: []importTogglesValidateItem{}}
	if len(found.Missing) > 0 {
		// One item for all of them: they are lacking together.
		lacking := importTogglesValidateItem{Message: "You lack these permissions, all of which the import takes:"}
		for _, p := range found.Missing {
			lacking.AffectedItems = append(lacking.AffectedItems, string(p))
		}
		view.Permissions = append(view.Permissions, lacking)
	}
	return view, nil
}

func (a *api) importToggles(ctx context.Context, r request, in *struct{ Body importToggles }) (empty, error) {
	wanted, err := in.Body.read(r)
	if err != nil {
		return empty{}, err
	}
	proposed, err := a.App.ImportFeatures(ctx, r.Caller, wanted)
	if err == nil && proposed != nil {
		// Part of an import may have been written and part proposed; to the caller, the answer is the
		// request (docs/import-export.md, "Into a protected environment").
		err = &app.Proposed{Request: proposed}
	}
	return empty{}, err
}

// viewFindings returns findings in Unleash's form, without the place in the document that each is
// about.
func viewFindings(found []app.Finding) []importTogglesValidateItem {
	views := []importTogglesValidateItem{}
	for _, f := range found {
		views = append(views, importTogglesValidateItem{f.Message, f.Affected})
	}
	return views
}
