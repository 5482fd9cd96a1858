-- +goose Up

-- Who the accounts of the ledger are, by its ids. What is here can be erased. The keys are the
-- names in small letters, as Go makes them: the engines do not agree about letters.
create table people (
	id             bigint    not null primary key,
	kind           text      collate "binary" not null,
	name           text      not null,
	username       text      not null,
	email          text      not null,
	username_key   text      collate "binary" unique,
	email_key      text      collate "binary" unique,
	password_hash  text      not null,
	login_attempts integer   not null,
	seen_at        timestamp,
	invite_link    text,
	created_at     timestamp not null
);

-- What a person's password was before, so that it is not taken again.
create table old_passwords (
	account       bigint    not null,
	replaced_at   timestamp not null,
	password_hash text      not null
);
create index old_passwords_account on old_passwords (account, replaced_at);

-- Who is signed in. digest is the SHA-256 of what the browser keeps.
create table sessions (
	id         text      collate "binary" not null primary key,
	digest     bytea     not null unique,
	account    bigint    not null,
	created_at timestamp not null,
	expires_at timestamp not null,
	ip         text      not null,
	user_agent text      not null
);
create index sessions_account on sessions (account, created_at);
create index sessions_expires_at on sessions (expires_at);

-- Links by which people choose a password, by the SHA-256 of what is in the link.
create table reset_tokens (
	digest     bytea     not null primary key,
	account    bigint    not null,
	created_by text      not null,
	created_at timestamp not null,
	expires_at timestamp not null,
	used_at    timestamp
);
create index reset_tokens_account on reset_tokens (account);

-- Links by which people become users. Their secrets are sealed.
create table invite_links (
	id         text      collate "binary" not null primary key,
	digest     bytea     not null unique,
	name       text      not null,
	enabled    boolean   not null,
	created_by text      not null,
	created_at timestamp not null,
	expires_at timestamp not null
);

-- Attempts to sign in. account is null when nobody has the name; the name is not kept then, for it
-- may be a password that went into the wrong field.
create table logins (
	id         text      collate "binary" not null primary key,
	account    bigint,
	at         timestamp not null,
	successful boolean   not null,
	failure    text      not null,
	ip         text      not null
);
create index logins_at on logins (at);

-- When each personal token was last used, by the id that it has in the ledger.
create table personal_token_uses (
	token bigint    not null primary key,
	at    timestamp not null
);
