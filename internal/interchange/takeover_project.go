package interchange

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
)

// project is a project of the other server, as far as it is taken over. The list of projects has less than that: the
// overview of each is read, which has no id.
type project struct {
	ID                string            `json:"id,omitempty"`
	Name              string            `json:"name"`
	Description       *string           `json:"description"`
	Mode              string            `json:"mode,omitempty"`
	DefaultStickiness string            `json:"defaultStickiness,omitempty"`
	FeatureLimit      *int              `json:"featureLimit,omitempty"`
	FeatureNaming     *featureNaming    `json:"featureNaming,omitempty"`
	LinkTemplates     []json.RawMessage `json:"linkTemplates,omitempty"`
	Environments      []struct {
		Environment string `json:"environment"`
	} `json:"environments,omitempty"`
	ArchivedAt *string `json:"archivedAt,omitempty"`
}

// featureNaming is what names of flags must look like: a regular expression, and two texts for people.
type featureNaming struct {
	Pattern     *string `json:"pattern"`
	Example     *string `json:"example"`
	Description *string `json:"description"`
}

// projects creates those that are not here, and gives the others what they lack; those that cannot be filled are noted, and
// not among known. Context fields of projects come with them.
func (t *takeover) projects(ctx context.Context) error {
	type list struct{ Projects []project }
	theirs, ours, err := both[list](ctx, t, "projects")
	if err != nil {
		return err
	}
	for _, summary := range theirs.Projects {
		if summary.ArchivedAt != nil {
			t.note("project", summary.ID, Left, "it is archived")
			continue
		}
		p, err := read[project](ctx, t.from, "projects", summary.ID, "overview")
		if err != nil {
			return err
		}
		p.ID = summary.ID
		if slices.ContainsFunc(ours.Projects, func(o project) bool { return o.ID == p.ID }) {
			err = t.fitProject(ctx, p)
		} else {
			err = t.createProject(ctx, p)
		}
		if err != nil {
			continue // it is noted
		}
		t.known = append(t.known, p)
		if err := t.projectContextFields(ctx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// createProject creates a project with its environments. What would be in the way of its flags is set behind them (see
// settings). The error has been noted.
func (t *takeover) createProject(ctx context.Context, p project) error {
	environments := []string{}
	for _, e := range p.Environments {
		environments = append(environments, e.Environment)
	}
	_, err := t.write(ctx, post, map[string]any{
		"id": p.ID, "name": p.Name, "description": p.Description, "mode": p.Mode, "defaultStickiness": p.DefaultStickiness, "environments": environments,
	}, "projects")
	t.noteError("project", p.ID, Created, err)
	return err
}

// fitProject gives a project that is there the environments that it lacks. What it is called and
// who sees it stays. Environments that only this server has stay. The error has been noted.
func (t *takeover) fitProject(ctx context.Context, p project) error {
	have, err := read[project](ctx, t.to, "projects", p.ID, "overview")
	if err != nil {
		t.noteError("project", p.ID, Failed, err)
		return err
	}
	outcome := Unchanged
	for _, e := range p.Environments {
		if slices.Contains(have.Environments, e) {
			continue
		}
		if _, err := t.write(ctx, post, map[string]any{"environment": e.Environment}, "projects", p.ID, "environments"); err != nil {
			t.noteError("project", p.ID, Failed, err)
			return err
		}
		outcome = Updated
	}
	t.note("project", p.ID, outcome, "")
	return nil
}

// projectContextFields takes a project's own fields over. Global ones that are listed with them are left out: they have come before.
func (t *takeover) projectContextFields(ctx context.Context, id string) error {
	theirs, err := read[[]ExportedContextField](ctx, t.from, "projects", id, "context")
	if enterprise(err) {
		return nil // an older server, which has none
	}
	if err != nil {
		return err
	}
	ours, err := readOurs[[]ExportedContextField](ctx, t, "projects", id, "context")
	if err != nil {
		return err
	}
	own := func(fields []ExportedContextField) []ExportedContextField {
		return slices.DeleteFunc(fields, func(f ExportedContextField) bool { return f.Project == nil || string(*f.Project) != id })
	}
	t.takeContextFields(ctx, own(theirs), own(ours), "projects", id, "context")
	return nil
}

// namesPerExport is how many flags are asked for by name at once: Unleash takes bodies of 500 kB. A name has at most 100
// bytes, so a thousand of them fit.
const namesPerExport = 1_000

// flags takes the flags over, project by project and environment by environment, each in one import. Flags that are
// archived there are not in the list; archivedFlags takes those.
func (t *takeover) flags(ctx context.Context) error {
	// What a check has not written so far is what flags may need: environments, segments, projects.
	t.lacking = t.unwritten
	for _, p := range t.known {
		list, err := read[struct {
			Features []struct {
				Name flag.Name `json:"name"`
			} `json:"features"`
		}](ctx, t.from, "projects", p.ID, "features")
		if err != nil {
			return err
		}
		names := make([]flag.Name, len(list.Features))
		for i, f := range list.Features {
			names[i] = f.Name
		}
		if len(names) == 0 {
			continue
		}
		if err := t.takeFlags(ctx, p, names); err != nil {
			return err
		}
	}
	return nil
}

// takeFlags takes flags over as they are in each environment of a project. One that is not in order keeps no other
// out, unless the project protects an environment: then they come as one piece, which one change request can hold. Whether
// one is protected is asked of this server, which decides about it. It is enough that another environment of the project
// is: an import may touch it by dependencies (docs/adr/0023).
func (t *takeover) takeFlags(ctx context.Context, p project, names []flag.Name) error {
	const kind = "flags of an environment"
	protected, err := t.protected(ctx, p.ID)
	if err != nil {
		return err
	}
	for _, e := range p.Environments {
		doc, err := t.export(ctx, p.ID, e.Environment, names)
		if err != nil {
			return err
		}
		in := flagImport{p.ID, e.Environment, doc}
		if t.check || len(protected) > 0 {
			t.importWhole(ctx, in, kind, in.what(len(names)))
		} else if taken := t.importParts(ctx, in, in.parentsFirst(names), "flag"); len(taken) > 0 {
			t.note(kind, in.what(len(taken)), Updated, "")
		}
	}
	return nil
}

// flagImport is the body of an import.
type flagImport struct {
	Project     string       `json:"project"`
	Environment string       `json:"environment"`
	Data        ExportResult `json:"data"`
}

// what says how many flags of the import are meant.
func (in flagImport) what(n int) string {
	return fmt.Sprintf("%d in %s, %s", n, in.Project, in.Environment)
}

// parentsFirst returns names in an order in which flags come after those on which they depend, none of which
// depends on another. One level is enough: a flag that depends on another cannot be depended on. The order within both is
// kept.
func (in flagImport) parentsFirst(names []flag.Name) []flag.Name {
	children := map[flag.Name]bool{}
	for _, d := range in.Data.Dependencies {
		children[d.Feature] = len(d.Dependencies) > 0
	}
	var first, last []flag.Name
	for _, name := range names {
		if children[name] {
			last = append(last, name)
		} else {
			first = append(first, name)
		}
	}
	return append(first, last...)
}

// importWhole imports flags as one piece, or has that checked, and notes what became of it. An import answers with a change
// request if something of it was put into one, and with nothing else.
func (t *takeover) importWhole(ctx context.Context, in flagImport, kind, what string) {
	if t.check {
		t.validate(ctx, in, kind, what)
		return
	}
	answer, err := t.write(ctx, post, in, "features-batch", "import")
	var request struct{ ID int64 }
	if err == nil && len(answer) > 0 && json.Unmarshal(answer, &request) == nil {
		t.note(kind, what, Proposed, fmt.Sprintf("the environment is protected: what acts there waits in the change request %s/%d", in.Project, request.ID))
		return
	}
	t.noteError(kind, what, Updated, err)
}

// importParts imports those of an import's flags that are named, and returns those that are there now. If they are refused for
// what is in them, it halves them until those that are not in order stand alone, and notes these. Every other refusal (a
// permission, a limit on requests) would be the same for each half, so it is noted at once.
func (t *takeover) importParts(ctx context.Context, in flagImport, names []flag.Name, kind string) []flag.Name {
	part := flagImport{in.Project, in.Environment, in.Data.of(names)}
	_, err := t.write(ctx, post, part, "features-batch", "import")
	switch {
	case err == nil:
		return names
	case fault.Is(err, fault.BadData) && len(names) > 1:
		half := len(names) / 2
		return slices.Concat(t.importParts(ctx, in, names[:half], kind), t.importParts(ctx, in, names[half:], kind))
	}
	for _, name := range names {
		t.noteError(kind, fmt.Sprintf("%s in %s, %s", name, in.Project, in.Environment), Failed, err)
	}
	return nil
}

// validate asks the server that takes over what it would say to an import. Warnings are not told: they say what is created
// and overwritten, which is meant.
func (t *takeover) validate(ctx context.Context, in flagImport, kind, what string) {
	if t.lacking { // it would be refused for want of what is created before it
		t.note(kind, what, Updated, "what they need is not here yet: they are checked when they are taken over")
		return
	}
	type finding struct {
		Message       string
		AffectedItems []string
	}
	var found struct{ Errors, Permissions []finding }
	answer, err := t.to.Call(ctx, post, []string{"features-batch", "validate"}, nil, in)
	if err == nil {
		err = json.Unmarshal(answer, &found)
	}
	if problems := append(found.Errors, found.Permissions...); err == nil && len(problems) > 0 {
		f := fault.New(fault.BadData, "The import would be refused.")
		for _, p := range problems {
			f.Details = append(f.Details, fault.Detail{Message: strings.Join(append([]string{p.Message}, p.AffectedItems...), " ")})
		}
		err = f
	}
	t.noteError(kind, what, Updated, err)
}

// archivedFlags takes archived flags over as archived, so that their names stay taken and they can be taken
// back into use: they are imported switched off, and archived. A flag that is archived there and in use here is archived as
// well. Which there are is asked for by a search.
func (t *takeover) archivedFlags(ctx context.Context) error {
	for _, p := range t.known {
		theirs, err := t.named(ctx, t.from, p.ID, true)
		if err != nil {
			return err
		}
		if len(theirs) == 0 {
			continue
		}
		have, err := t.named(ctx, t.to, p.ID, true)
		if err != nil {
			return err
		}
		active, err := t.named(ctx, t.to, p.ID, false)
		if err != nil {
			return err
		}
		var create, archive []flag.Name
		for _, name := range theirs {
			switch {
			case slices.Contains(have, name):
				t.note("archived flag", string(name), Unchanged, "")
			case slices.Contains(active, name):
				archive = append(archive, name)
			default:
				create = append(create, name)
			}
		}
		if len(create) > 0 {
			archive = append(archive, t.createArchived(ctx, p, create)...)
		}
		if len(archive) == 0 {
			continue
		}
		_, err = t.write(ctx, post, map[string]any{"features": archive}, "projects", p.ID, "archive")
		for _, name := range archive {
			outcome := Updated
			if slices.Contains(create, name) {
				outcome = Created
			}
			t.noteError("archived flag", string(name), outcome, err)
		}
	}
	return nil
}

// createArchived creates flags that are about to be archived. In a protected environment they get no
// configuration: a change request about flags that are archived at once could never be applied. The result are
// those that are here then, not archived yet. The server that has them may export nothing of archived flags; then only
// their names are known, and they are left. What is told of one environment is told of each, so the first answer decides.
func (t *takeover) createArchived(ctx context.Context, p project, names []flag.Name) []flag.Name {
	protected, err := t.protected(ctx, p.ID)
	if err != nil {
		t.noteError("archived flags", p.ID, Failed, err)
		return nil
	}
	told, here := map[flag.Name]bool{}, map[flag.Name]bool{}
	for _, e := range p.Environments {
		doc, err := t.export(ctx, p.ID, e.Environment, names)
		if err != nil {
			t.noteError("archived flags", p.ID, Failed, err)
			return nil
		}
		var known []flag.Name
		for i := range doc.Features {
			// An import passes over flags that are archived (see Read).
			doc.Features[i].Archived = false
			known, told[doc.Features[i].Name] = append(known, doc.Features[i].Name), true
		}
		// It tells nothing of archived flags, and so will not for the other environments.
		if len(known) == 0 {
			break
		}
		doc.Dependencies = nil // what they depended on may be gone
		for i := range doc.FeatureEnvironments {
			doc.FeatureEnvironments[i].Enabled = false
		}
		if slices.Contains(protected, e.Environment) {
			doc.FeatureStrategies, doc.FeatureEnvironments = []ExportedStrategy{}, nil
		}
		in := flagImport{p.ID, e.Environment, doc}
		const kind = "archived flags of an environment"
		if t.check {
			t.validate(ctx, in, kind, in.what(len(known)))
			continue
		}
		taken := t.importParts(ctx, in, known, "archived flag")
		if len(taken) > 0 {
			t.note(kind, in.what(len(taken)), Updated, "")
		}
		for _, name := range taken {
			here[name] = true
		}
	}
	for _, name := range names {
		if !told[name] {
			t.note("archived flag", string(name), Left, "that server tells nothing of archived flags but their names")
		}
	}
	if t.check {
		here = told
	}
	return slices.DeleteFunc(slices.Clone(names), func(name flag.Name) bool { return !here[name] })
}

// pageOfFlags is how many flags a search is asked for at once, and pagesOfFlags how often. The product is more flags than a
// server has, and an end for whatever one may answer.
const pageOfFlags, pagesOfFlags = 1_000, 1_000

// named returns the names of the flags of a project, archived or not. The first page that brings nothing new, though more
// were promised, is an error: going on would miss flags without a word.
func (t *takeover) named(ctx context.Context, api API, id string, archived bool) ([]flag.Name, error) {
	var names []flag.Name
	known := map[flag.Name]bool{}
	for range pagesOfFlags {
		query := url.Values{
			"project": {"IS:" + id}, "archived": {fmt.Sprintf("IS:%t", archived)}, "sortBy": {"name"},
			"limit": {strconv.Itoa(pageOfFlags)}, "offset": {strconv.Itoa(len(names))},
		}
		answer, err := api.Call(ctx, get, []string{"search", "features"}, query, nil)
		if err != nil {
			return nil, err
		}
		var page struct {
			Features []struct{ Name flag.Name }
			Total    int
		}
		if err := json.Unmarshal(answer, &page); err != nil {
			return nil, fmt.Errorf("interchange: the flags of %s are not understood: %w", id, err)
		}
		before := len(names)
		for _, f := range page.Features {
			if !known[f.Name] {
				known[f.Name] = true
				names = append(names, f.Name)
			}
		}
		switch {
		case len(page.Features) == 0 || len(names) == page.Total:
			return names, nil
		case len(names) == before:
			return nil, fmt.Errorf("interchange: of the %d flags of %s, the server names the same %d on every page", page.Total, id, before)
		}
	}
	return nil, fmt.Errorf("interchange: the project %s has more than %d flags", id, pageOfFlags*pagesOfFlags)
}

// protection says whether changes to an environment of a project are requested.
type protection struct {
	Environment string `json:"environment"`
	Enabled     bool   `json:"changeRequestEnabled"`
	Approvals   *int   `json:"requiredApprovals"`
}

// protected returns the environments of a project that are protected here.
func (t *takeover) protected(ctx context.Context, id string) ([]string, error) {
	list, err := readOurs[[]protection](ctx, t, "projects", id, "change-requests", "config")
	var names []string
	for _, p := range list {
		if p.Enabled {
			names = append(names, p.Environment)
		}
	}
	return names, err
}

// protections protects what is protected there, with as many approvals. What is protected here stays as it is. What is here
// is never made weaker or stricter by it: it may be the work of somebody who has switched already.
func (t *takeover) protections(ctx context.Context) error {
	for _, p := range t.known {
		theirs, err := read[[]protection](ctx, t.from, "projects", p.ID, "change-requests", "config")
		if enterprise(err) {
			t.note("protections", "all", Left, "that server has no change requests")
			return nil
		}
		if err != nil {
			return err
		}
		ours, err := t.protected(ctx, p.ID)
		if err != nil {
			return err
		}
		for _, there := range theirs {
			what := p.ID + ", " + there.Environment
			switch {
			case !there.Enabled:
			case slices.Contains(ours, there.Environment):
				t.note("protection", what, Unchanged, "")
			default:
				_, err := t.write(ctx, put, map[string]any{"changeRequestsEnabled": true, "requiredApprovals": there.Approvals},
					"projects", p.ID, "environments", there.Environment, "change-requests", "config")
				t.noteError("protection", what, Created, err)
			}
		}
	}
	return nil
}

// export returns flags of the other server as they are in an environment of a project. It is asked for in chunks, which are put together.
func (t *takeover) export(ctx context.Context, project, env string, names []flag.Name) (ExportResult, error) {
	whole := ExportResult{
		Features: []ExportedFeature{}, FeatureStrategies: []ExportedStrategy{}, FeatureEnvironments: []ExportedRow{}, FeatureTags: []ExportedTag{}, TagTypes: []ExportedTagType{},
	}
	for chunk := range slices.Chunk(names, namesPerExport) {
		answer, err := t.from.Call(ctx, post, []string{"features-batch", "export"}, nil, map[string]any{"environment": env, "features": chunk})
		if err != nil {
			return whole, err
		}
		part, err := Parse(answer)
		if err != nil {
			return whole, err
		}
		whole.Features = append(whole.Features, part.Features...)
		whole.FeatureStrategies = append(whole.FeatureStrategies, part.FeatureStrategies...)
		whole.FeatureEnvironments = append(whole.FeatureEnvironments, part.FeatureEnvironments...)
		whole.FeatureTags = append(whole.FeatureTags, part.FeatureTags...)
		whole.Segments = append(whole.Segments, part.Segments...)
		whole.Dependencies = append(whole.Dependencies, part.Dependencies...)
		whole.Links = append(whole.Links, part.Links...) // an older server says nothing of links, and they stay
	}
	return whole, t.order(ctx, project, env, whole.FeatureStrategies) // context fields and tag types are there already
}

// order gives strategies their places. Unleash exports a flag's strategies in any order and does not say which it is, but
// the first one that holds decides which variant a user gets. A list of one flag's strategies is in their order, so where a
// flag has several, it is asked for. The strategies are changed in place.
func (t *takeover) order(ctx context.Context, project, env string, strategies []ExportedStrategy) error {
	several := map[flag.Name]int{}
	for _, s := range strategies {
		several[s.FeatureName]++
	}
	places := map[flag.StrategyID]int{}
	for _, name := range slices.Sorted(maps.Keys(several)) {
		if several[name] == 1 {
			continue
		}
		ordered, err := read[[]struct{ ID flag.StrategyID }](ctx, t.from, "projects", project, "features", string(name), "environments", env, "strategies")
		if err != nil {
			return err
		}
		for i, s := range ordered {
			places[s.ID] = i
		}
	}
	for i, s := range strategies {
		strategies[i].SortOrder = places[s.ID]
	}
	return nil
}

// settings takes over what would have been in the way of the flags: patterns of names, limits,
// templates of links; and the strategies that switching on adds.
func (t *takeover) settings(ctx context.Context) error {
	for _, p := range t.known {
		have, err := readOurs[project](ctx, t, "projects", p.ID, "overview")
		if err != nil {
			return err
		}
		naming := p.FeatureNaming != nil && p.FeatureNaming.Pattern != nil
		if (naming && !sameJSON(p.FeatureNaming, have.FeatureNaming)) || (len(p.LinkTemplates) > 0 && len(have.LinkTemplates) == 0) {
			settings := map[string]any{}
			if naming {
				settings["featureNaming"] = p.FeatureNaming
			}
			if len(p.LinkTemplates) > 0 {
				settings["linkTemplates"] = p.LinkTemplates
			}
			_, err := t.write(ctx, put, settings, "projects", p.ID, "settings")
			t.noteError("project settings", p.ID, Updated, err)
		}
		if p.FeatureLimit != nil && !sameJSON(p.FeatureLimit, have.FeatureLimit) {
			_, err := t.write(ctx, put, map[string]any{
				"name": have.Name, "description": have.Description, "mode": have.Mode, "defaultStickiness": have.DefaultStickiness, "featureLimit": p.FeatureLimit,
			}, "projects", p.ID)
			t.noteError("flag limit", p.ID, Updated, err)
		}
		if err := t.defaultStrategies(ctx, p.ID); err != nil {
			return err
		}
	}
	return nil
}

// defaultStrategies takes over which strategy a flag gets in each environment of a project when it is switched on without
// any. Segments are renamed to their ids here; in a check, those that would be created are 0.
func (t *takeover) defaultStrategies(ctx context.Context, id string) error {
	type list struct {
		Environments []struct {
			Name            string            `json:"name"`
			DefaultStrategy *ExportedStrategy `json:"defaultStrategy"`
		} `json:"environments"`
	}
	theirs, ours, err := both[list](ctx, t, "environments", "project", id)
	if err != nil {
		return err
	}
	for _, e := range theirs.Environments {
		if e.DefaultStrategy == nil {
			continue
		}
		wanted := *e.DefaultStrategy
		for i, segment := range wanted.Segments {
			wanted.Segments[i] = flag.SegmentID(t.segmentIDs[int64(segment)])
		}
		same := false
		for _, o := range ours.Environments {
			same = same || (o.Name == e.Name && o.DefaultStrategy != nil && sameJSON(plain(*o.DefaultStrategy), plain(wanted)))
		}
		what := id + ", " + e.Name
		if same {
			t.note("default strategy", what, Unchanged, "")
			continue
		}
		_, err := t.write(ctx, post, plain(wanted), "projects", id, "environments", e.Name, "default-strategy")
		t.noteError("default strategy", what, Updated, err)
	}
	return nil
}

// plain returns a strategy as both servers write it, without what the flag and the server give it. plain also makes missing
// lists empty, so that sameJSON compares what is said, not how.
func plain(s ExportedStrategy) ExportedStrategy {
	s.ID, s.FeatureName, s.SortOrder = "", "", 0
	if s.Constraints == nil {
		s.Constraints = []ExportedConstraint{}
	}
	if s.Variants == nil {
		s.Variants = []ExportedVariant{}
	}
	if s.Segments == nil {
		s.Segments = []flag.SegmentID{}
	}
	return s
}
