package store

import (
	"context"
	"time"
)

// Feedback is what a person has answered to a question of a web app.
type Feedback struct {
	Account   int64
	Name      string // of the question
	NeverShow bool   // the person does not want to be asked again
	GivenAt   *time.Time
}

// PutFeedback stores what a person has answered, in the place of what they have before.
func (tx *Tx) PutFeedback(f Feedback) error {
	_, err := tx.exec("put feedback", `insert into feedbacks (account, name, never_show, given_at) values ($1, $2, $3, $4)
		on conflict (account, name) do update set never_show = excluded.never_show, given_at = excluded.given_at`,
		f.Account, f.Name, f.NeverShow, stampOptional(f.GivenAt))
	return err
}

// Feedbacks returns what a person has answered, by the name of the question.
func (db *DB) Feedbacks(ctx context.Context, account int64) ([]Feedback, error) {
	return readAll(ctx, db, "read feedbacks", `select account, name, never_show, given_at from feedbacks where account = $1 order by name`, []any{account},
		func(scan func(...any) error) (f Feedback, err error) {
			err = scan(&f.Account, &f.Name, &f.NeverShow, &f.GivenAt)
			f.GivenAt = stampOptional(f.GivenAt)
			return f, err
		})
}
