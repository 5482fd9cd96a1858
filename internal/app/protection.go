package app

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/quorate/quorate/internal/access"
	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/decide"
	"github.com/quorate/quorate/internal/fault"
	"github.com/quorate/quorate/internal/state"
)

// The rules that protect environments. What a changed rule does to schedules follows from the states before and after it, whoever
// changes it (package consequence); the rule that an open request was submitted under is on the request.

// SetProtection says how an environment of a project is protected. edit is handed the rule as it
// is and whether it is on, and returns the rule as it shall be, Off if there shall be none; it
// must be pure. The number of approvals is brought between 1 and 10. Open requests keep
// the rule under which they were submitted, unless the new one is stricter.
//
// Faults: NotFound for the project or the environment, Permission, BadData, Forbidden when what is
// enforced for the environment would be loosened by somebody who is no admin.
func (a *App) SetProtection(ctx context.Context, c Caller, at changerequest.Place, edit func(rule changerequest.Rule, on bool) (changerequest.Rule, error)) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require(at.Project, "", access.UpdateProject, access.WriteChangeRequestSettings); err != nil {
			return err
		}
		if err := requestsOn(d.State); err != nil {
			return err
		}
		p, err := decide.ActiveProject(d.State, at.Project)
		if err != nil {
			return err
		}
		if p.In(at.Environment) == nil {
			return fault.New(fault.NotFound, "Could not find environment with name: %s", at.Environment)
		}
		before, on := d.ConfiguredRule(at.Project, at.Environment)
		after, err := edit(before, on)
		if err != nil {
			return err
		}
		return setRule(d, at, after)
	})
	return err
}

// setRule decides the rule of an environment of a project.
// A rule that is off keeps nothing of what it was. Exempt says that an admin has let the project ask for less than is enforced; it is
// settled here and not by the caller.
func setRule(d *decide.Decision, at changerequest.Place, after changerequest.Rule) error {
	if after.Off {
		after = changerequest.Rule{Off: true}
	} else {
		after = after.Clamped()
	}
	if after.ExpiresAfterHours < 0 || after.ExpiresAfterHours > changerequest.MaxExpiryHours {
		return fault.Field("/body/expiresAfterHours", "A change request can expire after 1 to %d hours; 0: never.", changerequest.MaxExpiryHours)
	}
	predefined, is, enforced := d.PredefinedRule(at.Environment)
	after.Exempt = false
	after.Exempt = is && enforced && (after.Off || after.Loosens(predefined))
	if after.Exempt && !d.Actor.IsAdmin() {
		return fault.New(fault.Forbidden, "At least %d approvals are enforced for the environment %q. Only an admin can ask for less.", predefined.RequiredApprovals, at.Environment)
	}
	var before *changerequest.Rule
	if rule, set := d.ProjectRule(at.Project, at.Environment); set {
		if rule == after {
			return nil
		}
		before = &rule
	}
	d.Add(state.Scope{Project: at.Project, Environment: at.Environment}, state.ChangeRequestConfigurationUpdated{Before: before, After: &after})
	return nil
}

// SetChangeRequests turns change requests on or off in the whole instance. Off: nothing is
// protected and no request can be seen; all that is stored is kept.
// Rules stay as they are, and hold again when it is turned on.
func (a *App) SetChangeRequests(ctx context.Context, c Caller, value state.ChangeRequests) error {
	_, err := a.do(ctx, c, func(d *decide.Decision) error {
		if err := d.Require("", "", access.Admin); err != nil {
			return err
		}
		if value == d.ChangeRequests() {
			return nil
		}
		after, err := json.Marshal(value)
		if err != nil {
			return fmt.Errorf("app: setting: %w", err)
		}
		d.Add(state.Scope{}, state.SettingUpdated{
			ID: state.ChangeRequestsSetting, Before: d.Setting(state.ChangeRequestsSetting), After: string(after),
		})
		return nil
	})
	return err
}
