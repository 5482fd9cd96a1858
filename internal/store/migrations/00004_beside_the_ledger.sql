-- +goose Up

-- States written down, so that a start need not fold the whole ledger. A cache.
create table snapshots (
	revision bigint    not null,
	format   integer   not null,
	hash     bytea     not null,
	at       timestamp not null,
	body     bytea     not null,
	primary key (revision, format)
);

-- Where batches came from: personal, so not in the ledger, and forgotten in time.
create table event_origins (
	batch      bytea     not null primary key,
	ip         text      not null,
	user_agent text      not null,
	at         timestamp not null
);
create index event_origins_at on event_origins (at);

-- Secrets, encrypted with a key that is not in the database.
create table sealed (
	kind text  collate "binary" not null,
	id   text  collate "binary" not null,
	box  bytea not null,
	primary key (kind, id)
);

-- Facts about this instance.
create table meta (
	name  text collate "binary" not null primary key,
	value text not null
);
