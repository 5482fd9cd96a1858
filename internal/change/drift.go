package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"github.com/quorate/quorate/internal/flag"
)

// Drift is one field of a change's target that has moved since the change was drafted or
// last approved.
type Drift struct {
	Change  ID              `json:"changeId"`
	Feature flag.Name       `json:"feature,omitempty"`
	Field   string          `json:"field"`
	Before  json.RawMessage `json:"before"` // as it was then
	Now     json.RawMessage `json:"now"`
	Wanted  json.RawMessage `json:"wanted,omitempty"` // what the change sets; absent if it does not
}

// DriftOf returns what has moved in the targets of changes. A field that is by now what
// the change would make it has not.
func DriftOf(live Live, env flag.EnvironmentName, changes []Change) []Drift {
	var all []Drift
	for _, c := range changes {
		all = append(all, c.drift(BaseOf(live, env, c.Feature, c.Payload))...)
	}
	return all
}

// drift compares the change's base with what its target is like now.
func (c Change) drift(base Base) []Drift {
	if c.Base.Missing && base.Missing {
		return nil
	}
	now := base.fields(c.Payload)
	want := wanted(c.Payload)
	var moved []Drift
	for _, before := range c.Base.fields(c.Payload) {
		current, exists := valueOf(now, before.Name)
		if exists && same(before.Value, current) {
			continue
		}
		d := Drift{Change: c.ID, Feature: c.Feature, Field: before.Name, Before: canonical(before.Value), Now: canonical(current)}
		if w, ok := valueOf(want, before.Name); ok {
			if exists && same(w, current) {
				continue
			}
			d.Wanted = canonical(w)
		}
		moved = append(moved, d)
	}
	return moved
}

// DriftID identifies what has moved under some content: who acknowledges it has seen
// exactly that, and nothing that moved later.
func DriftID(contentID string, moved []Drift) string {
	data, err := json.Marshal(struct {
		Content string  `json:"content"`
		Moved   []Drift `json:"moved"`
	}{contentID, moved})
	if err != nil {
		panic(err) // texts and JSON: it cannot fail
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:16])
}

// Bases returns what the targets are like now, where that differs from what the changes
// have, by the changes' ids.
func Bases(live Live, env flag.EnvironmentName, changes []Change) map[ID]Base {
	bases := map[ID]Base{}
	for _, c := range changes {
		if base := BaseOf(live, env, c.Feature, c.Payload); !same(base, c.Base) {
			bases[c.ID] = base
		}
	}
	return bases
}

// WithBases returns the changes with some bases replaced.
func WithBases(changes []Change, bases map[ID]Base) []Change {
	if len(bases) == 0 {
		return changes
	}
	next := make([]Change, len(changes))
	for i, c := range changes {
		if base, ok := bases[c.ID]; ok {
			c.Base = base
		}
		next[i] = c
	}
	return next
}
