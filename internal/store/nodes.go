package store

import (
	"context"
	"strconv"
)

// Several nodes may share one PostgreSQL. This file is how they hear of each other's
// appends, and how they take turns.

// Listen calls fn with the revision of the ledger's head: once as soon as it listens,
// then after every append by any node. Calls may come late or more than once; they are
// hints to read the tail. It returns when ctx is done, with ctx's error, or when the
// connection breaks, with ErrUnavailable.
//
// On SQLite there is no other node: it waits for ctx and never calls fn.
func (db *DB) Listen(ctx context.Context, fn func(revision int64)) error {
	if db.engine == SQLite {
		<-ctx.Done()
		return ctx.Err()
	}
	conn, err := db.connect(ctx, nil)
	if err != nil {
		return db.failed("listen", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // nothing is left to lose

	if _, err := conn.Exec(ctx, `listen quorate_ledger`); err != nil {
		return db.failed("listen", err)
	}
	// What was appended before is not announced, so the head is read after listening
	// began.
	var head int64
	if err := conn.QueryRow(ctx, `select coalesce(max(revision), 0) from events`).Scan(&head); err != nil {
		return db.failed("listen", err)
	}
	fn(head)
	for {
		notification, err := conn.WaitForNotification(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return db.failed("listen", err)
		}
		if revision, err := strconv.ParseInt(notification.Payload, 10, 64); err == nil {
			fn(revision)
		}
	}
}

// turn marks the context that WithLock hands to fn.
type turn struct{}

func hasTurn(ctx context.Context) bool { return ctx.Value(turn{}) != nil }

// WithLock runs fn while no other node, and no other goroutine, runs one under this
// lock. It waits for the lock as long as ctx allows. fn's error is returned as it is.
//
// Until fn returns, appends by others wait; on PostgreSQL they fail with ErrUnavailable
// after two seconds (lock_timeout). fn's own appends go through if it passes them the
// context that it is given.
//
// On PostgreSQL it is an advisory lock on a connection of its own. If that connection
// is lost, so is the lock, while fn goes on: only fairness may depend on it, never
// correctness.
func (db *DB) WithLock(ctx context.Context, fn func(context.Context) error) error {
	if db.engine == SQLite {
		release, err := db.takeTurn(ctx)
		if err != nil {
			return err
		}
		defer release()
		return fn(context.WithValue(ctx, turn{}, true))
	}
	conn, err := db.connect(ctx, map[string]string{"lock_timeout": "0", "statement_timeout": "0"})
	if err != nil {
		return db.failed("lock", err)
	}
	defer func() { _ = conn.Close(context.WithoutCancel(ctx)) }() // the server lets go either way
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, lockKey); err != nil {
		return db.failed("lock", err)
	}
	return fn(context.WithValue(ctx, turn{}, true))
}

// takeTurn waits until nobody else has the lock of SQLite, whose one process needs no
// other, and takes it.
func (db *DB) takeTurn(ctx context.Context) (release func(), err error) {
	select {
	case db.turn <- struct{}{}:
		return func() { <-db.turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
