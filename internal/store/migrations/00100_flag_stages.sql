-- When flags entered the stages of their lives, and whom they are dear to.

-- +goose Up

-- Stages that depend on how a flag is used. The others are in the ledger.
create table flag_stages (
	feature    text collate "binary" not null,
	stage      text collate "binary" not null, -- initial (of a revived flag), pre-live or live
	entered_at timestamp not null,
	primary key (feature, stage)
);
create index flag_stages_entered_at on flag_stages (entered_at);

-- What a person wants to find first.
create table favourites (
	account    bigint    not null,
	kind       text      collate "binary" not null, -- feature or project
	name       text      collate "binary" not null,
	created_at timestamp not null,
	primary key (account, kind, name)
);
create index favourites_name on favourites (kind, name);

-- A page of flags asks how often each was used lately, and a node what others have seen.
create index usage_hours_feature_hour on usage_hours (feature, hour);
create index usage_seen_last_at on usage_seen (last_at);
