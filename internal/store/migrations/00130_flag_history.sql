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

-- What has happened so far, since the last flag of the name was deleted. That a flag was created on, as clones
-- are, is in the body of its event alone.
insert into flag_collaborators (feature, account, at)
select e.feature, cast(substr(e.actor, 6) as bigint), min(e.at) from events e
left join (select feature, max(revision) as revision from events where type = 'feature-deleted' group by feature) d on d.feature = e.feature
where e.feature is not null and e.actor like 'user:%' and e.revision > coalesce(d.revision, 0)
	and e.type not in ('change-added', 'change-edited') -- which propose
	and cast(substr(e.actor, 6) as bigint) in (select id from people)
group by e.feature, e.actor;

insert into flag_first_ons (feature, environment, at)
select e.feature, e.environment, min(e.at) from events e
left join (select feature, max(revision) as revision from events where type = 'feature-deleted' group by feature) d on d.feature = e.feature
where e.feature is not null and e.environment is not null and e.type = 'feature-environment-enabled' and e.revision > coalesce(d.revision, 0)
group by e.feature, e.environment;
