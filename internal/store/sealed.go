package store

import "context"

// APITokens is the kind of the boxes that hold secrets of API tokens, by the tokens' ids.
const APITokens = "api-token"

// SignOnSecrets is the kind of the boxes that hold what identity providers ask for, by the ids of
// their settings.
const SignOnSecrets = "sign-on"

// PutSealed stores a sealed box, and replaces the one that was there. A box is a
// secret that its owner has encrypted (AES-GCM) with a key from outside the
// database; the store cannot open it. kind says what it belongs to ("api-token",
// "webhook", …), and id to which of them.
func (tx *Tx) PutSealed(kind, id string, box []byte) error {
	_, err := tx.exec("put sealed", `insert into sealed (kind, id, box) values ($1, $2, $3)
		on conflict (kind, id) do update set box = excluded.box`, kind, id, box)
	return err
}

// DeleteSealed removes a box, if it is there.
func (tx *Tx) DeleteSealed(kind, id string) error {
	_, err := tx.exec("delete sealed", `delete from sealed where kind = $1 and id = $2`, kind, id)
	return err
}

// Sealed returns the boxes of a kind by their ids.
func (db *DB) Sealed(ctx context.Context, kind string) (map[string][]byte, error) {
	boxes := map[string][]byte{}
	err := db.each(ctx, "read sealed", `select id, box from sealed where kind = $1`, []any{kind},
		func(scan func(...any) error) error {
			var id string
			var box []byte
			if err := scan(&id, &box); err != nil {
				return db.failed("read sealed", err)
			}
			boxes[id] = box
			return nil
		})
	return boxes, err
}
