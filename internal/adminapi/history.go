package adminapi

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/quorate/quorate/internal/app"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/history"
)

const tagHistory = "History"

// The past is shown in the ledger's form and not in this API's
// (docs/adr/0024-the-past-in-the-ledgers-form.md), so its objects are described by no schema. Who may
// see what is decided on the state of today (r.State), by HistoryPart.of, never on the past one: access
// that was taken from somebody must not come back by asking about the past (docs/time-travel.md, "Who
// sees what").

// history registers how the configuration of the past is read.
func (a *api) history() {
	const moments = "A moment is a revision, a time (RFC 3339), or a day (its beginning, UTC). A revision stands for the end of the batch that it is in. " +
		"What belongs to projects of which the caller may not know today is left out; of a project that is gone, what it was then decides. " +
		"Looks into the past are done one at a time, and take the longer the further a snapshot is away: `replayed` says how many events were read. "
	register(a, operation{
		ID: "getHistoryState", Method: http.MethodGet, Path: "/history/state", Tag: tagHistory, Heavy: true,
		Summary:     "Show the configuration as it was",
		Description: "Of a flag with the segments that it uses, of a project, or all of it, in the form in which the ledger keeps it. " + moments,
	}, a.getHistoryState)
	register(a, operation{
		ID: "getHistoryDiff", Method: http.MethodGet, Path: "/history/diff", Tag: tagHistory, Heavy: true,
		Summary:     "Show how the configuration differs between two moments",
		Description: "Field by field. " + moments,
	}, a.getHistoryDiff)
}

// HistoryPart says which part of the configuration is wanted.
//
// With both, the flag is found only if it was in that project. With neither it is the whole
// configuration. It is exported for huma passes over embedded types that are not.
type HistoryPart struct {
	Project flag.ProjectID `query:"project" doc:"Only this project, its flags, and the segments and context fields that they use or that are its own."`
	Feature flag.Name      `query:"feature" doc:"Only this flag, and the segments that it uses."`
}

// HistoryMoment is where a configuration was read.
type HistoryMoment struct {
	Revision int64    `json:"revision" doc:"The end of the batch; 0 before the first event."`
	At       *instant `json:"at" nullable:"true" doc:"When that batch was stored."`
	Replayed int64    `json:"replayed" doc:"How many events had to be read behind the nearest snapshot."`
}

// historyState is a configuration of the past.
type historyState struct {
	HistoryMoment
	Projects      []object `json:"projects"`
	Features      []object `json:"features"`
	Segments      []object `json:"segments"`
	Environments  []object `json:"environments"`
	ContextFields []object `json:"contextFields"`
	StrategyTypes []object `json:"strategyTypes"`
	TagTypes      []object `json:"tagTypes"`
	FeatureTypes  []object `json:"featureTypes"`
	Protections   []object `json:"protections"`
}

// historyDiff is how two configurations differ.
//
// Changes are empty when nothing differs, and have flags first, each kind by name.
type historyDiff struct {
	From    HistoryMoment       `json:"from"`
	To      HistoryMoment       `json:"to"`
	Changes []historyDifference `json:"changes"`
}

// historyDifference is one thing that differs.
//
// Of a flag that moved, Project is the later one.
type historyDifference struct {
	Kind    string         `json:"kind" doc:"feature, segment, project, protection, environment, context field, strategy type, tag type or feature type."`
	Name    string         `json:"name"`
	Project flag.ProjectID `json:"project,omitempty"`
	How     history.How    `json:"how" enum:"added,removed,changed"`
	Fields  []historyField `json:"fields"`
}

// historyField is a value that differs.
type historyField struct {
	Path   string   `json:"path" doc:"Elements of lists are named by their ids or names: environments[production].enabled."`
	Before anything `json:"before" doc:"Null if there was none."`
	After  anything `json:"after" doc:"Null if there is none any more."`
}

func (a *api) getHistoryState(ctx context.Context, r request, in *struct {
	HistoryPart
	At string `query:"at" doc:"The moment; now if left out."`
},
) (historyState, error) {
	moment, err := momentIn("at", in.At)
	if err != nil {
		return historyState{}, err
	}
	past, err := a.App.Past(ctx, moment, nil)
	if err != nil {
		return historyState{}, err
	}
	part := in.of(r)
	c := history.Of(past.State, part)
	// The same answer for what was not there and for what may not be seen.
	if err := part.Found(c); err != nil {
		return historyState{}, err
	}
	return historyState{
		HistoryMoment: viewMoment(past),
		Projects:      objects(c.Projects), Features: objects(c.Features), Segments: objects(c.Segments), Environments: objects(c.Environments),
		ContextFields: objects(c.ContextFields), StrategyTypes: objects(c.StrategyTypes), TagTypes: objects(c.TagTypes), FeatureTypes: objects(c.FeatureTypes),
		Protections: objects(c.Protections),
	}, nil
}

func (a *api) getHistoryDiff(ctx context.Context, r request, in *struct {
	HistoryPart
	From string `query:"from" doc:"The earlier moment."`
	To   string `query:"to" doc:"The later moment; now if left out."`
},
) (historyDiff, error) {
	from, err := momentIn("from", in.From)
	if err == nil && in.From == "" {
		err = fault.Field("/query/from", "The `from` parameter is required: a revision or a time.")
	}
	if err != nil {
		return historyDiff{}, err
	}
	to, err := momentIn("to", in.To)
	if err != nil {
		return historyDiff{}, err
	}
	before, err := a.App.Past(ctx, from, nil)
	if err != nil {
		return historyDiff{}, err
	}
	// From the earlier state on, if no snapshot is nearer: two moments that lie close together cost one
	// look.
	after, err := a.App.Past(ctx, to, before.State)
	if err != nil {
		return historyDiff{}, err
	}
	differences, err := history.Diff(history.Of(before.State, in.of(r)), history.Of(after.State, in.of(r)))
	if err != nil {
		return historyDiff{}, err
	}
	diff := historyDiff{From: viewMoment(before), To: viewMoment(after), Changes: []historyDifference{}}
	for _, d := range differences {
		view := historyDifference{Kind: d.Kind, Name: d.Name, Project: d.Project, How: d.How}
		for _, f := range d.Fields {
			view.Fields = append(view.Fields, historyField{f.Path, anything(f.Before), anything(f.After)})
		}
		diff.Changes = append(diff.Changes, view)
	}
	return diff, nil
}

// of returns the part that the caller may see.
//
// A project that exists is judged by its mode and members of today; for one that is gone there are
// none, so the mode that it had decides, and only admins see what was private.
func (p HistoryPart) of(r request) history.Part {
	return history.Part{Project: p.Project, Feature: p.Feature, Sees: func(then *flag.Project) bool {
		if r.State.Project(then.ID) != nil {
			return r.sees(then.ID)
		}
		return then.Mode != flag.ModePrivate || r.Caller.Actor.IsAdmin()
	}}
}

// momentIn returns the moment that a parameter says; none is the end of the ledger.
//
// A number is a revision, so a year by itself is no day. name is the parameter's, for the fault.
func momentIn(name, text string) (app.Moment, error) {
	if text == "" {
		return app.Moment{}, nil
	}
	if revision, err := strconv.ParseInt(text, 10, 64); err == nil && revision > 0 {
		return app.Moment{Revision: revision}, nil
	}
	for _, layout := range []string{time.RFC3339, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return app.Moment{At: at}, nil
		}
	}
	return app.Moment{}, fault.Field("/query/"+name, "The `%s` parameter must be a revision, a time such as 2026-03-01T12:00:00Z, or a day such as 2026-03-01. You sent %q.", name, text)
}

// viewMoment returns where a state of the past was read. Before the first event there is no time to
// tell.
func viewMoment(past app.Past) HistoryMoment {
	view := HistoryMoment{Revision: past.State.Revision(), Replayed: past.Replayed}
	if view.Revision > 0 {
		at := past.State.At()
		view.At = instantOf(&at)
	}
	return view
}

// objects returns values as the objects that they are as JSON.
func objects[T any](values []T) []object {
	list := make([]object, len(values))
	for i, v := range values {
		list[i] = object{v}
	}
	return list
}
