package store

import (
	"context"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

// Origin is where a batch came from. It is about a person, so it is not in the
// ledger, and it is forgotten after a retention period.
type Origin struct {
	IP        string
	UserAgent string
	At        time.Time
}

// PutOrigin stores where a batch came from.
func (tx *Tx) PutOrigin(batch ledger.BatchID, o Origin) error {
	_, err := tx.exec("put origin", `insert into event_origins (batch, ip, user_agent, at) values ($1, $2, $3, $4)`,
		batch[:], o.IP, readable(o.UserAgent), stamp(o.At))
	return err
}

// Origins returns where the given batches came from, as far as that is still known.
func (db *DB) Origins(ctx context.Context, batches ...ledger.BatchID) (map[ledger.BatchID]Origin, error) {
	origins := map[ledger.BatchID]Origin{}
	if len(batches) == 0 {
		return origins, nil
	}
	ids := make([][]byte, len(batches))
	for i := range batches {
		ids[i] = batches[i][:]
	}
	var args []any
	query := `select batch, ip, user_agent, at from event_origins where ` + in("batch", ids, &args)
	err := db.each(ctx, "read origins", query, args,
		func(scan func(...any) error) error {
			var id []byte
			var o Origin
			if err := scan(&id, &o.IP, &o.UserAgent, &o.At); err != nil {
				return db.failed("read origins", err)
			}
			o.At = stamp(o.At)
			origins[ledger.BatchID(id)] = o
			return nil
		})
	return origins, err
}

// ForgetOrigins deletes the origins that are older than a time, and returns how many.
func (db *DB) ForgetOrigins(ctx context.Context, before time.Time) (int, error) {
	return db.exec(ctx, "forget origins", `delete from event_origins where at < $1`, stamp(before))
}
