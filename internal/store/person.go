package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Person is who an account of the ledger is: a person, or a service account. All of it
// can be erased; the ledger knows the id alone.
type Person struct {
	ID    int64  // of the account
	Kind  string // "user" or "service-account"
	Name  string
	Email string // unique, and nobody else's username, whatever the case of letters
	// Username is like Email. A person has one of the two at least.
	Username string
	// PasswordHash is empty for somebody who cannot sign in by a password.
	PasswordHash string
	// LoginAttempts are those that failed since the last that did not.
	LoginAttempts int
	SeenAt        *time.Time // when the person last signed in
	InviteLink    string     // the id of the link by which the person came; may be empty
	CreatedAt     time.Time
	// Provisioned is what a SCIM client keeps about the person; nil: nobody provisions them.
	Provisioned *Provisioned
}

// Provisioned is what a SCIM client keeps about a person, beside the names.
type Provisioned struct {
	At                    time.Time // of the last change
	ExternalID            string    // what the client calls the person in its own house
	GivenName, FamilyName string
}

// PersonChange is what to change of a person; nil: it stays.
type PersonChange struct{ Name, Username, Email *string }

// key is how a name is looked up and compared: in small letters.
func key(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// AddPerson stores who an account is. It fails with ErrTaken if somebody has one of
// the names.
func (tx *Tx) AddPerson(p Person) error {
	if err := tx.namesFree(p.ID, p.Username, p.Email); err != nil {
		return err
	}
	_, err := tx.exec("add person", `insert into people (id, kind, name, username, email, username_key, email_key,
			password_hash, login_attempts, seen_at, invite_link, created_at)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, null, $10, $11)`,
		p.ID, p.Kind, p.Name, p.Username, p.Email, some(key(p.Username)), some(key(p.Email)),
		p.PasswordHash, p.LoginAttempts, some(p.InviteLink), stamp(p.CreatedAt))
	return err
}

// UpdatePerson changes who an account is. It fails with ErrNotFound, or ErrTaken if
// somebody has one of the names. With another address, an identity provider's subjects are
// forgotten: the next one who comes with that address is the person.
func (tx *Tx) UpdatePerson(id int64, c PersonChange) error {
	p, err := tx.Person(id)
	if err != nil {
		return err
	}
	if c.Email != nil && key(*c.Email) != key(p.Email) {
		if _, err := tx.exec("forget subjects", `delete from sign_on_subjects where account = $1`, id); err != nil {
			return err
		}
	}
	for _, field := range []struct {
		value *string
		with  *string
	}{{&p.Name, c.Name}, {&p.Username, c.Username}, {&p.Email, c.Email}} {
		if field.with != nil {
			*field.value = *field.with
		}
	}
	if err := tx.namesFree(id, p.Username, p.Email); err != nil {
		return err
	}
	_, err = tx.exec("update person", `update people set name = $2, username = $3, email = $4, username_key = $5, email_key = $6
		where id = $1`, id, p.Name, p.Username, p.Email, some(key(p.Username)), some(key(p.Email)))
	return err
}

// namesFree fails with ErrTaken if somebody but the given account has one of the names.
// Nobody can take them in between, since who writes people writes events, one after
// the other; the table's own constraints are the second line.
func (tx *Tx) namesFree(id int64, names ...string) error {
	var keys []string
	for _, name := range names {
		if name = key(name); name != "" {
			keys = append(keys, name)
		}
	}
	if len(keys) == 0 {
		return nil
	}
	args := []any{id}
	var n int
	query := `select count(*) from people where id <> $1 and (` + in("username_key", keys, &args) + ` or ` + in("email_key", keys, &args) + `)`
	if err := tx.tx.QueryRowContext(tx.ctx, query, args...).Scan(&n); err != nil {
		return tx.db.failed("look up names", err)
	}
	if n > 0 {
		return ErrTaken
	}
	return nil
}

// SetProvisioned says what a SCIM client keeps about a person.
func (tx *Tx) SetProvisioned(id int64, p Provisioned) error {
	_, err := tx.exec("set provisioned", `update people set provisioned_at = $2, external_id = $3, given_name = $4, family_name = $5 where id = $1`,
		id, stamp(p.At), p.ExternalID, p.GivenName, p.FamilyName)
	return err
}

// DeletePerson erases a person: every row that is about the account. On SQLite nothing of them is left in its files either.
func (tx *Tx) DeletePerson(id int64) error {
	tx.erased = true
	for _, statement := range []string{
		`delete from people where id = $1`,
		`delete from old_passwords where account = $1`,
		`delete from sessions where account = $1`,
		`delete from reset_tokens where account = $1`,
		`delete from logins where account = $1`,
		`delete from sign_on_subjects where account = $1`,
		`delete from inbox_items where account = $1`,
		`delete from notification_settings where account = $1`,
		`delete from deliveries where account = $1`,
		`delete from favourites where account = $1`,
		`delete from calendar_feeds where account = $1`,
		`delete from splash_views where account = $1`,
		`delete from feedbacks where account = $1`,
		`delete from flag_collaborators where account = $1`,
	} {
		if _, err := tx.exec("delete person", statement, id); err != nil {
			return err
		}
	}
	// The ledger names a person by a reference; from where they made changes goes with them.
	_, err := tx.exec("delete person", `delete from event_origins where batch in (select batch from events where actor = $1)`, fmt.Sprintf("user:%d", id))
	return err
}

// SetPassword gives a person another password. The old one is kept in mind with the
// newest of those before, remembered of them all together. Links to choose a password
// that were not used are worthless from then on.
func (tx *Tx) SetPassword(id int64, hash string, at time.Time, remembered int) error {
	p, err := tx.Person(id)
	if err != nil {
		return err
	}
	if p.PasswordHash != "" {
		if _, err := tx.exec("keep old password", `insert into old_passwords (account, replaced_at, password_hash) values ($1, $2, $3)`,
			id, stamp(at), p.PasswordHash); err != nil {
			return err
		}
	}
	for _, s := range []struct {
		query string
		args  []any
	}{
		{`delete from old_passwords where account = $1 and replaced_at not in
			(select replaced_at from old_passwords where account = $1 order by replaced_at desc limit $2)`, []any{id, remembered}},
		{`update people set password_hash = $2, login_attempts = 0 where id = $1`, []any{id, hash}},
		{`delete from reset_tokens where account = $1 and used_at is null`, []any{id}},
	} {
		if _, err := tx.exec("set password", s.query, s.args...); err != nil {
			return err
		}
	}
	return nil
}

// OldPasswords returns the hashes of a person's earlier passwords that are remembered.
func (db *DB) OldPasswords(ctx context.Context, id int64) ([]string, error) {
	return readAll(ctx, db, "read old passwords", `select password_hash from old_passwords where account = $1`, []any{id},
		func(scan func(...any) error) (hash string, err error) {
			err = scan(&hash)
			return hash, err
		})
}

// WithPassword returns how many of the accounts can sign in by a password.
func (tx *Tx) WithPassword(accounts []int64) (int, error) {
	if len(accounts) == 0 {
		return 0, nil
	}
	var args []any
	var n int
	query := `select count(*) from people where password_hash <> '' and ` + in("id", accounts, &args)
	err := tx.tx.QueryRowContext(tx.ctx, query, args...).Scan(&n)
	return n, tx.db.failed("count passwords", err)
}

const personColumns = `id, kind, name, username, email, password_hash, login_attempts, seen_at, coalesce(invite_link, ''), created_at,
	provisioned_at, external_id, given_name, family_name`

func scanPerson(scan func(...any) error) (Person, error) {
	var p Person
	var at *time.Time
	var client Provisioned
	err := scan(&p.ID, &p.Kind, &p.Name, &p.Username, &p.Email, &p.PasswordHash, &p.LoginAttempts, &p.SeenAt, &p.InviteLink, &p.CreatedAt,
		&at, &client.ExternalID, &client.GivenName, &client.FamilyName)
	if at != nil {
		client.At = stamp(*at)
		p.Provisioned = &client
	}
	p.CreatedAt, p.SeenAt = stamp(p.CreatedAt), stampOptional(p.SeenAt)
	return p, err
}

// stampOptional is stamp for a time that may be missing.
func stampOptional(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	return new(stamp(*t))
}

// one turns the error of a query for one row into ErrNotFound where there is none.
func (db *DB) one(what string, err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	return db.failed(what, err)
}

// Person returns who an account is, or ErrNotFound.
func (tx *Tx) Person(id int64) (Person, error) {
	p, err := scanPerson(tx.tx.QueryRowContext(tx.ctx, `select `+personColumns+` from people where id = $1`, id).Scan)
	return p, tx.db.one("read person", err)
}

// Person returns who an account is, or ErrNotFound.
func (db *DB) Person(ctx context.Context, id int64) (Person, error) {
	p, err := scanPerson(db.reader.QueryRowContext(ctx, `select `+personColumns+` from people where id = $1`, id).Scan)
	return p, db.one("read person", err)
}

// PersonNamed returns who has the name as e-mail address or as username, or ErrNotFound.
func (db *DB) PersonNamed(ctx context.Context, name string) (Person, error) {
	p, err := scanPerson(db.reader.QueryRowContext(ctx, `select `+personColumns+` from people
		where email_key = $1 or username_key = $1`, key(name)).Scan)
	return p, db.one("read person", err)
}

// People returns everyone, by id.
func (db *DB) People(ctx context.Context) ([]Person, error) {
	return readAll(ctx, db, "read people", `select `+personColumns+` from people order by id`, nil, scanPerson)
}

// NoteFailure counts an attempt to sign in that failed; an unknown account costs the same.
func (tx *Tx) NoteFailure(account int64) error {
	_, err := tx.exec("note failure", `update people set login_attempts = login_attempts + 1 where id = $1`, account)
	return err
}

// NoteSignIn notes that a person has signed in.
func (tx *Tx) NoteSignIn(account int64, at time.Time) error {
	_, err := tx.exec("note sign-in", `update people set login_attempts = 0, seen_at = $2 where id = $1`, account, stamp(at))
	return err
}
