-- What people have been shown, and were asked, by a web app.

-- +goose Up

create table splash_views (
	account bigint    not null,
	name    text      collate "binary" not null,
	seen_at timestamp not null,
	primary key (account, name)
);

create table feedbacks (
	account    bigint    not null,
	name       text      collate "binary" not null,
	never_show boolean   not null,
	given_at   timestamp,
	primary key (account, name)
);
