package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/quorate/quorate/internal/ledger"
)

const (
	// appendLimit ends an Append that takes too long, whatever its caller's patience.
	appendLimit = 30 * time.Second
	// settleLimit is how long Append asks what became of a commit whose answer was lost.
	settleLimit = 5 * time.Second
	// rowsPerInsert is the number of events that one statement inserts at most. Larger
	// batches take several, in a transaction.
	rowsPerInsert = 64
)

// Append stores a sealed batch behind head; when it returns nil, the batch is on disk
// and other nodes are told.
//
// also, which may be nil, writes to plain tables in the same transaction, after the
// events. What it returns is returned as it is, with nothing stored. It may be called
// again if the connection is lost, and PostgreSQL gives it two seconds between one
// statement and the next.
//
// Once begun, Append does not stop for ctx: a client that hangs up must not leave an
// unknown outcome behind. If the connection is lost before the answer to a commit has
// come, the same batch is appended again at the same head; if that is refused, the
// batch's id tells whether it was stored the first time.
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

	unknown := false     // whether an earlier attempt may have been committed
	var giveUp time.Time // set once a connection was lost
	for pause := 5 * time.Millisecond; ; pause = min(2*pause, 200*time.Millisecond) {
		sent, err := db.appendOnce(ctx, batch, also)
		if err != nil && db.meaning(err) == refused {
			err = db.settle(ctx, head, batch, err)
		}
		if err == nil {
			return nil
		}
		if own, ok := errors.AsType[*alsoError](err); ok {
			return own.err
		}
		switch db.meaning(err) {
		case lost:
			unknown = unknown || sent
			if giveUp.IsZero() {
				giveUp = time.Now().Add(settleLimit)
			}
		case unavailable:
			if !unknown {
				return db.failed("append batch", err)
			}
		default:
			return fmt.Errorf("store: append batch: %w", err)
		}
		if time.Now().After(giveUp) || ctx.Err() != nil {
			if unknown {
				err = fmt.Errorf("%w: %w", ErrOutcomeUnknown, err)
			}
			return fmt.Errorf("store: append batch: %w: %w", ErrUnavailable, err)
		}
		select {
		case <-time.After(pause):
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
// sent says that the commit was sent: if the connection was lost then, the commit may
// have taken place.
func (db *DB) appendOnce(ctx context.Context, batch []ledger.Entry, also func(*Tx) error) (sent bool, err error) {
	// Statements are prepared first: the transaction may take the only connection.
	chunks := slices.Collect(slices.Chunk(batch, rowsPerInsert))
	statements := make([]*sql.Stmt, len(chunks))
	for i, chunk := range chunks {
		statements[i], err = db.inserts.prepared(ctx, db.writer, len(chunk)) //nolint:sqlclosecheck // kept for the next
		if err != nil {
			return false, err
		}
	}
	// On PostgreSQL a trigger waits for the turn, unless the transaction says that it
	// has it.
	claim := db.engine == PostgreSQL && hasTurn(ctx)
	if db.engine == SQLite && !hasTurn(ctx) {
		release, err := db.takeTurn(ctx)
		if err != nil {
			return false, err
		}
		defer release()
	}
	if len(chunks) == 1 && also == nil && !claim {
		_, err := statements[0].ExecContext(ctx, columns(batch)...)
		return true, db.committed(err)
	}

	tx, err := db.writer.BeginTx(ctx, nil)
	if err != nil {
		return false, err
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	if claim {
		if _, err := tx.ExecContext(ctx, `select set_config('quorate.has_turn', 'yes', true)`); err != nil {
			return false, err
		}
	}
	for i, chunk := range chunks {
		insert := tx.StmtContext(ctx, statements[i]) //nolint:sqlclosecheck // the end of tx closes it
		if _, err := insert.ExecContext(ctx, columns(chunk)...); err != nil {
			return false, err
		}
	}
	own := &Tx{ctx: ctx, tx: tx, db: db}
	if also != nil {
		if err := also(own); err != nil {
			return false, &alsoError{err}
		}
	}
	if err := db.committed(tx.Commit()); err != nil {
		return true, err
	}
	db.scrub(ctx, own.erased)
	return true, nil
}

// committed returns the outcome of a commit, or what a test has put in its place.
func (db *DB) committed(err error) error {
	if err == nil && db.afterCommit != nil {
		return db.afterCommit()
	}
	return err
}

// inserts keeps the statements that insert 1, 2, … events: on SQLite, parsing one takes
// as long as running it.
type inserts struct {
	mu         sync.Mutex
	statements [rowsPerInsert + 1]*sql.Stmt
}

func (i *inserts) prepared(ctx context.Context, pool *sql.DB, n int) (*sql.Stmt, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.statements[n] == nil {
		var query strings.Builder
		query.WriteString(`insert into events (revision, previous, hash, batch, batch_index, at, actor, type, project,
			environment, feature, group_kind, group_id, body) values `)
		var args []any
		for row := range n {
			if row > 0 {
				query.WriteString(", ")
			}
			values := make([]string, eventColumns)
			for column := range values {
				values[column] = placeholder(nil, &args)
			}
			query.WriteString("(" + strings.Join(values, ", ") + ")")
		}
		statement, err := pool.PrepareContext(ctx, query.String()) //nolint:sqlclosecheck // the pool closes it
		if err != nil {
			return nil, err
		}
		i.statements[n] = statement
	}
	return i.statements[n], nil
}

// eventColumns is the number of columns that an insert fills in.
const eventColumns = 14

// columns returns the arguments of insert: what the bodies say, in the columns by which
// events are found.
func columns(batch []ledger.Entry) []any {
	args := make([]any, 0, eventColumns*len(batch))
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
