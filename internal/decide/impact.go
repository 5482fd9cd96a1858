package decide

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/evaluation"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// Impact is what becomes of who gets a flag in an environment, as far as the rules say: not
// who these people are, but what share of them.
type Impact struct {
	Feature     flag.Name
	Environment flag.EnvironmentName
	// The flag is on before, after.
	EnabledBefore, EnabledAfter bool
	// Strategies are those of before in their order, then the added ones.
	Strategies []StrategyImpact
}

// StrategyImpact is what becomes of one strategy.
type StrategyImpact struct {
	Strategy flag.Strategy // as it will be, or, if it is removed, as it was
	// ShareBefore and ShareAfter are how many in a hundred get the flag by the strategy, of those
	// whom nothing in NarrowedBy leaves out: 0 while the flag is off, nil where the strategy is
	// not there or disabled.
	ShareBefore, ShareAfter *int
	// NarrowedBy says in words what must be the case besides.
	NarrowedBy []string
	How        Fate
}

// Fate is what becomes of something.
type Fate string

// The fates.
const (
	Added   Fate = "added"
	Removed Fate = "removed"
	Changed Fate = "changed"
	Kept    Fate = "same"
)

// ImpactOf returns what a trial of changes on a state does to each flag that it touches, in each
// environment in which it does, by name. Who changes a segment touches the flags that use it; who
// archives a flag, or makes it depend on another, touches it everywhere.
func ImpactOf(before *state.State, trial Trial) []Impact {
	type place struct {
		feature     flag.Name
		environment flag.EnvironmentName
	}
	var touched []place
	add := func(name flag.Name, where func(flag.FlagEnvironment) bool) {
		if f := before.Flag(name); f != nil && !f.Archived() {
			for _, row := range f.Environments {
				if where(row) {
					touched = append(touched, place{name, row.Environment})
				}
			}
		}
	}
	for _, e := range trial.Events {
		if changed, ok := e.Payload.(state.SegmentUpdated); ok {
			uses := func(s flag.Strategy) bool { return slices.Contains(s.Segments, changed.After.ID) }
			for name := range before.SegmentUsers(changed.After.ID) {
				add(name, func(row flag.FlagEnvironment) bool { return slices.ContainsFunc(row.Strategies, uses) })
			}
			continue
		}
		add(e.Feature, func(row flag.FlagEnvironment) bool { return e.Environment == "" || e.Environment == row.Environment })
	}
	slices.SortFunc(touched, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.feature, b.feature), cmp.Compare(a.environment, b.environment))
	})
	var impacts []Impact
	for _, at := range slices.Compact(touched) {
		impacts = append(impacts, impact(newSight(before, at.feature, at.environment), newSight(trial.After, at.feature, at.environment)))
	}
	return impacts
}

// sight is a flag in an environment as a state shows it.
type sight struct {
	state *state.State
	flag  *flag.Flag
	row   flag.FlagEnvironment
	on    bool
}

func newSight(s *state.State, name flag.Name, env flag.EnvironmentName) sight {
	f := s.Flag(name)
	row := f.In(env)
	return sight{s, f, *row, row.Enabled && !f.Archived()}
}

func impact(before, after sight) Impact {
	i := Impact{Feature: before.flag.Name, Environment: before.row.Environment, EnabledBefore: before.on, EnabledAfter: after.on}
	for _, was := range before.row.Strategies {
		is := after.row.Strategy(was.ID)
		if is == nil {
			i.Strategies = append(i.Strategies, StrategyImpact{was, before.share(was), nil, before.narrowed(was), Removed})
			continue
		}
		s := StrategyImpact{*is, before.share(was), after.share(*is), after.narrowed(*is), Kept}
		same := Same(was, *is) && Same(s.ShareBefore, s.ShareAfter) &&
			slices.Equal(before.narrowed(was), s.NarrowedBy) && Same(before.segments(was), after.segments(*is))
		if !same {
			s.How = Changed
		}
		i.Strategies = append(i.Strategies, s)
	}
	for _, is := range after.row.Strategies {
		if before.row.Strategy(is.ID) == nil {
			i.Strategies = append(i.Strategies, StrategyImpact{is, nil, after.share(is), after.narrowed(is), Added})
		}
	}
	return i
}

// share returns how many in a hundred the strategy gives the flag to, nil if it is disabled.
func (v sight) share(s flag.Strategy) *int {
	if s.Disabled {
		return nil
	}
	share := 0
	if v.on {
		share = evaluation.Share(&s)
	}
	return &share
}

// narrowed says in words whom the strategy takes in, besides its share.
func (v sight) narrowed(s flag.Strategy) []string {
	var sentences []string
	for _, d := range v.flag.Dependencies {
		switch {
		case !d.Enabled:
			sentences = append(sentences, fmt.Sprintf("the flag %q is off", d.Feature))
		case len(d.Variants) > 0:
			sentences = append(sentences, fmt.Sprintf("the flag %q gives one of the variants %s", d.Feature, strings.Join(d.Variants, ", ")))
		default:
			sentences = append(sentences, fmt.Sprintf("the flag %q is on", d.Feature))
		}
	}
	for _, c := range s.Constraints {
		sentences = append(sentences, c.Sentence())
	}
	for _, segment := range v.segments(s) {
		sentences = append(sentences, fmt.Sprintf("in the segment %q", segment.Name))
	}
	return append(sentences, ruleOf(s)...)
}

// ruleOf says in words what a strategy of a type that is no rollout asks.
func ruleOf(s flag.Strategy) []string {
	listed := func(field, parameter string, operator flag.Operator) []string {
		values := strings.Split(s.Parameters[parameter], ",")
		for i := range values {
			values[i] = strings.TrimSpace(values[i])
		}
		return []string{flag.Constraint{ContextName: field, Operator: operator, Values: values}.Sentence()}
	}
	switch s.Name {
	case "default", FlexibleRollout, "gradualRolloutUserId", "gradualRolloutSessionId", "gradualRolloutRandom":
		return nil
	case "userWithId":
		return listed("userId", "userIds", flag.In)
	case "remoteAddress":
		return listed("remoteAddress", "IPs", flag.InCIDR)
	case "applicationHostname":
		return listed("the application's host", "hostNames", flag.In)
	default:
		return []string{fmt.Sprintf("the strategy %q agrees, which only SDKs can say", s.Name)}
	}
}

// segments returns the strategy's segments without what does not say who is in them.
func (v sight) segments(s flag.Strategy) []flag.Segment {
	var segments []flag.Segment
	for _, id := range s.Segments {
		if segment := v.state.Segment(id); segment != nil {
			segments = append(segments, flag.Segment{Name: segment.Name, Constraints: segment.Constraints})
		}
	}
	return segments
}
