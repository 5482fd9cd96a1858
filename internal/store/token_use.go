package store

import (
	"context"
	"time"
)

// PutTokenUses notes when API tokens were last used, by their ids. A use that is
// earlier than the one that is stored changes nothing.
func (tx *Tx) PutTokenUses(uses map[int64]time.Time) error {
	return tx.putUses("token_uses", uses)
}

// PutPersonalTokenUses is PutTokenUses for personal tokens.
func (tx *Tx) PutPersonalTokenUses(uses map[int64]time.Time) error {
	return tx.putUses("personal_token_uses", uses)
}

func (tx *Tx) putUses(table string, uses map[int64]time.Time) error {
	rows := make([][]any, 0, len(uses))
	for token, at := range uses {
		rows = append(rows, []any{token, stamp(at)})
	}
	return tx.upsert("put "+table, table+" (token, at)",
		`on conflict (token) do update set at = excluded.at where excluded.at > `+table+`.at`, rows)
}

// TokenUses returns when API tokens were last used, by their ids. Tokens that were
// never used are missing.
func (db *DB) TokenUses(ctx context.Context) (map[int64]time.Time, error) {
	return db.uses(ctx, "token_uses")
}

// PersonalTokenUses is TokenUses for personal tokens.
func (db *DB) PersonalTokenUses(ctx context.Context) (map[int64]time.Time, error) {
	return db.uses(ctx, "personal_token_uses")
}

func (db *DB) uses(ctx context.Context, table string) (map[int64]time.Time, error) {
	uses := make(map[int64]time.Time)
	err := db.each(ctx, "read "+table, `select token, at from `+table, nil, func(scan func(...any) error) error {
		var token int64
		var at time.Time
		if err := scan(&token, &at); err != nil {
			return db.failed("read "+table, err)
		}
		uses[token] = stamp(at)
		return nil
	})
	return uses, err
}
