package cli

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// change is an entry of a change request. Its actions and payloads are those of change requests in the API (see
// docs/change-requests.md); only what is printed is decoded.
type change struct {
	ID       int64           `json:"id"`
	Action   string          `json:"action"`
	Payload  json.RawMessage `json:"payload"`
	Conflict string          `json:"conflict"`
	// Name is the segment's; the change of a flag has none.
	Name string `json:"name"`

	feature string
	besides *change // what it leads to, which nobody asked for
}

// heading returns the change's sentence with its number, and what there is to know besides.
func (c change) heading() string {
	number := strconv.FormatInt(c.ID, 10)
	text := fmt.Sprintf("%s  %s\n", number, c.sentence())
	below := strings.Repeat(" ", len(number)+2)
	if c.besides != nil {
		text += fmt.Sprintf("%sBesides: %s\n", below, c.besides.sentence())
	}
	if c.Conflict != "" {
		text += fmt.Sprintf("%sCannot be applied: %s.\n", below, oneLine(c.Conflict))
	}
	return text
}

// sentence says what the change does. Of an action that this release does not know, it gives the
// name.
func (c change) sentence() string {
	before, after := c.sides()
	switch c.Action {
	case "updateEnabled":
		if set, _ := after["enabled"].(bool); !set {
			return fmt.Sprintf("Switch the flag %q off.", c.feature)
		}
		if all, _ := after["shouldActivateDisabledStrategies"].(bool); all {
			return fmt.Sprintf("Switch the flag %q on, and its disabled strategies with it.", c.feature)
		}
		return fmt.Sprintf("Switch the flag %q on.", c.feature)
	case "addStrategy":
		return fmt.Sprintf("Add the strategy %s to the flag %q.", strategyName(after), c.feature)
	case "updateStrategy":
		return fmt.Sprintf("Change the strategy %s of the flag %q: %s.", strategyName(before), c.feature, c.fields())
	case "deleteStrategy":
		return fmt.Sprintf("Remove the strategy %s from the flag %q.", strategyName(before), c.feature)
	case "reorderStrategy":
		return fmt.Sprintf("Put the strategies of the flag %q into another order.", c.feature)
	case "patchVariant":
		return fmt.Sprintf("Change the variants of the flag %q: %s.", c.feature, c.fields())
	case "archiveFeature":
		return fmt.Sprintf("Archive the flag %q.", c.feature)
	case "addDependency":
		return fmt.Sprintf("Make the flag %q depend on the flag %q.", c.feature, after["feature"])
	case "deleteDependency":
		return fmt.Sprintf("Make the flag %q depend on no other.", c.feature)
	case "updateSegment":
		return fmt.Sprintf("Change the segment %q: %s.", c.Name, c.fields())
	case "deleteSegment":
		return fmt.Sprintf("Delete the segment %q.", c.Name)
	default:
		return fmt.Sprintf("%s of %q.", c.Action, cmp.Or(c.feature, c.Name))
	}
}

// strategyName returns what people call a strategy.
func strategyName(strategy object) string {
	name := fmt.Sprint(strategy["name"])
	var known []string
	if title, _ := strategy["title"].(string); title != "" {
		name, known = strconv.Quote(title), []string{name}
	}
	parameters, _ := strategy["parameters"].(object)
	if share, ok := parameters["rollout"]; ok {
		known = append(known, fmt.Sprintf("%v %%", share))
	}
	if len(known) > 0 {
		name += " (" + strings.Join(known, ", ") + ")"
	}
	return name
}

// fields names what differs. Of lists it names the list, once, and not their elements.
func (c change) fields() string {
	var names []string
	for _, line := range c.diff() {
		name, _, _ := strings.Cut(line.path, "[")
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return cmp.Or(strings.Join(names, ", "), "nothing")
}

// object is a JSON object.
type object = map[string]any

// sides returns what the change found, and what it makes of that; nil where there is nothing. What a change found is its
// snapshot, which the server keeps in the payload; ids are left out, since they tell nobody anything.
func (c change) sides() (before, after object) {
	decoder := json.NewDecoder(bytes.NewReader(c.Payload))
	decoder.UseNumber() // numbers are shown as they are written
	var payload any
	if decoder.Decode(&payload) != nil {
		return nil, nil // some actions have no payload
	}
	// The order of strategies is a list, and has no fields.
	after, isObject := payload.(object)
	if !isObject {
		return nil, object{"order": payload}
	}
	// A strategy or segment is an object; the variants of an environment are a list, and are in a field of the payload.
	switch snapshot := after["snapshot"].(type) {
	case object:
		before = snapshot
	case []any:
		before = object{"variants": snapshot}
	}
	switch c.Action {
	case "updateEnabled": // a change that would change nothing is not kept
		set, _ := after["enabled"].(bool)
		before = object{"enabled": !set}
	case "deleteStrategy", "deleteSegment":
		after = nil
	}
	delete(before, "id")
	delete(after, "id")
	delete(after, "snapshot")
	return before, after
}

// diffLine is a value that goes (-) or comes (+). It is printed as one line, and coloured by its sign (see printDiff).
type diffLine struct {
	sign rune
	leaf
}

func (l diffLine) String() string { return fmt.Sprintf("%c %s: %s", l.sign, l.path, l.value) }

// diff returns the values that differ, by their paths; of each, what goes before what comes. Both sides are taken apart to
// values without parts, and what both have is left out. So a value that has moved in a list is no difference.
func (c change) diff() []diffLine {
	before, after := c.sides()
	old, made := leaves("", before), leaves("", after)
	var lines []diffLine
	for _, l := range without(old, made) {
		lines = append(lines, diffLine{'-', l})
	}
	for _, l := range without(made, old) {
		lines = append(lines, diffLine{'+', l})
	}
	slices.SortStableFunc(lines, func(a, b diffLine) int { return cmp.Compare(a.path, b.path) })
	return lines
}

// leaf is a value without parts, and where it is.
type leaf struct{ path, value string }

// without returns the leaves that others lack; one that is there twice must be there twice. They stay in order.
func without(all, others []leaf) []leaf {
	left := map[leaf]int{}
	for _, l := range others {
		left[l]++
	}
	var rest []leaf
	for _, l := range all {
		if left[l] > 0 {
			left[l]--
			continue
		}
		rest = append(rest, l)
	}
	return rest
}

// leaves returns the values below a path. The elements of a list that have no parts share its path,
// so that of two lists only the elements differ that one of them lacks.
func leaves(path string, value any) []leaf {
	var all []leaf
	switch v := value.(type) {
	case nil:
	case object:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			below := key
			if path != "" {
				below = path + "." + key
			}
			all = append(all, leaves(below, v[key])...)
		}
	case []any:
		names := elementNames(v)
		for i, element := range v {
			below := path
			if _, hasParts := element.(object); hasParts {
				below += "[" + names[i] + "]"
			}
			all = append(all, leaves(below, element)...)
		}
	case string:
		all = []leaf{{path, strconv.Quote(v)}}
	default:
		all = []leaf{{path, fmt.Sprint(v)}}
	}
	return all
}

// elementNames returns what the elements of a list are called: variants by their names, constraints
// by context field and operator, and by their places unless each has a name of its own. So
// an element that comes first does not make all others differ.
func elementNames(list []any) []string {
	names := make([]string, len(list))
	seen := map[string]bool{}
	for i, element := range list {
		parts, _ := element.(object)
		for _, key := range []string{"name", "contextName", "operator", "id"} {
			if part, ok := parts[key].(string); ok {
				names[i] = strings.TrimSpace(names[i] + " " + part)
			}
		}
		if names[i] == "" || seen[names[i]] {
			for i := range names {
				names[i] = strconv.Itoa(i)
			}
			return names
		}
		seen[names[i]] = true
	}
	return names
}
