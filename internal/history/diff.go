package history

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/quorate/quorate/internal/flag"
)

// Two configurations are compared as JSON, in the form of the ledger: so every field that there is is compared, also one that is added
// to a noun later, and nothing has to be said about any of them here.

// How something differs.
type How string

// The ways.
const (
	Added   How = "added"
	Removed How = "removed"
	Changed How = "changed"
)

// Difference is one thing that differs between two configurations.
type Difference struct {
	// Kind and Name are for people; Name is a segment's name, an environment's for a protection, and the id of a project or feature type.
	Kind    string         `json:"kind"` // feature, segment, project, …
	Name    string         `json:"name"`
	Project flag.ProjectID `json:"project,omitempty"` // empty for what belongs to none
	How     How            `json:"how"`
	Fields  []Field        `json:"fields"` // what differs, sorted by path; of what is added or removed, all of it
}

// Field is a value that differs. An element of a list is named by its id or name in the path:
// environments[production].strategies[…].parameters.rollout.
type Field struct {
	Path   string          `json:"path"`
	Before json.RawMessage `json:"before"` // null if there was none
	After  json.RawMessage `json:"after"`  // null if there is none any more
}

// thing is one thing of a configuration, as JSON.
type thing struct {
	kind    string
	name    string
	project flag.ProjectID
	value   any
}

// Diff returns what differs between two configurations: flags first, each kind by name.
// A thing that is renamed is removed and added, but for segments, which have numbers. Of a flag that moved, Project is the later one.
func Diff(before, after Configuration) ([]Difference, error) {
	old, err := before.things()
	if err != nil {
		return nil, err
	}
	now, err := after.things()
	if err != nil {
		return nil, err
	}
	differences := []Difference{}
	add := func(t thing, how How, was, is any) {
		fields := compare("", was, is, nil)
		if len(fields) > 0 {
			slices.SortFunc(fields, func(a, b Field) int { return cmp.Compare(a.Path, b.Path) })
			differences = append(differences, Difference{t.kind, t.name, t.project, how, fields})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(union(old, now))) {
		was, had := old[key]
		is, has := now[key]
		switch {
		case !had:
			add(is, Added, map[string]any{}, is.value)
		case !has:
			add(was, Removed, was.value, map[string]any{})
		default:
			add(is, Changed, was.value, is.value)
		}
	}
	return differences, nil
}

// union returns the things of both; only its keys are used.
func union(a, b map[string]thing) map[string]thing {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

// things returns everything in the configuration, by a key that sorts as Diff promises.
// The key is the kind's place, one digit, and then what identifies the thing in its kind. A segment's number is padded, so that 10
// does not sort before 9.
func (c Configuration) things() (map[string]thing, error) {
	all := map[string]thing{}
	var failed error
	put := func(order int, kind, id, name string, project flag.ProjectID, value any) {
		generic, err := plain(value)
		if err != nil && failed == nil {
			failed = fmt.Errorf("history: %s %q: %w", kind, name, err)
		}
		all[strconv.Itoa(order)+id] = thing{kind, name, project, generic}
	}
	for _, f := range c.Features {
		put(0, "feature", string(f.Name), string(f.Name), f.Project, f)
	}
	for _, s := range c.Segments {
		put(1, "segment", fmt.Sprintf("%020d", s.ID), s.Name, owner(s.Project), s)
	}
	for _, p := range c.Projects {
		put(2, "project", string(p.ID), string(p.ID), p.ID, p)
	}
	for _, p := range c.Protections {
		put(3, "protection", string(p.Project)+"\x00"+string(p.Environment), string(p.Environment), p.Project, p)
	}
	for _, e := range c.Environments {
		put(4, "environment", string(e.Name), string(e.Name), "", e)
	}
	for _, f := range c.ContextFields {
		put(5, "context field", f.Name, f.Name, owner(f.Project), f)
	}
	for _, t := range c.StrategyTypes {
		put(6, "strategy type", t.Name, t.Name, "", t)
	}
	for _, t := range c.TagTypes {
		put(7, "tag type", t.Name, t.Name, "", t)
	}
	for _, t := range c.FeatureTypes {
		put(8, "feature type", t.ID, t.ID, "", t)
	}
	return all, failed
}

// owner returns the project that something belongs to, empty for what is global.
func owner(project *flag.ProjectID) flag.ProjectID {
	if project == nil {
		return ""
	}
	return *project
}

// plain returns a value as JSON has it, with numbers as they are written.
// Floats would make other numbers of large ones.
func plain(value any) (any, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	var generic any
	err = decoder.Decode(&generic)
	return generic, err
}

// compare adds the fields in which two JSON values differ.
// Objects are gone into, lists too if their elements can be told apart; everything else is compared as a whole. nil stands for what
// is missing and for null, which are the same; so of what is added or removed, each field is named. That an element stands at another
// place of its list is no difference: where an order matters, it is a field (sortOrder).
func compare(path string, was, is any, fields []Field) []Field {
	old, wasObject := named(was)
	now, isObject := named(is)
	if (wasObject || was == nil) && (isObject || is == nil) && (wasObject || isObject) {
		keys := maps.Clone(old)
		if keys == nil {
			keys = map[string]any{}
		}
		maps.Copy(keys, now)
		list := isList(was) || isList(is)
		for key := range keys {
			below := key
			switch {
			case list:
				below = path + "[" + key + "]"
			case path != "":
				below = path + "." + key
			}
			fields = compare(below, old[key], now[key], fields)
		}
		return fields
	}
	before, after := written(was), written(is)
	if bytes.Equal(before, after) {
		return fields
	}
	return append(fields, Field{path, before, after})
}

// identities are the fields by which the elements of lists are told apart.
// The first by which all elements of a list differ is taken.
var identities = []string{"id", "environment", "feature", "name", "value"}

// named returns an object, or a list as an object with its elements by what identifies them, and
// whether the value is one.
// Lists that are empty or of plain values are none.
func named(value any) (map[string]any, bool) {
	switch v := value.(type) {
	case map[string]any:
		return v, true
	case []any:
		for _, by := range identities {
			elements := map[string]any{}
			for _, element := range v {
				object, ok := element.(map[string]any)
				id, has := object[by].(string)
				if _, twice := elements[id]; !ok || !has || twice {
					break
				}
				elements[id] = element
			}
			if len(v) > 0 && len(elements) == len(v) {
				return elements, true
			}
		}
	}
	return nil, false
}

func isList(value any) bool {
	_, is := value.([]any)
	return is
}

// written returns a value that was read from JSON as JSON again, which cannot fail.
// Keys of objects are sorted by that, so equal values have equal texts.
func written(value any) json.RawMessage {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return data
}
