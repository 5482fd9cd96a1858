package app

import (
	"context"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
)

// CreateStrategyType makes a strategy type, which SDKs must know to apply it.
//
// Faults: BadData, NameExists.
func (a *App) CreateStrategyType(ctx context.Context, c Caller, t flag.StrategyType) (*flag.StrategyType, error) {
	t.Editable = true
	s, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.CreateStrategy); err != nil {
			return err
		}
		if err := fault.Invalid(flag.ValidateStrategyType("/body", t)...); err != nil {
			return err
		}
		if d.StrategyType(t.Name) != nil {
			return fault.New(fault.NameExists, "A strategy with the name %s already exists", t.Name)
		}
		d.Add(state.Scope{}, state.StrategyTypeCreated{Strategy: t})
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s.StrategyType(t.Name), nil
}

// UpdateStrategyType changes the description and the parameters of a strategy type.
//
// Faults: NotFound, BadData, InvalidOperation for one that is built in.
func (a *App) UpdateStrategyType(ctx context.Context, c Caller, name string, description *string, parameters []flag.StrategyParameter) error {
	return a.editStrategyTypes(ctx, c, access.UpdateStrategy, name, func(d *decide.Decision, before *flag.StrategyType) error {
		if !before.Editable {
			return builtIn(name)
		}
		after := *before
		after.Description, after.Parameters = description, parameters
		if err := fault.Invalid(flag.ValidateStrategyType("/body", after)...); err != nil {
			return err
		}
		if !decide.Same(*before, after) {
			d.Add(state.Scope{}, state.StrategyTypeUpdated{Before: *before, After: after})
		}
		return nil
	})
}

// DeleteStrategyType removes a strategy type. Strategies that use it stay as they are.
//
// Faults: NotFound, InvalidOperation for one that is built in.
func (a *App) DeleteStrategyType(ctx context.Context, c Caller, name string) error {
	return a.editStrategyTypes(ctx, c, access.DeleteStrategy, name, func(d *decide.Decision, t *flag.StrategyType) error {
		if !t.Editable {
			return builtIn(name)
		}
		d.Add(state.Scope{}, state.StrategyTypeDeleted{Before: *t})
		return nil
	})
}

// DeprecateStrategyType marks a strategy type as not to be used any more, or takes the
// mark away.
//
// Faults: NotFound.
func (a *App) DeprecateStrategyType(ctx context.Context, c Caller, name string, deprecated bool) error {
	return a.editStrategyTypes(ctx, c, access.UpdateStrategy, name, func(d *decide.Decision, t *flag.StrategyType) error {
		switch {
		case t.Deprecated == deprecated:
		case deprecated:
			d.Add(state.Scope{}, state.StrategyTypeDeprecated{Name: name})
		default:
			d.Add(state.Scope{}, state.StrategyTypeReactivated{Name: name})
		}
		return nil
	})
}

func (a *App) editStrategyTypes(ctx context.Context, c Caller, needs access.Permission, name string, edit func(*decide.Decision, *flag.StrategyType) error) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", needs); err != nil {
			return err
		}
		t, err := StrategyType(d.State, name)
		if err != nil {
			return err
		}
		return edit(d, t)
	})
	return err
}

// StrategyType returns a strategy type.
//
// Faults: NotFound.
func StrategyType(s *state.State, name string) (*flag.StrategyType, error) {
	if t := s.StrategyType(name); t != nil {
		return t, nil
	}
	return nil, fault.New(fault.NotFound, "Could not find strategy type with name %s", name)
}

func builtIn(name string) error {
	return fault.New(fault.InvalidOperation, "The strategy type %s is built in and cannot be edited or deleted.", name)
}
