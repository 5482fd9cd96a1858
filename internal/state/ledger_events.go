package state

import (
	"errors"
	"fmt"

	"github.com/quorate/quorate/internal/changerequest"
	"github.com/quorate/quorate/internal/flag"
	"github.com/quorate/quorate/internal/ledger"
)

var (
	_ = register[LedgerCreated]()
	_ = register[LedgerFormatRaised]()
	_ = register[LedgerRestoreAccepted]()
	_ = register[SettingUpdated]()
	_ = register[ChangeRequestConfigurationUpdated]()
	_ = register[ChangeRequestsBypassed]()
)

// LedgerCreated is the first event of every ledger: it gives the ledger its own
// id, so that the chains of two instances differ from the first byte on.
type LedgerCreated struct {
	nothing
	ID     string `json:"id"`
	Format int    `json:"format"`
	// FeatureTypes are the flag types that the instance has.
	FeatureTypes []flag.FeatureType `json:"featureTypes"`
}

// EventType returns "ledger-created".
func (LedgerCreated) EventType() string { return "ledger-created" }

func (p LedgerCreated) apply(s *State, _ Place) error {
	switch {
	case p.Format < 1:
		return fmt.Errorf("there is no format %d", p.Format)
	case p.Format > Format:
		return errNewer
	}
	s.ledgerID, s.format = p.ID, p.Format
	for _, t := range p.FeatureTypes {
		s.featureTypes = s.featureTypes.with(t.ID, &t)
	}
	return nil
}

// LedgerFormatRaised allows the event types of a newer format. It is written once
// every node runs a release that knows them.
type LedgerFormatRaised struct {
	nothing
	Format int `json:"format"`
}

// EventType returns "ledger-format-raised".
func (LedgerFormatRaised) EventType() string { return "ledger-format-raised" }

func (p LedgerFormatRaised) apply(s *State, _ Place) error {
	if p.Format <= s.format {
		return errors.New("a ledger's format only rises")
	}
	if p.Format > Format {
		return errNewer
	}
	s.format = p.Format
	return nil
}

// LedgerRestoreAccepted records that the database was restored from a backup and that
// its operator goes on from there, without the events up to the lost head.
type LedgerRestoreAccepted struct {
	nothing
	Lost   ledger.Head `json:"lost"`
	Reason string      `json:"reason"`
}

// EventType returns "ledger-restore-accepted".
func (LedgerRestoreAccepted) EventType() string { return "ledger-restore-accepted" }

func (p LedgerRestoreAccepted) apply(s *State, _ Place) error {
	s.lost = s.lost.with(p.Lost.Hash.String(), p.Lost)
	return nil
}

// SettingUpdated sets a setting of the instance. Values are JSON texts.
type SettingUpdated struct {
	nothing
	ID     string `json:"id"`
	Before string `json:"before,omitempty"`
	After  string `json:"after"`
}

// EventType returns "setting-updated".
func (SettingUpdated) EventType() string { return "setting-updated" }

func (p SettingUpdated) apply(s *State, _ Place) error {
	s.settings = s.settings.with(p.ID, p.After)
	return nil
}

// ChangeRequestConfigurationUpdated protects the scope's environment in the
// scope's project, or (After nil) no longer does.
type ChangeRequestConfigurationUpdated struct {
	nothing
	Before *changerequest.Rule `json:"before,omitempty"`
	After  *changerequest.Rule `json:"after,omitempty"`
}

// EventType returns "change-request-configuration-updated".
func (ChangeRequestConfigurationUpdated) EventType() string {
	return "change-request-configuration-updated"
}

func (p ChangeRequestConfigurationUpdated) apply(s *State, at Place) error {
	key := pair(at.Project, at.Environment)
	if p.After == nil {
		s.rules = s.rules.without(key)
	} else {
		s.rules = s.rules.with(key, *p.After)
	}
	return nil
}

// ChangeRequestsBypassed records that the other events of its batch were written by someone who
// may to environments that are protected, without a change request, or closed by windows.
type ChangeRequestsBypassed struct {
	nothing
	Environments []flag.EnvironmentName `json:"environments"`
	// Closed are those of them that took no changes at the time (freezes and maintenance windows).
	Closed []flag.EnvironmentName `json:"closed,omitempty"`
	Reason string                 `json:"reason,omitempty"`
}

// EventType returns "change-requests-bypassed".
func (ChangeRequestsBypassed) EventType() string { return "change-requests-bypassed" }

func (ChangeRequestsBypassed) apply(*State, Place) error { return nil }
