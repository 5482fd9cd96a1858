package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

const (
	// appendLimit ends an Append that takes too long, whatever its caller's patience.
	appendLimit = 30 * time.Second
	// settleLimit is how long Append asks what became of a commit whose answer was lost.
	settleLimit = 5 * time.Second
	// rowsPerInsert keeps a statement below the engines' limits on parameters.
	rowsPerInsert = 1000
)

// Append stores a sealed batch behind head; when it returns nil, the batch is on disk
// and other nodes are told.
//
// also, which may be nil, writes to plain tables in the same transaction, after the
// events. What it returns is returned as it is, with nothing stored. It may be called again
// if the connection is lost, and has two seconds between one statement and the next.
//
// Once begun, Append does not stop for ctx: a client that hangs up must not leave an
// unknown outcome behind. If the connection is lost before the answer to a commit has come,
// the same batch is appended again at the same head; if that is refused, the batch's id
// tells whether it was stored the first time.
//
// Errors: ErrHeadMoved, ErrHeadUnknown, ErrUnavailable, ErrOutcomeUnknown; a
// *ledger.Break if batch is not a whole batch sealed behind head.
func (db *DB) Append(ctx context.Context, head ledger.Head, batch []ledger.Entry, also func(*Tx) error) error {
	if err := checkBatch(head, batch); err != nil {
		return fmt.Errorf("store: append batch: %w", err)
	}
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: append batch: %w", err)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), appendLimit)
	defer cancel()

	var giveUp time.Time // set once an outcome was lost
	pause := 5 * time.Millisecond
	for attempt := 1; ; attempt++ {
		err := db.appendOnce(ctx, batch, also)
		if err != nil && db.meaning(err) == refused {
			err = db.settle(ctx, head, batch, err)
		}
		if err == nil {
			return nil
		}
		var own *alsoError
		if errors.As(err, &own) {
			return own.err
		}
		meaning := db.meaning(err)
		if meaning == lost && giveUp.IsZero() {
			giveUp = time.Now().Add(settleLimit)
		}
		switch {
		case meaning == internal || meaning == refused:
			return fmt.Errorf("store: append batch: %w", err)
		case giveUp.IsZero() && errors.Is(err, driver.ErrBadConn) && attempt <= connections:
			continue // an idle connection of the pool had died; the next may be alive
		case giveUp.IsZero():
			return db.failed("append batch", err)
		case time.Now().After(giveUp) || ctx.Err() != nil:
			return fmt.Errorf("store: append batch: %w: %w: %w", ErrUnavailable, ErrOutcomeUnknown, err)
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, 200*time.Millisecond)
		case <-ctx.Done():
		}
	}
}

// checkBatch refuses what could not be read back, so that it is never stored.
func checkBatch(head ledger.Head, batch []ledger.Entry) error {
	if len(batch) == 0 {
		return errors.New("the batch is empty")
	}
	v := ledger.NewVerifier(head)
	for _, entry := range batch {
		event, err := v.Add(entry.Body, entry.Hash)
		if err != nil {
			return err
		}
		if event.Batch != batch[0].Batch {
			return errors.New("the events are of more than one batch")
		}
	}
	return v.Close()
}

// alsoError carries an error of also past the retries: it hides what is inside.
type alsoError struct{ err error }

func (e *alsoError) Error() string { return e.err.Error() }

// appendOnce makes one attempt, and returns what the driver returned or an alsoError.
func (db *DB) appendOnce(ctx context.Context, batch []ledger.Entry, also func(*Tx) error) error {
	if db.engine == SQLite && !hasTurn(ctx) {
		release, err := db.takeTurn(ctx)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrUnavailable, err)
		}
		defer release()
	}
	conn, err := db.writer.Conn(ctx)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnavailable, err) // nothing was sent, whatever the reason
	}
	defer func() { _ = conn.Close() }() // it only goes back to the pool

	// On PostgreSQL a trigger makes an append wait for its turn, unless it says that it has it.
	saysSo := db.engine == PostgreSQL && hasTurn(ctx)
	if also == nil && len(batch) <= rowsPerInsert && !saysSo {
		if _, err := conn.ExecContext(ctx, insert(len(batch)), columns(batch)...); err != nil {
			return err
		}
		return db.committed(nil)
	}
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if saysSo {
		if _, err := tx.ExecContext(ctx, `select set_config('quorate.has_turn', 'yes', true)`); err != nil {
			return err
		}
	}
	for rest := batch; len(rest) > 0; {
		n := min(len(rest), rowsPerInsert)
		if _, err := tx.ExecContext(ctx, insert(n), columns(rest[:n])...); err != nil {
			return err
		}
		rest = rest[n:]
	}
	if also != nil {
		if err := also(&Tx{ctx: ctx, tx: tx, db: db}); err != nil {
			return &alsoError{err}
		}
	}
	return db.committed(tx.Commit())
}

func (db *DB) committed(err error) error {
	if err == nil && db.afterCommit != nil {
		return db.afterCommit()
	}
	return err
}

// insert returns the statement that inserts n events.
func insert(n int) string {
	var sql strings.Builder
	sql.WriteString(`insert into events (revision, previous, hash, batch, batch_index, at,
		actor, type, project, environment, feature, group_kind, group_id, body) values `)
	const width = 14
	for i := range n * width {
		switch {
		case i == 0:
			sql.WriteString("(")
		case i%width == 0:
			sql.WriteString("), (")
		default:
			sql.WriteString(", ")
		}
		fmt.Fprintf(&sql, "$%d", i+1)
	}
	sql.WriteString(")")
	return sql.String()
}

// columns returns the arguments of insert: what the bodies say, in the columns by which
// events are found.
func columns(batch []ledger.Entry) []any {
	args := make([]any, 0, 14*len(batch))
	for i := range batch {
		e := &batch[i]
		var previous []byte
		if e.Revision > 1 {
			previous = e.Previous[:]
		}
		args = append(args, e.Revision, previous, e.Hash[:], e.Batch[:], e.Index, stamp(e.At),
			some(e.Actor), e.Type, some(e.Project), some(e.Environment), some(e.Feature),
			some(e.Group.Kind), sql.NullInt64{Int64: e.Group.ID, Valid: e.Group.Kind != ""}, e.Body)
	}
	return args
}

// some is null for the empty text.
func some(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

// settle says what it means that the database refused a batch: nil if the batch is stored,
// because an earlier attempt had reached the database and only its answer was lost;
// otherwise why the batch cannot be stored.
func (db *DB) settle(ctx context.Context, head ledger.Head, batch []ledger.Entry, refusal error) error {
	first := batch[0]
	var hash []byte
	err := db.writer.QueryRowContext(ctx, `select hash from events where batch = $1 and batch_index = 0`,
		first.Batch[:]).Scan(&hash)
	switch {
	case err == nil && ledger.Hash(hash) == first.Hash:
		return nil
	case err == nil:
		return fmt.Errorf("batch %s is stored already, behind another head", first.Batch)
	case !errors.Is(err, sql.ErrNoRows):
		return db.failed("look up batch", err)
	}
	newest, err := db.Head(ctx)
	if err != nil {
		return err
	}
	if newest == head {
		return refusal
	}
	holds, err := db.Holds(ctx, head)
	if err != nil {
		return err
	}
	if !holds {
		return ErrHeadUnknown
	}
	return ErrHeadMoved
}
