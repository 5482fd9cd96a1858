package state

import (
	"fmt"
	"slices"

	"github.com/quorate/quorate/internal/flag"
)

var (
	_ = register[ContextFieldCreated]()
	_ = register[ContextFieldUpdated]()
	_ = register[ContextFieldDeleted]()
	_ = register[TagTypeCreated]()
	_ = register[TagTypeUpdated]()
	_ = register[TagTypeDeleted]()
	_ = register[TagCreated]()
	_ = register[TagDeleted]()
	_ = register[StrategyTypeCreated]()
	_ = register[StrategyTypeUpdated]()
	_ = register[StrategyTypeDeleted]()
	_ = register[StrategyTypeDeprecated]()
	_ = register[StrategyTypeReactivated]()
	_ = register[FeatureTypeUpdated]()
)

// ContextFieldCreated makes a context field.
type ContextFieldCreated struct {
	nothing
	Field flag.ContextField `json:"field"`
}

// EventType returns "context-field-created".
func (ContextFieldCreated) EventType() string { return "context-field-created" }

func (p ContextFieldCreated) apply(s *State, _ Place) error {
	s.contextFields = s.contextFields.with(p.Field.Name, &p.Field)
	return nil
}

// ContextFieldUpdated changes a context field.
type ContextFieldUpdated struct {
	nothing
	Before flag.ContextField `json:"before"`
	After  flag.ContextField `json:"after"`
}

// EventType returns "context-field-updated".
func (ContextFieldUpdated) EventType() string { return "context-field-updated" }

func (p ContextFieldUpdated) apply(s *State, _ Place) error {
	if s.ContextField(p.After.Name) == nil {
		return fmt.Errorf("there is no context field %q", p.After.Name)
	}
	s.contextFields = s.contextFields.with(p.After.Name, &p.After)
	return nil
}

// ContextFieldDeleted removes a context field. Constraints that name it stay as they are.
type ContextFieldDeleted struct {
	nothing
	Before flag.ContextField `json:"before"`
}

// EventType returns "context-field-deleted".
func (ContextFieldDeleted) EventType() string { return "context-field-deleted" }

func (p ContextFieldDeleted) apply(s *State, _ Place) error {
	s.contextFields = s.contextFields.without(p.Before.Name)
	return nil
}

// TagTypeCreated makes a tag type.
type TagTypeCreated struct {
	nothing
	TagType flag.TagType `json:"tagType"`
}

// EventType returns "tag-type-created".
func (TagTypeCreated) EventType() string { return "tag-type-created" }

func (p TagTypeCreated) apply(s *State, _ Place) error {
	s.tagTypes = s.tagTypes.with(p.TagType.Name, &p.TagType)
	return nil
}

// TagTypeUpdated changes a tag type's description, icon or colour.
type TagTypeUpdated struct {
	nothing
	Before flag.TagType `json:"before"`
	After  flag.TagType `json:"after"`
}

// EventType returns "tag-type-updated".
func (TagTypeUpdated) EventType() string { return "tag-type-updated" }

func (p TagTypeUpdated) apply(s *State, _ Place) error {
	if s.TagType(p.After.Name) == nil {
		return fmt.Errorf("there is no tag type %q", p.After.Name)
	}
	s.tagTypes = s.tagTypes.with(p.After.Name, &p.After)
	return nil
}

// TagTypeDeleted removes a tag type with its tags, also from flags.
type TagTypeDeleted struct {
	Before flag.TagType `json:"before"`
}

// EventType returns "tag-type-deleted".
func (TagTypeDeleted) EventType() string { return "tag-type-deleted" }

// Touch returns no flag in particular: SDKs may ask for flags by tag.
func (TagTypeDeleted) Touch(Scope) Touch { return Touch{Served: true} }

func (p TagTypeDeleted) apply(s *State, _ Place) error {
	for _, t := range slices.Collect(s.TagsOf(p.Before.Name)) {
		if err := s.dropTag(t); err != nil {
			return err
		}
	}
	s.tagTypes = s.tagTypes.without(p.Before.Name)
	return nil
}

// TagCreated makes a tag, on no flag yet.
type TagCreated struct {
	nothing
	Tag flag.Tag `json:"tag"`
}

// EventType returns "tag-created".
func (TagCreated) EventType() string { return "tag-created" }

func (p TagCreated) apply(s *State, _ Place) error {
	if s.TagType(p.Tag.Type) == nil {
		return fmt.Errorf("there is no tag type %q", p.Tag.Type)
	}
	s.tags = s.tags.with(pair(p.Tag.Type, p.Tag.Value), p.Tag)
	return nil
}

// TagDeleted removes a tag, also from flags.
type TagDeleted struct {
	Tag flag.Tag `json:"tag"`
}

// EventType returns "tag-deleted".
func (TagDeleted) EventType() string { return "tag-deleted" }

// Touch returns no flag in particular: SDKs may ask for flags by tag.
func (TagDeleted) Touch(Scope) Touch { return Touch{Served: true} }

func (p TagDeleted) apply(s *State, _ Place) error { return s.dropTag(p.Tag) }

func (s *State) dropTag(t flag.Tag) error {
	s.tags = s.tags.without(pair(t.Type, t.Value))
	for _, f := range slices.Collect(s.Flags()) {
		if !slices.Contains(f.Tags, t) {
			continue
		}
		err := s.changeFlag(f, func(f *flag.Flag) error {
			f.Tags = without(f.Tags, func(have flag.Tag) bool { return have == t })
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// StrategyTypeCreated makes a strategy type.
type StrategyTypeCreated struct {
	nothing
	Strategy flag.StrategyType `json:"strategy"`
}

// EventType returns "strategy-created".
func (StrategyTypeCreated) EventType() string { return "strategy-created" }

func (p StrategyTypeCreated) apply(s *State, _ Place) error {
	s.strategyTypes = s.strategyTypes.with(p.Strategy.Name, &p.Strategy)
	return nil
}

// StrategyTypeUpdated changes a strategy type.
type StrategyTypeUpdated struct {
	nothing
	Before flag.StrategyType `json:"before"`
	After  flag.StrategyType `json:"after"`
}

// EventType returns "strategy-updated".
func (StrategyTypeUpdated) EventType() string { return "strategy-updated" }

func (p StrategyTypeUpdated) apply(s *State, _ Place) error {
	return s.editStrategyType(p.After.Name, func(t *flag.StrategyType) { *t = p.After })
}

// StrategyTypeDeleted removes a strategy type. Strategies that use it stay as they are.
type StrategyTypeDeleted struct {
	nothing
	Before flag.StrategyType `json:"before"`
}

// EventType returns "strategy-deleted".
func (StrategyTypeDeleted) EventType() string { return "strategy-deleted" }

func (p StrategyTypeDeleted) apply(s *State, _ Place) error {
	s.strategyTypes = s.strategyTypes.without(p.Before.Name)
	return nil
}

// StrategyTypeDeprecated marks a strategy type as not to be used any more.
type StrategyTypeDeprecated struct {
	nothing
	Name string `json:"name"`
}

// EventType returns "strategy-deprecated".
func (StrategyTypeDeprecated) EventType() string { return "strategy-deprecated" }

func (p StrategyTypeDeprecated) apply(s *State, _ Place) error {
	return s.editStrategyType(p.Name, func(t *flag.StrategyType) { t.Deprecated = true })
}

// StrategyTypeReactivated takes the mark of StrategyTypeDeprecated away.
type StrategyTypeReactivated struct {
	nothing
	Name string `json:"name"`
}

// EventType returns "strategy-reactivated".
func (StrategyTypeReactivated) EventType() string { return "strategy-reactivated" }

func (p StrategyTypeReactivated) apply(s *State, _ Place) error {
	return s.editStrategyType(p.Name, func(t *flag.StrategyType) { t.Deprecated = false })
}

func (s *State) editStrategyType(name string, edit func(*flag.StrategyType)) error {
	old := s.StrategyType(name)
	if old == nil {
		return fmt.Errorf("there is no strategy type %q", name)
	}
	t := *old
	edit(&t)
	s.strategyTypes = s.strategyTypes.with(name, &t)
	return nil
}

// FeatureTypeUpdated changes how long flags of a type live.
type FeatureTypeUpdated struct {
	nothing
	Before flag.FeatureType `json:"before"`
	After  flag.FeatureType `json:"after"`
}

// EventType returns "feature-type-updated".
func (FeatureTypeUpdated) EventType() string { return "feature-type-updated" }

func (p FeatureTypeUpdated) apply(s *State, _ Place) error {
	if s.FeatureType(p.After.ID) == nil {
		return fmt.Errorf("there is no flag type %q", p.After.ID)
	}
	s.featureTypes = s.featureTypes.with(p.After.ID, &p.After)
	return nil
}
