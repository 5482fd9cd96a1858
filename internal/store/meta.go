package store

import "context"

// Meta returns a fact about this instance, such as the value by which a wrong key is
// noticed, or "" if it was never set.
func (db *DB) Meta(ctx context.Context, key string) (string, error) { panic("being written") }

// PutMeta sets a fact about this instance.
func (tx *Tx) PutMeta(key, value string) error { panic("being written") }
