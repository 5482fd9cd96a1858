-- +goose Up

-- The answers of SAML providers that were used, so that none is used twice, on no node.
create table used_assertions (
	digest bytea     not null primary key,
	until  timestamp not null -- it is good no more by itself
);
create index used_assertions_until on used_assertions (until);
