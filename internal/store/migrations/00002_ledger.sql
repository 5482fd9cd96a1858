-- +goose Up

-- The ledger. body is the entry (package ledger); the other columns repeat what it
-- says, so that events can be found and the chain is kept by the database as well:
-- an entry's predecessor must be there, with the hash that the entry names. The first
-- has none. Two entries cannot have the same predecessor, for they would
-- have the same revision.
create table events (
	revision          bigint    not null primary key check (revision >= 1),
	previous_revision bigint    generated always as (nullif(revision - 1, 0)) stored,
	previous          bytea     check ((previous is null) = (revision = 1)),
	hash              bytea     not null check (length(hash) = 32),
	batch             bytea     not null check (length(batch) = 16),
	batch_index       integer   not null check (batch_index >= 0),
	at                timestamp not null,
	actor             text      collate "binary",
	type              text      collate "binary" not null,
	project           text      collate "binary",
	environment       text      collate "binary",
	feature           text      collate "binary",
	group_kind        text      collate "binary",
	group_id          bigint,
	body              bytea     not null,
	unique (revision, hash),
	unique (batch, batch_index),
	foreign key (previous_revision, previous) references events (revision, hash)
);

-- Each lets the first page by one filter, newest first, be read from its end.
create index events_at on events (at, revision);
create index events_type on events (type, revision);
create index events_actor on events (actor, revision) where actor is not null;
create index events_project on events (project, revision) where project is not null;
create index events_environment on events (environment, revision) where environment is not null;
create index events_feature on events (feature, revision) where feature is not null;
create index events_group on events (group_kind, group_id, revision) where group_kind is not null;
