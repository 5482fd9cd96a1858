package adminapi

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/flag"
	reported "github.com/quorate/quorate/internal/usage"
)

// lifecycles registers the stages of flags' lives.
//
// A stage has two sources. That a flag was created, completed or archived is in the ledger; that it was
// used first, and first in earnest, is a plain fact that package usage writes down, for no answer to an
// SDK depends on it (docs/where-things-live.md).
func (a *api) lifecycles() {
	const path = featurePath + "/lifecycle"
	register(a, operation{
		ID: "getFeatureLifecycle", Method: http.MethodGet, Path: path, Tag: tagFeatures,
		Summary:     "The stages that a flag has come through",
		Description: "`initial` when it is created, `pre-live` with its first use, `live` with its first use where it is on in an environment of the type production, `completed` when somebody says so, `archived`.",
	}, a.getFeatureLifecycle)
	register(a, operation{
		ID: "complete", Method: http.MethodPost, Path: path + "/complete", Tag: tagFeatures,
		Summary: "Declare a flag's work done", Description: "What it switched is kept or discarded; `statusValue` names the variant that is kept.",
		Permissions: []access.Permission{access.UpdateFeature},
	}, a.completeFeature)
	register(a, operation{
		ID: "uncomplete", Method: http.MethodPost, Path: path + "/uncomplete", Tag: tagFeatures,
		Summary:     "Declare a flag's work not done after all",
		Permissions: []access.Permission{access.UpdateFeature},
	}, a.uncompleteFeature)
	register(a, operation{
		ID: "getFeatureLifecycleStageCount", Method: http.MethodGet, Path: "/lifecycle/count", Tag: "Lifecycle",
		Summary: "How many flags are in which stage", Description: "Of the projects that the caller sees.",
	}, a.countStages)
}

// stage is a stage of a flag's life, and when it began.
type stage struct {
	Stage          string  `json:"stage" enum:"initial,pre-live,live,completed,archived"`
	Status         string  `json:"status,omitempty" doc:"Of completed: kept or discarded."`
	EnteredStageAt instant `json:"enteredStageAt"`
}

// The stages that the ledger tells of; the others are told by how a flag is used, and are named in package usage
// (docs/admin-api.md, "How flags are used").
const (
	stageCompleted = "completed"
	stageArchived  = "archived"
)

// stagesOf returns the stages that a flag has come through, in the order in which they follow each
// other; the last one is the one that it is in. There is always one, initial: it begins with the flag,
// or when it was last revived. Two may have begun in another order than this, for a flag can be
// completed before it is used.
func stagesOf(f *flag.Flag, use reported.Use) []stage {
	begun, revived := use.Entered[reported.StageInitial]
	if !revived {
		begun = f.CreatedAt
	}
	stages := []stage{{Stage: reported.StageInitial, EnteredStageAt: instant(begun)}}
	for _, name := range []string{reported.StagePreLive, reported.StageLive} {
		at, entered := use.Entered[name]
		if entered && (!f.Archived() || at.Before(*f.ArchivedAt)) {
			stages = append(stages, stage{Stage: name, EnteredStageAt: instant(at)})
		}
	}
	if f.Completed != nil {
		stages = append(stages, stage{Stage: stageCompleted, Status: string(f.Completed.Status), EnteredStageAt: instant(f.Completed.At)})
	}
	if f.Archived() {
		stages = append(stages, stage{Stage: stageArchived, EnteredStageAt: instant(*f.ArchivedAt)})
	}
	return stages
}

// stageOf returns the name of the stage that a flag is in: the last of stagesOf.
//
// It is the same rule without making the list: searches ask it for every flag.
func stageOf(f *flag.Flag, use reported.Use) string {
	_, preLive := use.Entered[reported.StagePreLive]
	_, live := use.Entered[reported.StageLive]
	switch {
	case f.Archived():
		return stageArchived
	case f.Completed != nil:
		return stageCompleted
	case live:
		return reported.StageLive
	case preLive:
		return reported.StagePreLive
	default:
		return reported.StageInitial
	}
}

func (a *api) getFeatureLifecycle(ctx context.Context, r request, in *FeatureAt) ([]stage, error) {
	f, err := decide.Feature(r.State, in.Project, in.Feature)
	if err != nil {
		return nil, err
	}
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return nil, err
	}
	stages := stagesOf(f, use(string(f.Name)))
	// Here the caller wants to know what happened when.
	slices.SortStableFunc(stages, func(a, b stage) int {
		return time.Time(a.EnteredStageAt).Compare(time.Time(b.EnteredStageAt))
	})
	return stages, nil
}

// completeFeature is the body that declares a flag's work done.
type featureLifecycleCompleted struct {
	Status      flag.Outcome `json:"status" enum:"kept,discarded"`
	StatusValue string       `json:"statusValue,omitempty" doc:"The variant that is kept."`
}

func (a *api) completeFeature(ctx context.Context, r request, in *struct {
	FeatureAt
	Body featureLifecycleCompleted
},
) (empty, error) {
	return empty{}, a.App.CompleteFeature(ctx, r.Caller, in.Project, in.Feature, in.Body.Status, in.Body.StatusValue)
}

func (a *api) uncompleteFeature(ctx context.Context, r request, in *FeatureAt) (empty, error) {
	return empty{}, a.App.UncompleteFeature(ctx, r.Caller, in.Project, in.Feature)
}

// featureLifecycleCount is how many flags are in which stage.
//
// Every flag that the caller sees is in exactly one of them, archived projects' as well.
type featureLifecycleCount struct {
	Initial   int `json:"initial"`
	PreLive   int `json:"preLive"`
	Live      int `json:"live"`
	Completed int `json:"completed"`
	Archived  int `json:"archived"`
}

func (a *api) countStages(ctx context.Context, r request, _ *struct{}) (featureLifecycleCount, error) {
	use, err := a.Usage.Uses(ctx)
	if err != nil {
		return featureLifecycleCount{}, err
	}
	var n featureLifecycleCount
	for p := range r.State.Projects() {
		if !r.sees(p.ID) {
			continue
		}
		// Archived flags count, as a stage of their own.
		for f := range r.State.FlagsOf(p.ID) {
			n.add(stageOf(f, use(string(f.Name))))
		}
	}
	return n, nil
}

// add counts a flag that is in a stage.
func (n *featureLifecycleCount) add(stage string) {
	switch stage {
	case reported.StageInitial:
		n.Initial++
	case reported.StagePreLive:
		n.PreLive++
	case reported.StageLive:
		n.Live++
	case stageCompleted:
		n.Completed++
	case stageArchived:
		n.Archived++
	}
}

// stageDays adds up how long flags have been in each stage.
//
// It is by the name of the stage. days is the sum of all flags, n how many flags came into the stage.
type stageDays map[string]struct {
	days float64
	n    int
}

// add counts the stages of one flag: each lasts until the next one, the last until now.
func (d stageDays) add(stages []stage, now time.Time) {
	for i, s := range stages {
		end := now
		if i+1 < len(stages) {
			end = time.Time(stages[i+1].EnteredStageAt)
		}
		sum := d[s.Stage]
		// Stages that began in another order than they follow each other would count below zero.
		sum.days += max(0, end.Sub(time.Time(s.EnteredStageAt)).Hours()/24)
		sum.n++
		d[s.Stage] = sum
	}
}

// average returns the average days in a stage, nil if no flag has come into it.
func (d stageDays) average(stage string) *float64 {
	sum := d[stage]
	if sum.n == 0 {
		return nil
	}
	return new(sum.days / float64(sum.n))
}
