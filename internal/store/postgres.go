package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"maps"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

// connections is the size of the pool on PostgreSQL. The engine writes one batch after
// the other, and SDKs are served from memory, so a few are plenty.
const connections = 10

// postgresSettings hold for every connection, unless the URL says otherwise. A
// transaction that hangs must not keep other nodes from writing; a client that is gone
// must be noticed, since it may hold a lock.
var postgresSettings = map[string]string{
	"application_name":                    "quorate",
	"timezone":                            "UTC",
	"default_transaction_isolation":       "read committed",
	"idle_in_transaction_session_timeout": "2s",
	"lock_timeout":                        "2s",
	"statement_timeout":                   "30s",
	"tcp_keepalives_idle":                 "10",
	"tcp_keepalives_interval":             "5",
	"tcp_keepalives_count":                "3",
}

func openPostgres(ctx context.Context, address string) (*DB, error) {
	config, err := pgx.ParseConfig(address)
	if err != nil {
		return nil, err
	}
	for name, value := range postgresSettings {
		if _, set := config.RuntimeParams[name]; !set {
			config.RuntimeParams[name] = value
		}
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	dialer := net.Dialer{KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 10 * time.Second, Interval: 5 * time.Second, Count: 3,
	}}
	config.DialFunc = dialer.DialContext

	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(connections)
	pool.SetMaxIdleConns(connections)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	db := &DB{engine: PostgreSQL, classify: classifyPostgres, writer: pool, reader: pool, own: config}
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(db.failed("connect", err), db.Close())
	}
	return db, nil
}

func classifyPostgres(err error) failure {
	// pgx says that a connection was closed, and that it is safe to try again, also
	// when it broke while the answer to a commit was awaited.
	if errors.Is(err, pgconn.ErrConnClosed) {
		return lost
	}
	// What fails while connecting, or before anything was sent, has written nothing.
	var connecting *pgconn.ConnectError
	if errors.As(err, &connecting) || errors.Is(err, driver.ErrBadConn) || pgconn.SafeToRetry(err) {
		return unavailable
	}
	if server, ok := errors.AsType[*pgconn.PgError](err); ok {
		// Anything but ERROR ends the session, and may do so in the middle of a commit.
		if server.SeverityUnlocalized != "ERROR" && server.SeverityUnlocalized != "" {
			return lost
		}
		switch {
		case strings.HasPrefix(server.Code, "23"): // integrity constraint violation
			return refused
		case strings.HasPrefix(server.Code, "53"), // insufficient resources
			strings.HasPrefix(server.Code, "57"), // operator intervention, statement timeout
			strings.HasPrefix(server.Code, "40"), // rollback: deadlock, serialization
			strings.HasPrefix(server.Code, "58"), // system error
			server.Code == "55P03",               // lock timeout
			server.Code == "25006":               // read-only: a standby
			return unavailable
		default:
			return internal
		}
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, net.ErrClosed) || errors.Is(err, sql.ErrConnDone) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		return lost
	}
	return internal
}

// connect opens a connection outside the pool, with some settings changed.
func (db *DB) connect(ctx context.Context, settings map[string]string) (*pgx.Conn, error) {
	config := db.own.Copy()
	maps.Copy(config.RuntimeParams, settings)
	return pgx.ConnectConfig(ctx, config)
}

// lockKey is the advisory lock of WithLock: any number that others who share the
// server are unlikely to use.
const lockKey = 0x71756f72617465
