package flag

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/quorate/quorate/internal/fault"
)

// The Validate functions say what is wrong with a value that somebody wants to
// write. Each takes the place of the value in the request, such as
// "/body/constraints/0", and returns one detail for each problem with the path of
// its field, nothing when the value is good; fault.Invalid makes an error of them.
// What validates is understood by evaluation.

// maxName is the length of the longest name, in characters.
const maxName = 100

// urlFriendly matches what percent-encoding leaves as it is.
var urlFriendly = regexp.MustCompile(`^[A-Za-z0-9\-_.~!*'()]+$`)

// environmentName is the pattern of the names of environments.
var environmentName = regexp.MustCompile(`^[a-zA-Z0-9~_.-]+$`)

// color is the pattern of a tag type's colour.
var color = regexp.MustCompile(`^#[0-9A-Fa-f]{6}$`)

// ValidateName checks the name of a flag, context field, strategy type or variant, or the
// id of a project: 1 to maxName characters that a URL can hold as they are.
func ValidateName(at, name string) []fault.Detail {
	return validateName(at, name, 1, maxName)
}

func validateName(at, name string, shortest, longest int) []fault.Detail {
	if name != "" && (!urlFriendly.MatchString(name) || name == "." || name == "..") {
		return problem(at, "%q must be URL friendly. You provided %q.", field(at), name)
	}
	return validateLength(at, name, shortest, longest)
}

// ValidateEnvironmentName checks the name of an environment, which is stricter than
// other names.
func ValidateEnvironmentName(at, name string) []fault.Detail {
	if name != "" && !environmentName.MatchString(name) {
		return problem(at, "The `%s` property must match pattern %q. You sent %q.", at, environmentName, name)
	}
	return ValidateName(at, name)
}

// validateLength checks the number of characters of a text.
func validateLength(at, text string, shortest, longest int) []fault.Detail {
	switch n := utf8.RuneCountInString(text); {
	case n == 0 && shortest > 0:
		return problem(at, "%q is not allowed to be empty.", field(at))
	case n < shortest:
		return problem(at, "%q must have at least %d characters. You provided %q.", field(at), shortest, text)
	case n > longest:
		return problem(at, "%q must have at most %d characters. You provided %d.", field(at), longest, n)
	default:
		return nil
	}
}

// maxLabel is the length of the longest name that no URL has to hold, in characters.
const maxLabel = 255

// validateText checks that a text is more than white space, and no longer than a label.
func validateText(at, text string) []fault.Detail {
	if isBlank(text) {
		return problem(at, "%q is not allowed to be empty.", field(at))
	}
	return validateLength(at, text, 1, maxLabel)
}

// validateChoice checks that a value is one of a few.
func validateChoice[T ~string](at string, value T, allowed ...T) []fault.Detail {
	quoted := make([]string, len(allowed))
	for i, a := range allowed {
		if a == value {
			return nil
		}
		quoted[i] = fmt.Sprintf("%q", string(a))
	}
	return problem(at, "The `%s` property must be equal to one of the allowed values: %s. You provided %q, which is not valid. Please use one of the allowed values instead..",
		field(at), strings.Join(quoted, ", "), string(value))
}

// problem returns a single detail about the field at a path.
func problem(at, format string, args ...any) []fault.Detail {
	return []fault.Detail{{Path: at, Message: fmt.Sprintf(format, args...)}}
}

// field returns the last part of a path: what the writer of a request calls the field.
func field(at string) string { return at[strings.LastIndexByte(at, '/')+1:] }

func isBlank(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return !unicode.IsSpace(r) }) < 0
}
