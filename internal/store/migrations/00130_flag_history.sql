-- What the ledger says of a flag's history, where saying it would take reading all of the flag's events.

-- +goose Up

-- Who has changed a flag, and when first.
create table flag_collaborators (
	feature text collate "binary" not null,
	account bigint    not null,
	at      timestamp not null,
	primary key (feature, account)
);
create index flag_collaborators_account on flag_collaborators (account);

-- When a flag was first on in an environment.
create table flag_first_ons (
	feature     text collate "binary" not null,
	environment text collate "binary" not null,
	at          timestamp not null,
	primary key (feature, environment)
);
create index flag_first_ons_at on flag_first_ons (at);

insert into flag_collaborators (feature, account, at)
select feature, cast(substr(actor, 6) as bigint), min(at) from events
where feature is not null and actor like 'user:%' and type not in ('change-added', 'change-edited') -- which propose
	and not exists (select 1 from events d where d.feature = events.feature and d.type = 'feature-deleted' and d.revision >= events.revision)
group by feature, actor;

insert into flag_first_ons (feature, environment, at)
select feature, environment, min(at) from events
where feature is not null and environment is not null and type = 'feature-environment-enabled'
	and not exists (select 1 from events d where d.feature = events.feature and d.type = 'feature-deleted' and d.revision >= events.revision)
group by feature, environment;
