-- +goose Up

-- The ledger. body is the entry (package ledger); the other columns repeat what it
-- says, so that events can be found. Two entries cannot have the same predecessor, for
-- they would have the same revision; that the predecessor is there, with the hash
-- that the entry names, is checked by a trigger (events_follow).
create table events (
	revision    bigint    not null primary key check (revision >= 1),
	previous    bytea     check ((previous is null) = (revision = 1)),
	hash        bytea     not null check (length(hash) = 32),
	batch       bytea     not null check (length(batch) = 16),
	batch_index integer   not null check (batch_index >= 0),
	at          timestamp not null,
	actor       text      collate "binary",
	type        text      collate "binary" not null,
	project     text      collate "binary",
	environment text      collate "binary",
	feature     text      collate "binary",
	group_kind  text      collate "binary",
	group_id    bigint,
	body        bytea     not null,
	unique (batch, batch_index)
);

-- Events are read newest first. Since time never runs backwards in the ledger, the order
-- of (at, revision) is that of revision, and a span of time is a piece of each index.

-- These two find few among many: the events of a flag or of a change request.
create index events_feature on events (feature, at, revision) where feature is not null;
create index events_group on events (group_kind, group_id, at, revision) where group_kind is not null;

-- What has few values is found by going through this one from its end. It is small, and
-- new entries always go to its end; with an index for each column instead, every append
-- would write as many more pages.
create index events_filter on events (at, revision, type, actor, project, environment);
