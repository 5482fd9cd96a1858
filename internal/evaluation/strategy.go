package evaluation

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/quorate/quorate/internal/flag"
)

// strategy is a strategy ready to be evaluated.
type strategy struct {
	source      *flag.Strategy
	constraints []constraint
	segments    []*Segment // nil where there is no such segment
	rule        rule
	variants    *split // nil: none that can be chosen
}

// rule is a strategy's own condition, beside its constraints and segments.
type rule interface {
	// activates reports whether the context meets the condition.
	activates(ctx *Context) bool
}

// holds reports whether the context matches the strategy and the strategy's rule activates it.
func (s *strategy) holds(ctx *Context) bool { return s.matches(ctx) && s.rule.activates(ctx) }

// matches reports whether all of the strategy's constraints and segments hold. A segment
// that does not exist does not hold.
func (s *strategy) matches(ctx *Context) bool {
	if !allHold(s.constraints, ctx) {
		return false
	}
	for _, segment := range s.segments {
		if segment == nil || !segment.holds(ctx) {
			return false
		}
	}
	return true
}

// Share returns how many in a hundred a strategy takes in of those who match it: what its
// rollout says, else all.
func Share(s *flag.Strategy) int {
	compiled, _ := compileRule("", s)
	if r, ok := compiled.(*rollout); ok {
		return int(r.share)
	}
	return 100
}

// compileStrategy prepares a strategy of the named flag.
func compileStrategy(name flag.Name, s *flag.Strategy, segments func(flag.SegmentID) *Segment) (strategy, []Problem) {
	compiled := strategy{source: s, variants: compileStrategyVariants(name, s)}
	var problems, found []Problem
	compiled.rule, problems = compileRule(name, s)
	compiled.constraints, found = compileConstraints(s.Constraints)
	problems = append(problems, found...)
	for i, id := range s.Segments {
		segment := segments(id)
		if segment == nil {
			problems = append(problems, Problem{fmt.Sprintf("/segments/%d", i), fmt.Sprintf("The segment %d does not exist.", id)})
		}
		compiled.segments = append(compiled.segments, segment)
	}
	return compiled, problems
}

// compileRule prepares the strategy's own condition. Of the gradual rollouts, which
// are deprecated, no group is not the flag's name but the empty one.
func compileRule(name flag.Name, s *flag.Strategy) (rule, []Problem) {
	var problems []Problem
	share := func(parameter string) uint64 {
		n, ok := percent(s.Parameters[parameter])
		if !ok {
			problems = append(problems, Problem{"/parameters/" + parameter, fmt.Sprintf("%q is not a percentage.", s.Parameters[parameter])})
		}
		return n
	}
	var r rule
	switch s.Name {
	case "default":
		r = always{}
	case "flexibleRollout":
		r = &rollout{
			id:    rolloutID(s.Parameters["stickiness"]),
			group: groupID(name, s),
			share: share("rollout"),
		}
	case "gradualRolloutUserId":
		r = &rollout{id: sticky{fields: []field{{root: userID}}}, group: s.Parameters["groupId"], share: share("percentage")}
	case "gradualRolloutSessionId":
		r = &rollout{id: sticky{fields: []field{{root: sessionID}}}, group: s.Parameters["groupId"], share: share("percentage")}
	case "gradualRolloutRandom":
		r = &rollout{id: sticky{orRandom: true}, share: share("percentage")}
	case "userWithId":
		r = users{newOneOf(list(s.Parameters["userIds"]))}
	case "remoteAddress":
		nets, complaints := newNetworks(list(s.Parameters["IPs"]))
		for _, message := range complaints {
			problems = append(problems, Problem{"/parameters/IPs", message})
		}
		r = callers{nets}
	case "applicationHostname":
		r = hosts(list(strings.ToLower(s.Parameters["hostNames"])))
	default:
		r = unknown{}
		problems = append(problems, Problem{"/name", fmt.Sprintf("The strategy %q is unknown here.", s.Name)})
	}
	return r, problems
}

// groupID returns the group in which the strategy's visitors are told apart: its own, or the flag.
func groupID(name flag.Name, s *flag.Strategy) string {
	if id := s.Parameters["groupId"]; id != "" {
		return id
	}
	return string(name)
}

// list returns the parts of a comma-separated list. White space around commas does not
// count; at the ends of the list it does, as for the SDKs.
func list(text string) []string {
	if text == "" {
		return nil
	}
	parts := strings.Split(text, ",")
	for i, part := range parts {
		if i > 0 {
			part = strings.TrimLeft(part, space)
		}
		if i < len(parts)-1 {
			part = strings.TrimRight(part, space)
		}
		parts[i] = part
	}
	return parts
}

// space is the white space that SDKs skip around commas.
const space = " \t\n\v\f\r"

// percent reads a percentage and returns how many of a hundred it is: whatever is
// over an integer takes nobody in.
func percent(text string) (uint64, bool) {
	n, ok := parseNumber(text)
	return uint64(math.Floor(min(max(n, 0), 100))), ok && text != ""
}

// always is the rule of the strategy "default".
type always struct{}

func (always) activates(*Context) bool { return true }

// unknown is the rule of a strategy that only SDKs which registered it know.
type unknown struct{}

func (unknown) activates(*Context) bool { return false }

// rollout takes in a share of the visitors.
type rollout struct {
	id    sticky
	group string
	share uint64 // of 100
}

func (r *rollout) activates(ctx *Context) bool {
	position, ok := r.id.position(ctx, rolloutSeed, r.group, 100)
	return ok && position <= r.share
}

// users takes in the listed users.
type users struct{ listed test }

func (u users) activates(ctx *Context) bool {
	return u.listed.passes(ctx, ctx.UserID, ctx.UserID != "")
}

// callers takes in those who call from some networks. (Unleash's Node SDK knows IPv4
// networks only.)
type callers struct{ networks }

func (c callers) activates(ctx *Context) bool {
	addr, ok := ctx.address(ctx.RemoteAddress)
	return ok && c.contain(addr)
}

// hosts takes in everyone who asks a process on one of the listed hosts.
type hosts []string // in lower case

func (h hosts) activates(ctx *Context) bool {
	return ctx.Hostname != "" && slices.Contains(h, strings.ToLower(ctx.Hostname))
}
