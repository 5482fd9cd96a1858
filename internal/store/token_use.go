package store

import (
	"context"
	"time"
)

// PutTokenUses notes when API tokens were last used, by their ids. A use that is
// earlier than the one that is stored changes nothing.
func (tx *Tx) PutTokenUses(uses map[int64]time.Time) error {
	for token, at := range uses {
		if _, err := tx.exec("put token use", `insert into token_uses (token, at) values ($1, $2)
			on conflict (token) do update set at = excluded.at where excluded.at > token_uses.at`,
			token, stamp(at)); err != nil {
			return err
		}
	}
	return nil
}

// TokenUses returns when API tokens were last used, by their ids. Tokens that were
// never used are missing.
func (db *DB) TokenUses(ctx context.Context) (map[int64]time.Time, error) {
	uses := make(map[int64]time.Time)
	err := db.each(ctx, "read token uses", `select token, at from token_uses`, nil, func(scan func(...any) error) error {
		var token int64
		var at time.Time
		if err := scan(&token, &at); err != nil {
			return err
		}
		uses[token] = at.UTC()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return uses, nil
}
