package scim

import (
	"cmp"
	"slices"
	"strings"
)

// sorted sorts resources by an attribute (RFC 7644, section 3.4.2.3); without one, they stay as they are. Of several values the
// primary one counts, or else the first. Who has none comes last, or first if the order is descending. The sort is stable,
// and resources come by id, so pages fit together. It is done in place.
func sorted(resources []object, by, order string) error {
	descending := strings.EqualFold(order, "descending")
	if order != "" && !descending && !strings.EqualFold(order, "ascending") {
		return badRequest("invalidValue", "The parameter sortOrder is ascending or descending, not %q.", order)
	}
	if by == "" {
		return nil
	}
	path := strings.Split(withoutSchema(by), ".")
	for _, name := range path {
		if !isName(name) {
			return badRequest("invalidPath", "%q is no attribute to sort by.", by)
		}
	}
	exact := isExact(path[len(path)-1])
	slices.SortStableFunc(resources, func(a, b object) int {
		order := compared(fold(leading(a, path), exact), fold(leading(b, path), exact))
		if descending {
			return -order
		}
		return order
	})
	return nil
}

// leading returns the value at a path by which a resource is sorted; nil: it has none.
func leading(value any, path []string) any {
	switch v := value.(type) {
	case []any:
		at := slices.IndexFunc(v, func(each any) bool {
			o, _ := each.(object)
			primary, _ := field(o, "primary")
			return primary == true
		})
		if len(v) == 0 {
			return nil
		}
		return leading(v[max(at, 0)], path)
	case object:
		name := "value" // of an attribute that has several
		if len(path) > 0 {
			name, path = path[0], path[1:]
		}
		inner, _ := field(v, name)
		return leading(inner, path)
	default:
		if len(path) > 0 || v == "" {
			return nil
		}
		return v
	}
}

// compared compares two values of an attribute: texts, or true and false. nil is none, and greater than anything.
func compared(a, b any) int {
	if a == nil || b == nil {
		return cmp.Compare(rank(b != nil), rank(a != nil)) // who has none is the greatest
	}
	if x, ok := a.(bool); ok {
		y, _ := b.(bool)
		return cmp.Compare(rank(x), rank(y))
	}
	x, _ := a.(string)
	y, _ := b.(string)
	return strings.Compare(x, y)
}

// rank puts false before true.
func rank(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
