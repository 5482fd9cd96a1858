package store

import (
	"context"
	"time"
)

// FlagStage says when a flag entered a stage of its life.
type FlagStage struct {
	Feature, Stage string
	At             time.Time
}

// PutFlagStages notes that flags have entered stages. A stage that was entered before
// stays as it is.
func (tx *Tx) PutFlagStages(stages []FlagStage) error {
	var rows [][]any
	for _, s := range stages {
		rows = append(rows, []any{s.Feature, s.Stage, stamp(s.At)})
	}
	return tx.upsert("put flag stages", "flag_stages (feature, stage, entered_at)", `on conflict (feature, stage) do nothing`, rows)
}

// ForgetFlagStages forgets which stages a flag has entered.
func (tx *Tx) ForgetFlagStages(feature string) error {
	_, err := tx.exec("forget flag stages", `delete from flag_stages where feature = $1`, feature)
	return err
}

// FlagStages returns the stages that were entered at a time or later, by flag and stage.
func (db *DB) FlagStages(ctx context.Context, since time.Time) ([]FlagStage, error) {
	return readAll(ctx, db, "read flag stages", `select feature, stage, entered_at from flag_stages
		where entered_at >= $1 order by feature, stage`, []any{stamp(since)},
		func(scan func(...any) error) (s FlagStage, err error) {
			err = scan(&s.Feature, &s.Stage, &s.At)
			s.At = stamp(s.At)
			return s, err
		})
}
