package flag

import (
	"fmt"
	"strings"
)

// phrases say what operators ask, and what they ask when they are inverted.
var phrases = map[Operator][2]string{
	In:            {"is one of", "is none of"},
	NotIn:         {"is none of", "is one of"},
	StrStartsWith: {"starts with one of", "starts with none of"},
	StrEndsWith:   {"ends with one of", "ends with none of"},
	StrContains:   {"contains one of", "contains none of"},
	InCIDR:        {"is an address in one of", "is an address in none of"},
	NumEq:         {"is", "is not"},
	NumGt:         {"is greater than", "is not greater than"},
	NumGte:        {"is at least", "is not at least"},
	NumLt:         {"is less than", "is not less than"},
	NumLte:        {"is at most", "is not at most"},
	DateAfter:     {"is after", "is not after"},
	DateBefore:    {"is before", "is not before"},
	SemverEq:      {"is the version", "is not the version"},
	SemverGt:      {"is a later version than", "is not a later version than"},
	SemverGte:     {"is at least the version", "is not at least the version"},
	SemverLt:      {"is an earlier version than", "is not an earlier version than"},
	SemverLte:     {"is at most the version", "is not at most the version"},
	Regex:         {"matches", "does not match"},
}

// told is how many operands a sentence names at most.
const told = 10

// Sentence says in words what the constraint asks, as a sentence without its full stop:
// "country is one of NO, SE".
func (c Constraint) Sentence() string {
	operands := c.Value
	switch c.Operator.Operands() {
	case OperandStrings, OperandCIDRs:
		operands = strings.Join(c.Values[:min(len(c.Values), told)], ", ")
		if more := len(c.Values) - told; more > 0 {
			operands += fmt.Sprintf(" and %d more", more)
		}
	case OperandUnknown:
		return fmt.Sprintf("%s %s, which nobody knows, holds", c.ContextName, c.Operator)
	default:
	}
	phrase := phrases[c.Operator][0]
	if c.Inverted {
		phrase = phrases[c.Operator][1]
	}
	sentence := fmt.Sprintf("%s %s %s", c.ContextName, phrase, operands)
	if c.CaseInsensitive {
		sentence += ", in capitals or not"
	}
	return sentence
}
