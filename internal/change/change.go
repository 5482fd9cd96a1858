// Package change is the entries of change requests: what each of them says, what its
// target was like, what has moved since, and how it is undone.
//
// It is pure and works on flags and segments alone. What applying a change does to
// a state belongs in decide, which direct writes share; who must agree belongs in
// changerequest.
package change

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/quorate/quorate/internal/flag"
)

// ID identifies a change: a counter of the ledger, never reused. Editing a change
// gives it a new id.
type ID int64

// Change is one entry of a change request.
type Change struct {
	ID ID
	// Feature is the flag that is changed; empty for changes of segments.
	Feature flag.Name
	Payload Payload
	// Base is what the target was like when the change was drafted, or when an approval
	// that was needed was given, or, in a closed request, when it was closed.
	Base      Base
	CreatedAt time.Time
}

// Payload is what a change of one action says.
type Payload interface {
	// Action returns the name of the action, which is Unleash's.
	Action() string
	// target names what the payload sets as a whole, so that a later change of the same
	// target takes the place of an earlier one. Empty: it never does.
	target() string
}

// UpdateEnabled switches the flag on or off.
type UpdateEnabled struct {
	Enabled bool `json:"enabled"`
	// ActivateDisabled enables the disabled strategies instead of adding one.
	ActivateDisabled bool `json:"shouldActivateDisabledStrategies,omitempty"`
	// Minted is the id of the strategy that is added if the flag has none.
	Minted flag.StrategyID `json:"minted,omitempty"`
}

// StrategySettings are what a strategy is made of, besides its id.
type StrategySettings struct {
	// Name is the strategy's type. Empty, in an update: it stays, and the parameters are just
	// what is given, as in Unleash.
	Name        string            `json:"name,omitempty"`
	Title       *string           `json:"title,omitempty"`
	Disabled    bool              `json:"disabled,omitempty"`
	SortOrder   *int              `json:"sortOrder,omitempty"` // nil: behind the others, or as it is
	Constraints []flag.Constraint `json:"constraints,omitempty"`
	Parameters  map[string]string `json:"parameters,omitempty"`
	Segments    []flag.SegmentID  `json:"segments,omitempty"`
	Variants    []flag.Variant    `json:"variants,omitempty"`
}

// SettingsOf returns what a strategy is made of.
func SettingsOf(s flag.Strategy) StrategySettings {
	return StrategySettings{s.Name, s.Title, s.Disabled, &s.SortOrder, s.Constraints, s.Parameters, s.Segments, s.Variants}
}

// AddStrategy gives the flag a strategy.
type AddStrategy struct {
	Minted flag.StrategyID `json:"minted"` // the id that the strategy gets
	StrategySettings
}

// UpdateStrategy replaces what a strategy is made of.
type UpdateStrategy struct {
	ID flag.StrategyID `json:"id"`
	StrategySettings
}

// DeleteStrategy takes a strategy from the flag.
type DeleteStrategy struct {
	ID flag.StrategyID `json:"id"`
}

// StrategyOrder is a strategy's place among the strategies of its environment.
type StrategyOrder struct {
	ID        flag.StrategyID `json:"id"`
	SortOrder int             `json:"sortOrder"`
}

// ReorderStrategy puts strategies in another order.
type ReorderStrategy struct {
	Order []StrategyOrder `json:"order"`
}

// PatchVariant replaces the environment's own variants, all of them.
type PatchVariant struct {
	Variants []flag.Variant `json:"variants"`
}

// ArchiveFeature puts the flag away, in every environment.
type ArchiveFeature struct{}

// AddDependency makes the flag depend on another, in every environment.
type AddDependency struct {
	flag.Dependency
}

// DeleteDependency ends all dependencies of the flag, in every environment.
type DeleteDependency struct{}

// UpdateSegment replaces a segment, wherever it is used.
type UpdateSegment struct {
	ID          flag.SegmentID    `json:"id"`
	Name        string            `json:"name"`
	Description *string           `json:"description,omitempty"`
	Project     *flag.ProjectID   `json:"project,omitempty"`
	Constraints []flag.Constraint `json:"constraints,omitempty"`
}

// DeleteSegment removes a segment.
type DeleteSegment struct {
	ID flag.SegmentID `json:"id"`
}

// The names of the actions.
const (
	ActionUpdateEnabled    = "updateEnabled"
	ActionAddStrategy      = "addStrategy"
	ActionUpdateStrategy   = "updateStrategy"
	ActionDeleteStrategy   = "deleteStrategy"
	ActionReorderStrategy  = "reorderStrategy"
	ActionPatchVariant     = "patchVariant"
	ActionArchiveFeature   = "archiveFeature"
	ActionAddDependency    = "addDependency"
	ActionDeleteDependency = "deleteDependency"
	ActionUpdateSegment    = "updateSegment"
	ActionDeleteSegment    = "deleteSegment"
)

// Action returns "updateEnabled".
func (UpdateEnabled) Action() string { return ActionUpdateEnabled }

// Action returns "addStrategy".
func (AddStrategy) Action() string { return ActionAddStrategy }

// Action returns "updateStrategy".
func (UpdateStrategy) Action() string { return ActionUpdateStrategy }

// Action returns "deleteStrategy".
func (DeleteStrategy) Action() string { return ActionDeleteStrategy }

// Action returns "reorderStrategy".
func (ReorderStrategy) Action() string { return ActionReorderStrategy }

// Action returns "patchVariant".
func (PatchVariant) Action() string { return ActionPatchVariant }

// Action returns "archiveFeature".
func (ArchiveFeature) Action() string { return ActionArchiveFeature }

// Action returns "addDependency".
func (AddDependency) Action() string { return ActionAddDependency }

// Action returns "deleteDependency".
func (DeleteDependency) Action() string { return ActionDeleteDependency }

// Action returns "updateSegment".
func (UpdateSegment) Action() string { return ActionUpdateSegment }

// Action returns "deleteSegment".
func (DeleteSegment) Action() string { return ActionDeleteSegment }

func (UpdateEnabled) target() string    { return "enabled" }
func (AddStrategy) target() string      { return "" }
func (p UpdateStrategy) target() string { return "strategy " + string(p.ID) }
func (p DeleteStrategy) target() string { return "strategy " + string(p.ID) }
func (ReorderStrategy) target() string  { return "order" }
func (PatchVariant) target() string     { return "variants" }
func (ArchiveFeature) target() string   { return "archive" }
func (p AddDependency) target() string  { return "dependency " + string(p.Feature) }
func (DeleteDependency) target() string { return "dependencies" }
func (p UpdateSegment) target() string  { return segmentTarget(p.ID) }
func (p DeleteSegment) target() string  { return segmentTarget(p.ID) }

func segmentTarget(id flag.SegmentID) string { return "segment " + strconv.FormatInt(int64(id), 10) }

// Replaces reports whether c takes the place of an earlier change, because both set the
// same thing as a whole.
func (c Change) Replaces(earlier Change) bool {
	target := c.Payload.target()
	return target != "" && c.Feature == earlier.Feature && target == earlier.Payload.target()
}

// Segment returns the segment that the change is about, 0 if it is about a flag.
func (c Change) Segment() flag.SegmentID {
	switch p := c.Payload.(type) {
	case UpdateSegment:
		return p.ID
	case DeleteSegment:
		return p.ID
	default:
		return 0
	}
}

// Segments returns the segments that the change is about, or gives to a strategy.
func (c Change) Segments() []flag.SegmentID {
	switch p := c.Payload.(type) {
	case AddStrategy:
		return p.Segments
	case UpdateStrategy:
		return p.Segments
	case UpdateSegment:
		return []flag.SegmentID{p.ID}
	case DeleteSegment:
		return []flag.SegmentID{p.ID}
	default:
		return nil
	}
}

// Strategy returns what the change makes a strategy of, and whether it does. The id is empty
// if there is no such strategy before.
func (c Change) Strategy() (flag.StrategyID, StrategySettings, bool) {
	switch p := c.Payload.(type) {
	case AddStrategy:
		return "", p.StrategySettings, true
	case UpdateStrategy:
		return p.ID, p.StrategySettings, true
	default:
		return "", StrategySettings{}, false
	}
}

// Constraints returns what the change makes a strategy or a segment ask of contexts.
func (c Change) Constraints() []flag.Constraint {
	if p, ok := c.Payload.(UpdateSegment); ok {
		return p.Constraints
	}
	_, settings, _ := c.Strategy()
	return settings.Constraints
}

// stored is a change as the ledger keeps it.
type stored struct {
	ID        ID              `json:"id"`
	Feature   flag.Name       `json:"feature,omitempty"`
	Action    string          `json:"action"`
	Payload   json.RawMessage `json:"payload"`
	Base      Base            `json:"base"`
	CreatedAt time.Time       `json:"createdAt"`
}

// MarshalJSON writes the change with the name of its action.
func (c Change) MarshalJSON() ([]byte, error) {
	payload, err := json.Marshal(c.Payload)
	if err != nil {
		return nil, fmt.Errorf("change: encode %s: %w", c.Payload.Action(), err)
	}
	return json.Marshal(stored{c.ID, c.Feature, c.Payload.Action(), payload, c.Base, c.CreatedAt})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (c *Change) UnmarshalJSON(data []byte) error {
	var s stored
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	decode, ok := decoders[s.Action]
	if !ok {
		return fmt.Errorf("change: there is no action %q", s.Action)
	}
	payload, err := decode(s.Payload)
	if err != nil {
		return fmt.Errorf("change: decode %s: %w", s.Action, err)
	}
	*c = Change{s.ID, s.Feature, payload, s.Base, s.CreatedAt}
	return nil
}

// decoders makes a payload of each action from its JSON.
var decoders = map[string]func([]byte) (Payload, error){
	ActionUpdateEnabled:    decode[UpdateEnabled],
	ActionAddStrategy:      decode[AddStrategy],
	ActionUpdateStrategy:   decode[UpdateStrategy],
	ActionDeleteStrategy:   decode[DeleteStrategy],
	ActionReorderStrategy:  decode[ReorderStrategy],
	ActionPatchVariant:     decode[PatchVariant],
	ActionArchiveFeature:   decode[ArchiveFeature],
	ActionAddDependency:    decode[AddDependency],
	ActionDeleteDependency: decode[DeleteDependency],
	ActionUpdateSegment:    decode[UpdateSegment],
	ActionDeleteSegment:    decode[DeleteSegment],
}

func decode[P Payload](data []byte) (Payload, error) {
	var p P
	err := json.Unmarshal(data, &p)
	return p, err
}

// ContentID identifies what the changes of a request say: the hex SHA-256 of their
// project, environment, order, actions and payloads with the ids that they mint. Ids of
// changes, their times and what their targets were like do not count, so that the same
// content has the same id.
func ContentID(project flag.ProjectID, env flag.EnvironmentName, changes []Change) string {
	type entry struct {
		Feature flag.Name `json:"feature"`
		Action  string    `json:"action"`
		Payload Payload   `json:"payload"`
	}
	content := struct {
		Project     flag.ProjectID       `json:"project"`
		Environment flag.EnvironmentName `json:"environment"`
		Changes     []entry              `json:"changes"`
	}{project, env, make([]entry, len(changes))}
	for i, c := range changes {
		content.Changes[i] = entry{c.Feature, c.Payload.Action(), c.Payload}
	}
	data, err := json.Marshal(content)
	if err != nil {
		panic(err) // texts, numbers and maps with text keys: it cannot fail
	}
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
