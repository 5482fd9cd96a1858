package adminapi

import (
	"cmp"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/quorate/quorate/internal/change"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// The bodies of changes, which are those of Unleash (changeRequestCreateSchema in its document). What a change carries
// depends on its action, so the document describes the envelope, and the payload is checked against the shape of its
// action here: in the same way and with the same words as a body, at the place where it stands in the body.
//
// Nothing is decided here. A payload that is in order can still be refused, by the rules of the write that it stands
// for (decide.Drafted).

// changeRequestCreate is the envelope of a change. A change of a segment names it in its payload and needs no
// flag.
type changeRequestCreate struct {
	Feature *string         `json:"feature,omitempty" nullable:"true" doc:"The flag; absent or null for segments."`
	Action  string          `json:"action" doc:"What is changed: updateEnabled, addStrategy, updateStrategy, deleteStrategy, reorderStrategy, patchVariant, archiveFeature, addDependency, deleteDependency, updateSegment or deleteSegment."`
	Payload json.RawMessage `json:"payload,omitempty" doc:"What the action needs; nothing for archiveFeature and deleteDependency."`
}

// changeRequestOneOrManyCreate is one change, or several that are added together or not at all.
type changeRequestOneOrManyCreate []changeRequestCreate

// UnmarshalJSON reads one change or a list. encoding/json hands it the value without space before it, so the
// first byte tells which of the two it is.
func (m *changeRequestOneOrManyCreate) UnmarshalJSON(data []byte) error {
	var one changeRequestCreate
	if len(data) > 0 && data[0] == '[' {
		return json.Unmarshal(data, (*[]changeRequestCreate)(m))
	}
	if err := json.Unmarshal(data, &one); err != nil {
		return err
	}
	*m = changeRequestOneOrManyCreate{one}
	return nil
}

// Schema allows both forms.
func (changeRequestOneOrManyCreate) Schema(r huma.Registry) *huma.Schema {
	one := r.Schema(reflect.TypeFor[changeRequestCreate](), true, "")
	return &huma.Schema{OneOf: []*huma.Schema{one, {Type: huma.TypeArray, Items: one}}}
}

// The payloads that are not bodies of other operations.
type (
	// changeEnabled is the payload of updateEnabled.
	changeEnabled struct {
		Enabled          bool `json:"enabled"`
		ActivateDisabled bool `json:"shouldActivateDisabledStrategies,omitempty"`
	}
	// changeStrategy is the payload of deleteStrategy, and names the one of updateStrategy.
	changeStrategy struct {
		ID flag.StrategyID `json:"id" minLength:"1"`
	}
	// changeVariants is the payload of patchVariant: the variants as they shall be and, whatever its name, no patch.
	changeVariants struct {
		Variants []variant `json:"variants"`
	}
	// changeDependency is the payload of addDependency.
	changeDependency struct {
		Feature  string   `json:"feature" minLength:"1"`
		Enabled  *bool    `json:"enabled,omitempty"`
		Variants []string `json:"variants,omitempty"`
	}
	// changeSegment is the payload of deleteSegment, and names the one of updateSegment.
	changeSegment struct {
		ID flag.SegmentID `json:"id"`
	}
)

// planned are actions on release plans, which do not exist here. They are known so that the refusal can say
// that, and does not read as if the name was misspelled.
var planned = []string{
	"addReleasePlan", "deleteReleasePlan", "startMilestone", "changeMilestoneProgression", "deleteMilestoneProgression",
	"resumeMilestoneProgression", "changeReleasePlanSafeguard", "deleteReleasePlanSafeguard", "changeSafeguard", "deleteSafeguard",
	"changeFeatureEnvSafeguard", "deleteFeatureEnvSafeguard", "updateMilestoneStrategy",
}

// proposals returns what bodies propose to do to a state, or what is wrong with them. One proposal comes of each, in the same
// order. The first that is wrong ends it, with the path of its field: /body, or /body/2 in a list of several.
//
// Faults: BadData.
func (a *api) proposals(s *state.State, bodies []changeRequestCreate) ([]decide.Proposal, error) {
	if len(bodies) == 0 {
		return nil, fault.Field("/body", "At least one change is needed.")
	}
	proposals := make([]decide.Proposal, len(bodies))
	for i, b := range bodies {
		at := "/body"
		if len(bodies) > 1 {
			at = fmt.Sprintf("/body/%d", i)
		}
		p, err := a.payload(s, at, b)
		if err != nil {
			return nil, err
		}
		proposals[i].Payload = p
		// A flag that is named beside a segment is not looked at.
		if (change.Change{Payload: p}).Segment() != 0 {
			continue
		}
		if b.Feature == nil || *b.Feature == "" {
			return nil, fault.Field(at+"/feature", "The `%s/feature` property is required. It was not present on the data you sent.", at)
		}
		proposals[i].Feature = flag.Name(*b.Feature)
	}
	return proposals, nil
}

// payload reads the payload of a change to a state. A payload is nil beside a fault about the action alone; beside any
// other it is not looked at.
//
// Faults: BadData.
func (a *api) payload(s *state.State, at string, b changeRequestCreate) (change.Payload, error) {
	action := at + "/action"
	at += "/payload"
	switch b.Action {
	case change.ActionUpdateEnabled:
		p, err := checked[changeEnabled](a, at, b.Payload)
		return change.UpdateEnabled{Enabled: p.Enabled, ActivateDisabled: p.ActivateDisabled}, err
	case change.ActionAddStrategy:
		p, err := checked[createFeatureStrategy](a, at, b.Payload)
		return change.AddStrategy{StrategySettings: p.settings()}, err
	case change.ActionUpdateStrategy:
		// It is read twice: once for which strategy it is, and once for what that shall be, in the shape of a
		// new one.
		named, err := checked[changeStrategy](a, at, b.Payload)
		if err != nil {
			return nil, err
		}
		p, err := checked[createFeatureStrategy](a, at, withName(b.Payload))
		return change.UpdateStrategy{ID: named.ID, StrategySettings: p.settings()}, err
	case change.ActionDeleteStrategy:
		p, err := checked[changeStrategy](a, at, b.Payload)
		return change.DeleteStrategy{ID: p.ID}, err
	case change.ActionReorderStrategy:
		p, err := checked[[]strategyOrder](a, at, b.Payload)
		order := change.ReorderStrategy{}
		for _, o := range p {
			order.Order = append(order.Order, change.StrategyOrder(o))
		}
		return order, err
	case change.ActionPatchVariant:
		p, err := checked[changeVariants](a, at, b.Payload)
		return change.PatchVariant{Variants: variantsOf(p.Variants)}, err
	case change.ActionArchiveFeature:
		return change.ArchiveFeature{}, nil
	case change.ActionAddDependency:
		p, err := checked[changeDependency](a, at, b.Payload)
		d := flag.Dependency{Feature: flag.Name(p.Feature), Enabled: p.Enabled == nil || *p.Enabled, Variants: p.Variants}
		return change.AddDependency{Dependency: d}, err
	case change.ActionDeleteDependency:
		return change.DeleteDependency{}, nil
	case change.ActionUpdateSegment:
		named, err := checked[changeSegment](a, at, b.Payload)
		if err != nil {
			return nil, err
		}
		p, err := checked[upsertSegment](a, at, b.Payload)
		in := p.settings(cmp.Or(s.Segment(named.ID), &flag.Segment{}))
		return change.UpdateSegment{ID: named.ID, Name: in.Name, Description: in.Description, Project: in.Project, Constraints: in.Constraints}, err
	case change.ActionDeleteSegment:
		p, err := checked[changeSegment](a, at, b.Payload)
		return change.DeleteSegment{ID: p.ID}, err
	}
	if slices.Contains(planned, b.Action) {
		return nil, fault.Field(action, "The action %q is about release plans and safeguards, which this server does not have.", b.Action)
	}
	return nil, fault.Field(action, "There is no action %q.", b.Action)
}

// withName gives the payload of an update an empty name if it has none: the type stays. In the shape of a new
// strategy the name is required; here an empty one means that it stays (change.StrategySettings). What is no
// object is left as it is, for checked to refuse.
func withName(payload json.RawMessage) json.RawMessage {
	var fields map[string]json.RawMessage
	if json.Unmarshal(payload, &fields) != nil || fields["name"] != nil {
		return payload
	}
	fields["name"] = json.RawMessage(`""`)
	named, err := json.Marshal(fields)
	if err != nil {
		return payload
	}
	return named
}

// checked reads a value that is part of a body, coerced and checked against the schema of its type as a whole
// body would be. The type must be one of those that changeRequests makes known to the registry.
//
// Faults: BadData; a syntax error of JSON is returned as it is.
func checked[T any](a *api, at string, raw json.RawMessage) (T, error) {
	var checked T
	if len(raw) == 0 {
		return checked, fault.Field(at, "The `%s` property is required. It was not present on the data you sent.", at)
	}
	value, err := decode(raw)
	if err != nil {
		return checked, err
	}
	schemas := a.huma.OpenAPI().Components.Schemas
	value, details := shapes{schemas}.check(at, schemas.Schema(reflect.TypeFor[T](), true, ""), value)
	if err := fault.Invalid(details...); err != nil {
		return checked, err
	}
	return checked, convert(at, value, &checked)
}
