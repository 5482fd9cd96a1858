-- +goose Up

-- The secret links by which people's calendar programs read what will happen: one for each account, by the SHA-256
-- of what is in the link.
create table calendar_feeds (
	account    bigint    not null primary key,
	digest     bytea     not null unique,
	created_at timestamp not null
);
