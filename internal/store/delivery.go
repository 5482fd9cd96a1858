package store

import (
	"context"
	"database/sql"
	"errors"
	"strings"
	"time"
)

// The states of a delivery.
const (
	DeliveryWaiting   = "waiting"
	DeliveryDelivered = "delivered"
	DeliveryDead      = "dead" // given up
)

// Delivery is something to be brought to somebody outside, and what became of it.
type Delivery struct {
	ID      string // the same at every attempt
	Kind    string // who brings it: "mail"
	Target  string // where to, as the kind names it
	Account int64  // whom it is for; 0: nobody in particular. It goes with the person
	Payload []byte // JSON

	State     string
	CreatedAt time.Time
	DueAt     time.Time // of the next attempt
	ExpiresAt time.Time // after this it is not tried again
	Attempts  int       // begun so far
	LastError string    // a sentence; empty: none
	DoneAt    *time.Time
}

// DeliveryFilter says which deliveries are wanted; what is empty does not matter.
type DeliveryFilter struct {
	Kind, Target, State string
	Offset, Limit       int
}

const deliveryColumns = `id, kind, target, coalesce(account, 0), payload, state, created_at, due_at, expires_at, attempts, last_error, done_at`

func scanDelivery(scan func(...any) error) (Delivery, error) {
	var d Delivery
	var payload string
	err := scan(&d.ID, &d.Kind, &d.Target, &d.Account, &payload, &d.State, &d.CreatedAt, &d.DueAt, &d.ExpiresAt, &d.Attempts, &d.LastError, &d.DoneAt)
	d.Payload = []byte(payload)
	d.CreatedAt, d.DueAt, d.ExpiresAt, d.DoneAt = stamp(d.CreatedAt), stamp(d.DueAt), stamp(d.ExpiresAt), stampOptional(d.DoneAt)
	return d, err
}

// AddDelivery stores a delivery that waits, unless there is one with that id.
func (tx *Tx) AddDelivery(d Delivery) error {
	_, err := tx.exec("add delivery", `insert into deliveries (id, kind, target, account, payload, state, created_at, due_at, expires_at,
			attempts, leased_until, last_error, done_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $7, '', null) on conflict (id) do nothing`,
		d.ID, d.Kind, d.Target, sql.NullInt64{Int64: d.Account, Valid: d.Account != 0}, string(d.Payload), DeliveryWaiting, stamp(d.CreatedAt), stamp(d.DueAt), stamp(d.ExpiresAt))
	return err
}

// LeaseDelivery returns the delivery of one of the kinds, to none of the busy targets, that has been due for longest, for the
// caller alone until the lease ends, or ErrNotFound. The attempt is counted.
func (db *DB) LeaseDelivery(ctx context.Context, kinds []string, now time.Time, lease time.Duration, busy ...string) (Delivery, error) {
	if len(kinds) == 0 {
		return Delivery{}, ErrNotFound
	}
	args := []any{stamp(now), stamp(now.Add(lease)), DeliveryWaiting}
	// Two nodes may choose the same row. The second one waits for the first, and then finds that
	// the condition outside does not hold any more.
	query := `update deliveries set leased_until = $2, attempts = attempts + 1
		where state = $3 and leased_until <= $1 and id = (select id from deliveries
			where state = $3 and due_at <= $1 and leased_until <= $1 and ` + in("kind", kinds, &args) + idle(busy, &args) + ` order by due_at, id limit 1)
		returning ` + deliveryColumns
	d, err := scanDelivery(db.writer.QueryRowContext(ctx, query, args...).Scan)
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrNotFound
	}
	return d, db.failed("lease delivery", err)
}

// idle is the condition that a delivery goes to none of the busy targets.
func idle(busy []string, args *[]any) string {
	if len(busy) == 0 {
		return ""
	}
	return ` and not (` + in("target", busy, args) + `)`
}

// EndAttempt stores what became of the attempt that a lease has counted: State, DueAt, LastError
// and DoneAt of the delivery. If the lease was lost and somebody else tries again, nothing happens.
func (db *DB) EndAttempt(ctx context.Context, d Delivery) error {
	_, err := db.exec(ctx, "end attempt", `update deliveries set state = $3, due_at = $4, last_error = $5, done_at = $6, leased_until = created_at
		where id = $1 and attempts = $2 and state = $7`,
		d.ID, d.Attempts, d.State, stamp(d.DueAt), storable(d.LastError), stampOptional(d.DoneAt), DeliveryWaiting)
	return err
}

// Deliveries returns a page of the deliveries that match, the newest first, and how many match
// in all.
func (db *DB) Deliveries(ctx context.Context, filter DeliveryFilter) ([]Delivery, int, error) {
	var args []any
	conditions := []string{`1 = 1`}
	for _, column := range []struct{ name, value string }{{"kind", filter.Kind}, {"target", filter.Target}, {"state", filter.State}} {
		if column.value != "" {
			conditions = append(conditions, column.name+` = `+placeholder(column.value, &args))
		}
	}
	where := ` where ` + strings.Join(conditions, ` and `)
	total := 0
	if err := db.reader.QueryRowContext(ctx, `select count(*) from deliveries`+where, args...).Scan(&total); err != nil {
		return nil, 0, db.failed("count deliveries", err)
	}
	query := `select ` + deliveryColumns + ` from deliveries` + where + ` order by created_at desc, id desc limit ` +
		placeholder(filter.Limit, &args) + ` offset ` + placeholder(filter.Offset, &args)
	list, err := readAll(ctx, db, "read deliveries", query, args, scanDelivery)
	return list, total, err
}

// Backlog is how many deliveries of a kind have not arrived.
type Backlog struct{ Waiting, Dead int }

// Backlogs returns how many deliveries have not arrived, by their kind. Those that were forgotten do not count.
func (db *DB) Backlogs(ctx context.Context) (map[string]Backlog, error) {
	type row struct {
		kind, state string
		count       int
	}
	rows, err := readAll(ctx, db, "count deliveries", `select kind, state, count(*) from deliveries where state in ($1, $2) group by kind, state`,
		[]any{DeliveryWaiting, DeliveryDead}, func(scan func(...any) error) (r row, err error) {
			err = scan(&r.kind, &r.state, &r.count)
			return r, err
		})
	backlogs := map[string]Backlog{}
	for _, r := range rows {
		b := backlogs[r.kind]
		if r.state == DeliveryWaiting {
			b.Waiting = r.count
		} else {
			b.Dead = r.count
		}
		backlogs[r.kind] = b
	}
	return backlogs, err
}

// ForgetDeliveries deletes the deliveries that were done before a time, and returns how many.
func (db *DB) ForgetDeliveries(ctx context.Context, before time.Time) (int, error) {
	return db.exec(ctx, "forget deliveries", `delete from deliveries where done_at < $1`, stamp(before))
}
