package app

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/state"
	"github.com/quorate/quorate/internal/store"
)

// How much there may be of integrations.
const (
	maxIntegrations           = 100
	maxIntegrationEvents      = 500
	maxIntegrationPlaces      = 500
	maxIntegrationDescription = 1000
)

// eventTypeForm is the form of the names of event types. Those that only Unleash has are taken as
// well, so that settings made for it are good here; nothing is sent for them.
var eventTypeForm = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?$`)

// IntegrationInput is what an integration is to be like. Its provider and its parameters are
// good already: they are the business of the room integration.
type IntegrationInput struct {
	Provider     string
	Description  *string
	Enabled      bool
	Events       []string
	Projects     []flag.ProjectID
	Environments []flag.EnvironmentName
	Parameters   map[string]string
	// Changed are the names of the parameters that have other values than before.
	Changed []string
}

// CreateIntegration makes an integration, and seals its parameters.
//
// Faults: BadData, ExceedsLimit.
func (a *App) CreateIntegration(ctx context.Context, c Caller, in IntegrationInput) (*state.Integration, error) {
	var id int64
	s, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.CreateAddon); err != nil {
			return err
		}
		if decide.Reached(d.IntegrationCount(), maxIntegrations) {
			return fault.New(fault.ExceedsLimit, "There are %d integrations, and there can be no more.", maxIntegrations)
		}
		id = d.NextIntegrationID()
		made := in.integration(d, state.Integration{ID: id, CreatedAt: d.Now})
		if err := in.check(d, state.Integration{}); err != nil {
			return err
		}
		d.Add(state.Scope{}, state.AddonConfigCreated{Integration: made})
		return nil
	}, func(tx *store.Tx) error { return a.sealParameters(tx, id, in.Parameters) })
	if err != nil {
		return nil, err
	}
	return s.Integration(id), nil
}

// UpdateIntegration gives an integration other settings and parameters. before is what the
// caller has read it as: what was kept of the parameters belongs to that.
//
// Faults: NotFound, BadData; Conflict if somebody has changed it since.
func (a *App) UpdateIntegration(ctx context.Context, c Caller, before *state.Integration, in IntegrationInput) (*state.Integration, error) {
	s, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.UpdateAddon); err != nil {
			return err
		}
		current, err := Integration(d.State, before.ID)
		if err != nil {
			return err
		}
		if !decide.Same(*current, *before) {
			return fault.New(fault.Conflict, "Somebody else has changed the integration just now. Read it again.")
		}
		if err := in.check(d, *current); err != nil {
			return err
		}
		after := in.integration(d, *current)
		if !decide.Same(*current, after) || len(in.Changed) > 0 {
			d.Add(state.Scope{}, state.AddonConfigUpdated{Before: *current, After: after, Parameters: in.Changed})
		}
		return nil
	}, func(tx *store.Tx) error { return a.sealParameters(tx, before.ID, in.Parameters) })
	if err != nil {
		return nil, err
	}
	return s.Integration(before.ID), nil
}

// DeleteIntegration removes an integration, with its parameters and what became of its attempts.
// What still waits to be sent to it is not sent.
//
// Faults: NotFound.
func (a *App) DeleteIntegration(ctx context.Context, c Caller, id int64) error {
	_, err := a.doAlso(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.DeleteAddon); err != nil {
			return err
		}
		old, err := Integration(d.State, id)
		if err != nil {
			return err
		}
		d.Add(state.Scope{}, state.AddonConfigDeleted{Before: *old})
		return nil
	}, func(tx *store.Tx) error {
		if err := tx.DeleteSealed(store.IntegrationParameters, strconv.FormatInt(id, 10)); err != nil {
			return err
		}
		return tx.DeleteIntegrationEvents(id)
	})
	return err
}

// Integration returns an integration.
//
// Faults: NotFound.
func Integration(s *state.State, id int64) (*state.Integration, error) {
	if i := s.Integration(id); i != nil {
		return i, nil
	}
	return nil, fault.New(fault.NotFound, "There is no integration with the id %d.", id)
}

func (a *App) sealParameters(tx *store.Tx, id int64, parameters map[string]string) error {
	text, err := json.Marshal(parameters)
	if err != nil {
		return fmt.Errorf("app: parameters of integration %d: %w", id, err)
	}
	key := strconv.FormatInt(id, 10)
	return tx.PutSealed(store.IntegrationParameters, key, a.keys.Seal(store.IntegrationParameters, key, text))
}

// integration returns an integration as the input says it is to be. Its reach is that of whoever
// sets it up: nobody has sent what they may not read in the event log.
func (in *IntegrationInput) integration(d *decide.Decision, i state.Integration) state.Integration {
	i.Provider, i.Description, i.Enabled = in.Provider, in.Description, in.Enabled
	i.Events, i.Projects, i.Environments = in.Events, in.Projects, in.Environments
	i.Whole = d.Actor.IsAdmin()
	return i
}

// check refuses bad values, also a project that the actor may not see. What the integration named
// before can stay, though it is gone by now.
func (in *IntegrationInput) check(d *decide.Decision, before state.Integration) error {
	var details []fault.Detail
	bad := func(path, format string, args ...any) {
		details = append(details, fault.Detail{Path: "/body/" + path, Message: fmt.Sprintf(format, args...)})
	}
	if in.Description != nil && len(*in.Description) > maxIntegrationDescription {
		bad("description", "The description is longer than %d bytes.", maxIntegrationDescription)
	}
	if len(in.Events) > maxIntegrationEvents || len(in.Projects) > maxIntegrationPlaces || len(in.Environments) > maxIntegrationPlaces {
		bad("events", "There are too many events, projects or environments: at most %d each.", maxIntegrationEvents)
		return fault.Invalid(details...)
	}
	for i, name := range in.Events {
		if !eventTypeForm.MatchString(name) {
			bad(fmt.Sprintf("events/%d", i), "%q is not the name of an event type.", name)
		}
	}
	for i, id := range in.Projects {
		known := id == "*" || d.Project(id) != nil && d.MaySee(d.Actor, id)
		if !known && (!slices.Contains(before.Projects, id) || d.Project(id) != nil) {
			bad(fmt.Sprintf("projects/%d", i), "There is no project %q.", id)
		}
	}
	for i, name := range in.Environments {
		if name != "*" && d.Environment(name) == nil && !slices.Contains(before.Environments, name) {
			bad(fmt.Sprintf("environments/%d", i), "There is no environment %q.", name)
		}
	}
	return fault.Invalid(details...)
}
