package decide

import "github.com/quorate/quorate/internal/flag"

// Limits bound how much there may be. A limit of 0 means that there is none.
type Limits struct {
	flag.Limits

	FeatureFlags                 int // of the instance, archived ones not counted
	FeatureEnvironmentStrategies int // of a flag in an environment
	FeatureLinks                 int // of a flag
	Environments                 int
	Projects                     int
	Segments                     int
	APITokens                    int
}

// DefaultLimits returns Unleash's limits, except that there may be any number of flags:
// instances with more than its 5,000 are common.
func DefaultLimits() Limits {
	return Limits{
		Limits: flag.Limits{
			Constraints:      30,
			ConstraintValues: 250,
			StrategySegments: 5,
			SegmentValues:    1000,
		},
		FeatureEnvironmentStrategies: 30,
		FeatureLinks:                 10,
		Environments:                 50,
		Projects:                     500,
		Segments:                     300,
		APITokens:                    2000,
	}
}

// Reached reports whether there can be no more than have.
func Reached(have, limit int) bool { return limit > 0 && have >= limit }
