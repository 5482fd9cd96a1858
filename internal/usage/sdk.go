package usage

import (
	"strings"

	"github.com/Masterminds/semver/v3"
)

// understanding is the first release of each SDK, by its language, that understands every
// operator of constraints that Unleash had in 2022. An older one takes a constraint that
// it does not understand for one that does not hold (Unleash's documentation, "SDK
// overview", advanced operators).
var understanding = map[string]*semver.Version{
	"java":   semver.MustParse("5.1.0"),
	"node":   semver.MustParse("3.12.0"),
	"go":     semver.MustParse("3.3.0"),
	"python": semver.MustParse("5.1.0"),
	"ruby":   semver.MustParse("4.2.0"),
	"dotnet": semver.MustParse("2.1.0"),
	"php":    semver.MustParse("1.3.1"),
}

// Outdated reports whether an SDK, as name:version, does not understand all that flags can
// say. Of an SDK that is not one of Unleash's nothing is known.
// Both forms of names that SDKs of Unleash have used are known: unleash-client-node:3.11.0 and unleash-node-sdk:5.5.0.
func Outdated(sdk string) bool {
	name, version, _ := strings.Cut(sdk, ":")
	language, ours := strings.CutPrefix(name, "unleash-client-")
	if !ours {
		language, ours = strings.CutPrefix(name, "unleash-")
		language = strings.TrimSuffix(language, "-sdk")
	}
	first, known := understanding[language]
	v, err := semver.NewVersion(version)
	return ours && known && err == nil && v.LessThan(first)
}
