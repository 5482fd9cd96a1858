package interchange

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

// project is a project of the other server, as far as it is taken over.
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

type featureNaming struct {
	Pattern     *string `json:"pattern"`
	Example     *string `json:"example"`
	Description *string `json:"description"`
}

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
// who sees it stays.
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

func (t *takeover) projectContextFields(ctx context.Context, id string) error {
	theirs, err := read[[]ExportedContextField](ctx, t.from, "projects", id, "context")
	if enterprise(err) {
		return nil // an older server, which has none
	}
	if err != nil {
		return err
	}
	ours, err := read[[]ExportedContextField](ctx, t.to, "projects", id, "context")
	if err != nil {
		return err
	}
	own := func(fields []ExportedContextField) []ExportedContextField {
		return slices.DeleteFunc(fields, func(f ExportedContextField) bool { return f.Project == nil || string(*f.Project) != id })
	}
	t.takeContextFields(ctx, own(theirs), own(ours), "projects", id, "context")
	return nil
}

// namesPerExport is how many flags are asked for by name at once: Unleash takes bodies of 500 kB.
const namesPerExport = 1_000

// flags takes the flags over, project by project and environment by environment, each in one import.
func (t *takeover) flags(ctx context.Context) error {
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
		for _, e := range p.Environments {
			doc, err := t.export(ctx, e.Environment, names)
			if err != nil {
				return err
			}
			answer, err := t.write(ctx, post, map[string]any{"project": p.ID, "environment": e.Environment, "data": doc}, "features-batch", "import")
			what := fmt.Sprintf("%d in %s, %s", len(names), p.ID, e.Environment)
			var request struct{ ID int64 }
			if err == nil && len(answer) > 0 && json.Unmarshal(answer, &request) == nil {
				t.note("flags of an environment", what, Proposed, fmt.Sprintf("the environment is protected: what acts there waits in the change request %s/%d", p.ID, request.ID))
				continue
			}
			t.noteError("flags of an environment", what, Updated, err)
		}
	}
	return nil
}

// export returns flags of the other server as they are in an environment.
func (t *takeover) export(ctx context.Context, env string, names []flag.Name) (ExportResult, error) {
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
	return whole, nil // context fields and tag types are there already
}

// settings takes over what would have been in the way of the flags: patterns of names, limits,
// templates of links; and the strategies that switching on adds.
func (t *takeover) settings(ctx context.Context) error {
	for _, p := range t.known {
		have, err := read[project](ctx, t.to, "projects", p.ID, "overview")
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

// plain returns a strategy as both servers write it, without what the flag and the server give it.
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
