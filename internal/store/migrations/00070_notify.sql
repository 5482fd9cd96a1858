-- +goose Up

-- How far somebody has come who follows the ledger, and other positions that only go up.
create table cursors (
	name     text   collate "binary" not null primary key,
	position bigint not null
);

-- What people were told. tells is what an item is about: nobody is told the same twice.
create table inbox_items (
	id        bigint    not null primary key,
	account   bigint    not null,
	tells     text      collate "binary" not null,
	body      text      not null, -- JSON
	at        timestamp not null,
	read_at   timestamp,
	digest_at timestamp, -- when the daily mail with it is due
	unique (account, tells)
);
create index inbox_items_account on inbox_items (account, id);
create index inbox_items_digest_at on inbox_items (digest_at);
create index inbox_items_at on inbox_items (at);

-- How somebody wants to be told.
create table notification_settings (
	account bigint not null primary key,
	zone    text   not null, -- IANA; empty: UTC
	topics  text   not null  -- JSON
);

-- What is to be brought to somebody, and what became of it.
create table deliveries (
	id           text      collate "binary" not null primary key,
	kind         text      collate "binary" not null, -- who brings it: mail, …
	target       text      not null,                  -- where to, as the kind names it
	account      bigint,                              -- whom it is for, if that is a person
	payload      text      not null,                  -- JSON
	state        text      collate "binary" not null, -- waiting, delivered or dead
	created_at   timestamp not null,
	due_at       timestamp not null,
	expires_at   timestamp not null, -- after this it is not tried again
	attempts     integer   not null,
	leased_until timestamp not null, -- a node is trying it until then
	last_error   text      not null,
	done_at      timestamp
);
create index deliveries_due_at on deliveries (state, due_at);
create index deliveries_account on deliveries (account);
create index deliveries_created_at on deliveries (created_at);
