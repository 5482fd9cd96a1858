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

-- What has happened so far, since the last flag or environment of the name was deleted. That a flag was created
-- on, as clones are, is in the body of its event alone. The case keeps PostgreSQL, which may ask conditions in any
-- order, from taking other actors for numbers.
insert into flag_collaborators (feature, account, at)
select e.feature, p.id, min(e.at) from events e
join people p on p.id = cast(case when e.actor like 'user:%' then substr(e.actor, 6) end as bigint)
left join (select feature, max(revision) as revision from events where type = 'feature-deleted' group by feature) d on d.feature = e.feature
where e.feature is not null and e.revision > coalesce(d.revision, 0)
	and e.type not in ('change-added', 'change-edited') -- which propose
group by e.feature, p.id;

insert into flag_first_ons (feature, environment, at)
select e.feature, e.environment, min(e.at) from events e
left join (select feature, max(revision) as revision from events where type = 'feature-deleted' group by feature) d on d.feature = e.feature
left join (select environment, max(revision) as revision from events where type = 'environment-deleted' group by environment) g on g.environment = e.environment
where e.feature is not null and e.environment is not null and e.type = 'feature-environment-enabled'
	and e.revision > coalesce(d.revision, 0) and e.revision > coalesce(g.revision, 0)
group by e.feature, e.environment;
