package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// CreateTagType makes a tag type.
//
// Faults: BadData, NameExists.
func (a *App) CreateTagType(ctx context.Context, c Caller, t flag.TagType) (*flag.TagType, error) {
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.CreateTagType); err != nil {
			return err
		}
		if err := ValidateTagType(d.State, t); err != nil {
			return err
		}
		d.Add(state.Scope{}, state.TagTypeCreated{TagType: t})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.TagType(t.Name), nil
}

// ValidateTagType says whether a tag type could be created.
//
// Faults: BadData, NameExists.
func ValidateTagType(s *state.State, t flag.TagType) error {
	if err := fault.Invalid(flag.ValidateTagType("/body", t)...); err != nil {
		return err
	}
	if s.TagType(t.Name) != nil {
		return fault.New(fault.NameExists, "There already exists a tag-type with the name %s", t.Name)
	}
	return nil
}

// UpdateTagType changes a tag type's description, icon or colour. edit is handed the type
// as it is, and returns it as it shall be; it must be pure.
//
// Faults: NotFound, BadData.
func (a *App) UpdateTagType(ctx context.Context, c Caller, name string, edit func(flag.TagType) flag.TagType) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.UpdateTagType); err != nil {
			return err
		}
		before, err := TagType(d.State, name)
		if err != nil {
			return err
		}
		after := edit(*before)
		if err := fault.Invalid(flag.ValidateTagType("/body", after)...); err != nil {
			return err
		}
		if !decide.Same(*before, after) {
			d.Add(state.Scope{}, state.TagTypeUpdated{Before: *before, After: after})
		}
		return nil
	})
	return err
}

// DeleteTagType removes a tag type with its tags, also from flags.
//
// Faults: NotFound.
func (a *App) DeleteTagType(ctx context.Context, c Caller, name string) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.DeleteTagType); err != nil {
			return err
		}
		t, err := TagType(d.State, name)
		if err != nil {
			return err
		}
		d.Add(state.Scope{}, state.TagTypeDeleted{Before: *t})
		return nil
	})
	return err
}

// TagType returns a tag type.
//
// Faults: NotFound.
func TagType(s *state.State, name string) (*flag.TagType, error) {
	if t := s.TagType(name); t != nil {
		return t, nil
	}
	return nil, fault.New(fault.NotFound, "Could not find tag type with name %q.", name)
}
