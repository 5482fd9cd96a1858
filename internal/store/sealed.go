package store

import "context"

// A sealed box is a secret that was encrypted by its owner with a key from outside the database (AES-GCM).
// The store keeps it by kind ("sdk-token", "webhook", …) and id and cannot open it.

// PutSealed stores a box and replaces the one that was there.
func (tx *Tx) PutSealed(kind, id string, box []byte) error { panic("being written") }

// DeleteSealed removes a box, if there is one.
func (tx *Tx) DeleteSealed(kind, id string) error { panic("being written") }

// Sealed returns the boxes of a kind by their ids.
func (db *DB) Sealed(ctx context.Context, kind string) (map[string][]byte, error) {
	panic("being written")
}
