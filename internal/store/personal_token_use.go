package store

import (
	"context"
	"time"
)

// PutPersonalTokenUses notes when personal tokens were last used, by their ids. A use
// that is earlier than the one that is stored changes nothing.
func (tx *Tx) PutPersonalTokenUses(uses map[int64]time.Time) error {
	for token, at := range uses {
		if _, err := tx.exec("put personal token use", `insert into personal_token_uses (token, at) values ($1, $2)
			on conflict (token) do update set at = excluded.at where excluded.at > personal_token_uses.at`,
			token, stamp(at)); err != nil {
			return err
		}
	}
	return nil
}

// PersonalTokenUses returns when personal tokens were last used, by their ids. Tokens that
// were never used are missing.
func (db *DB) PersonalTokenUses(ctx context.Context) (map[int64]time.Time, error) {
	uses := make(map[int64]time.Time)
	err := db.each(ctx, "read personal token uses", `select token, at from personal_token_uses`, nil, func(scan func(...any) error) error {
		var token int64
		var at time.Time
		if err := scan(&token, &at); err != nil {
			return db.failed("read personal token uses", err)
		}
		uses[token] = stamp(at)
		return nil
	})
	return uses, err
}
