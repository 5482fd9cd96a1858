-- +goose Up

-- What became of each attempt to send something to an integration. The newest of each are kept.
create table integration_events (
	id          bigint    not null primary key,
	integration bigint    not null,
	delivery    text      collate "binary" not null,
	revision    bigint    not null, -- of the event that was sent; 0: a test
	state       text      collate "binary" not null, -- success, successWithErrors or failed
	said        text      not null, -- a sentence
	details     text      not null, -- JSON
	at          timestamp not null
);
create index integration_events_integration on integration_events (integration, id);
