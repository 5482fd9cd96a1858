-- What SDKs and applications report about themselves and about the flags that they use.

-- +goose Up

-- How often a flag was found on and off, by the hour.
create table usage_hours (
	feature     text collate "binary" not null,
	environment text collate "binary" not null,
	application text collate "binary" not null,
	hour        timestamp not null,
	yes         bigint    not null,
	no          bigint    not null,
	primary key (feature, environment, application, hour)
);
create index usage_hours_hour on usage_hours (hour);
create index usage_hours_application on usage_hours (application, feature);

-- The same for each of its variants.
create table usage_variants (
	feature     text collate "binary" not null,
	environment text collate "binary" not null,
	application text collate "binary" not null,
	hour        timestamp not null,
	variant     text collate "binary" not null,
	count       bigint    not null,
	primary key (feature, environment, application, hour, variant)
);
create index usage_variants_hour on usage_variants (hour);

-- When a flag was first and last used; kept when the hours are gone.
create table usage_seen (
	feature     text collate "binary" not null,
	environment text collate "binary" not null,
	first_at    timestamp not null,
	last_at     timestamp not null,
	primary key (feature, environment)
);

-- Names that applications ask for and that no flag has.
create table unknown_flags (
	name        text collate "binary" not null,
	environment text collate "binary" not null,
	application text collate "binary" not null,
	at          timestamp not null,
	primary key (name, environment, application)
);

create table applications (
	name        text collate "binary" not null primary key,
	created_at  timestamp not null,
	seen_at     timestamp not null,
	strategies  text      not null, -- a JSON list
	description text      not null,
	url         text      not null,
	color       text      not null,
	icon        text      not null
);
create index applications_seen_at on applications (seen_at);

-- Where an application's tokens let it look.
create table application_projects (
	application text collate "binary" not null,
	project     text collate "binary" not null,
	environment text collate "binary" not null,
	seen_at     timestamp not null,
	primary key (application, project, environment)
);
create index application_projects_seen_at on application_projects (seen_at);

-- The running copies of an application.
create table application_instances (
	application text collate "binary" not null,
	environment text collate "binary" not null,
	instance    text collate "binary" not null,
	sdk         text      not null, -- name:version
	sdk_type    text      not null, -- backend, frontend or nothing
	client_ip   text      not null,
	created_at  timestamp not null,
	seen_at     timestamp not null,
	primary key (application, environment, instance)
);
create index application_instances_seen_at on application_instances (seen_at);
