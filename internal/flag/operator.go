package flag

// Operator compares a value of the context with the operands of a constraint.
type Operator string

// The operators.
const (
	NotIn         Operator = "NOT_IN"
	In            Operator = "IN"
	StrEndsWith   Operator = "STR_ENDS_WITH"
	StrStartsWith Operator = "STR_STARTS_WITH"
	StrContains   Operator = "STR_CONTAINS"
	NumEq         Operator = "NUM_EQ"
	NumGt         Operator = "NUM_GT"
	NumGte        Operator = "NUM_GTE"
	NumLt         Operator = "NUM_LT"
	NumLte        Operator = "NUM_LTE"
	DateAfter     Operator = "DATE_AFTER"
	DateBefore    Operator = "DATE_BEFORE"
	SemverEq      Operator = "SEMVER_EQ"
	SemverGt      Operator = "SEMVER_GT"
	SemverLt      Operator = "SEMVER_LT"
	SemverGte     Operator = "SEMVER_GTE"
	SemverLte     Operator = "SEMVER_LTE"
	Regex         Operator = "REGEX"
	InCIDR        Operator = "IN_CIDR"
)

// Operators lists all operators that may be written, in the order in which error
// messages and the API document name them.
func Operators() []Operator {
	return []Operator{
		NotIn, In, StrEndsWith, StrStartsWith, StrContains,
		NumEq, NumGt, NumGte, NumLt, NumLte, DateAfter, DateBefore,
		SemverEq, SemverGt, SemverLt, SemverGte, SemverLte, Regex, InCIDR,
	}
}

// OperandKind says what an operator's operands are and which field holds them.
type OperandKind int

// The operand kinds.
const (
	OperandUnknown OperandKind = iota
	OperandStrings             // Values
	OperandCIDRs               // Values
	OperandNumber              // Value
	OperandDate                // Value, RFC 3339
	OperandSemver              // Value, semver 2.0 without a leading v
	OperandRegex               // Value, RE2
)

// Operands returns the kind of the operator's operands, OperandUnknown for an unknown operator.
func (o Operator) Operands() OperandKind {
	switch o {
	case In, NotIn, StrContains, StrStartsWith, StrEndsWith:
		return OperandStrings
	case InCIDR:
		return OperandCIDRs
	case NumEq, NumGt, NumGte, NumLt, NumLte:
		return OperandNumber
	case DateAfter, DateBefore:
		return OperandDate
	case SemverEq, SemverGt, SemverLt, SemverGte, SemverLte:
		return OperandSemver
	case Regex:
		return OperandRegex
	default:
		return OperandUnknown
	}
}
