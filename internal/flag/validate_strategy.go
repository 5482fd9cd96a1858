package flag

import (
	"slices"

	"github.com/quorate/quorate/internal/fault"
)

// DefaultStickiness stands for: the user, else the session, else chance.
const DefaultStickiness = "default"

// ValidateStrategy checks a strategy of a type as somebody wants to write it. Whether
// its segments exist is for those to ask who have a state.
func ValidateStrategy(at string, s Strategy, t StrategyType, legal Legal) []fault.Detail {
	return slices.Concat(
		validateParameters(at+"/parameters", s.Parameters, t),
		validateConstraints(at+"/constraints", s.Constraints, legal),
		ValidateVariants(at+"/variants", s.Variants),
	)
}

// validateParameters checks the parameters of which the strategy type says that they
// are numbers. An empty one is a missing one.
func validateParameters(at string, parameters map[string]string, t StrategyType) []fault.Detail {
	var details []fault.Detail
	for _, p := range t.Parameters {
		text, at := parameters[p.Name], at+"/"+p.Name
		if text == "" {
			continue
		}
		switch p.Type {
		case "percentage":
			if n, ok := parseNumber(text); !ok || n < 0 || n > 100 {
				details = append(details, problem(at, "%q must be a percentage from 0 to 100. You provided %q.", p.Name, text)...)
			}
		case "number":
			if _, ok := parseNumber(text); !ok {
				details = append(details, problem(at, "%q must be a number. You provided %q.", p.Name, text)...)
			}
		}
	}
	return details
}

// ValidateSegmentName checks the name of a segment. No path has it, and in Unleash people write it in
// words: it is any text but white space alone.
func ValidateSegmentName(at, name string) []fault.Detail {
	return validateText(at, name)
}

// ValidateSegment checks a segment as somebody wants to write it.
func ValidateSegment(at string, s Segment, legal Legal) []fault.Detail {
	return slices.Concat(
		ValidateSegmentName(at+"/name", s.Name),
		validateConstraints(at+"/constraints", s.Constraints, legal),
	)
}

// Limits are the largest numbers of parts that strategies and segments may have. A limit of 0 means that there is none.
type Limits struct {
	Constraints      int // of a strategy
	ConstraintValues int // of a constraint in a strategy
	StrategySegments int // of a strategy
	SegmentValues    int // of all constraints of a segment together
}

// ExceedsLimit returns the fault for one thing too many. The resource is what there
// would be too many of, as in "feature flag" or "api token".
func ExceedsLimit(resource string, limit int) error {
	return fault.New(fault.ExceedsLimit, "Failed to create %s. You can't create more than the established limit of %d.", resource, limit)
}

// CheckStrategy returns a fault if a strategy has more parts than allowed.
func (l Limits) CheckStrategy(at string, s Strategy) error {
	if exceeds(len(s.Constraints), l.Constraints) {
		return ExceedsLimit("constraint", l.Constraints)
	}
	for _, c := range s.Constraints {
		if exceeds(len(c.Values), l.ConstraintValues) {
			return ExceedsLimit("constraint values", l.ConstraintValues)
		}
	}
	if exceeds(len(s.Segments), l.StrategySegments) {
		return fault.Field(at+"/segments", "A strategy can have at most %d segments. You provided %d.", l.StrategySegments, len(s.Segments))
	}
	return nil
}

// CheckSegment returns a fault if a segment has more values than allowed.
func (l Limits) CheckSegment(at string, s Segment) error {
	values := 0
	for _, c := range s.Constraints {
		values += len(c.Values)
	}
	if exceeds(values, l.SegmentValues) {
		return fault.Field(at+"/constraints", "A segment can have at most %d values. You provided %d.", l.SegmentValues, values)
	}
	return nil
}

func exceeds(have, limit int) bool { return limit > 0 && have > limit }
