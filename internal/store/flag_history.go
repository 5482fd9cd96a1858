package store

import (
	"context"
	"time"
)

// FlagCollaborator says that a person has changed a flag, and when first.
type FlagCollaborator struct {
	Feature string
	Account int64
	At      time.Time
}

// FlagFirstOn says when a flag was first on in an environment.
type FlagFirstOn struct {
	Feature, Environment string
	At                   time.Time
}

// PutFlagCollaborators notes who has changed flags. Who has changed a flag before stays as they are. No
// two may have the same feature and account.
func (tx *Tx) PutFlagCollaborators(all []FlagCollaborator) error {
	var rows [][]any
	for _, c := range all {
		rows = append(rows, []any{c.Feature, c.Account, stamp(c.At)})
	}
	return tx.upsert("put flag collaborators", "flag_collaborators (feature, account, at)", `on conflict (feature, account) do nothing`, rows)
}

// PutFlagFirstOns notes that flags are on. Where a flag was on before stays as it is. No two may have
// the same feature and environment.
func (tx *Tx) PutFlagFirstOns(all []FlagFirstOn) error {
	var rows [][]any
	for _, f := range all {
		rows = append(rows, []any{f.Feature, f.Environment, stamp(f.At)})
	}
	return tx.upsert("put flag first ons", "flag_first_ons (feature, environment, at)", `on conflict (feature, environment) do nothing`, rows)
}

// ForgetFlagHistory forgets who has changed a flag, and where it was on.
func (tx *Tx) ForgetFlagHistory(feature string) error {
	for _, table := range []string{"flag_collaborators", "flag_first_ons"} {
		if _, err := tx.exec("forget flag history", `delete from `+table+` where feature = $1`, feature); err != nil {
			return err
		}
	}
	return nil
}

// ForgetFirstOnsIn forgets which flags were on in an environment.
func (tx *Tx) ForgetFirstOnsIn(environment string) error {
	_, err := tx.exec("forget flag first ons", `delete from flag_first_ons where environment = $1`, environment)
	return err
}

// FlagCollaborators returns who has changed a flag, who did so first first.
func (db *DB) FlagCollaborators(ctx context.Context, feature string) ([]FlagCollaborator, error) {
	return readAll(ctx, db, "read flag collaborators", `select feature, account, at from flag_collaborators
		where feature = $1 order by at, account`, []any{feature},
		func(scan func(...any) error) (c FlagCollaborator, err error) {
			err = scan(&c.Feature, &c.Account, &c.At)
			c.At = stamp(c.At)
			return c, err
		})
}

// FlagFirstOns returns, of the flags that were on somewhere for the first time at a time or later, when they were
// first on in each environment, in the order of the times.
func (db *DB) FlagFirstOns(ctx context.Context, since time.Time) ([]FlagFirstOn, error) {
	return readAll(ctx, db, "read flag first ons", `select feature, environment, at from flag_first_ons
		where feature in (select feature from flag_first_ons where at >= $1) order by at, feature, environment`, []any{stamp(since)},
		func(scan func(...any) error) (f FlagFirstOn, err error) {
			err = scan(&f.Feature, &f.Environment, &f.At)
			f.At = stamp(f.At)
			return f, err
		})
}
