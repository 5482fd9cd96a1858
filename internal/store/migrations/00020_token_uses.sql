-- +goose Up

-- When each API token was last used, by the id that it has in the ledger.
create table token_uses (
	token bigint    not null primary key,
	at    timestamp not null
);
