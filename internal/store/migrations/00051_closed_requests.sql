-- +goose Up

-- By what a change request is found that is closed; what it says is in its group of events, from which
-- these tables can be written again. Lists have a line for each value.
create table closed_requests (
	id              bigint    not null primary key,
	project         text      collate "binary" not null,
	environment     text      collate "binary" not null,
	state           text      collate "binary" not null, -- Applied, Cancelled or Rejected
	author          text      collate "binary" not null,
	created_at      timestamp not null,
	closed_at       timestamp not null,
	revision        bigint    not null, -- of the event that closed it
	search          text      not null, -- title, features and segments in small letters, as Go makes them
	title           text      not null, -- empty: the default one
	title_key       text      collate "binary" not null, -- in small letters
	features        text      not null,
	segments        text      not null,
	reviewers       text      not null,
	reviewer_groups text      not null
);
create index closed_requests_project on closed_requests (project, id, state);
create index closed_requests_author on closed_requests (author, id);

-- The values of those lists by which requests are asked for: one feature and one reviewer among many.
create table closed_request_terms (
	kind    text   collate "binary" not null, -- feature, reviewer or reviewer-group
	term    text   collate "binary" not null, -- a name or an id
	request bigint not null,
	primary key (kind, term, request)
);
create index closed_request_terms_request on closed_request_terms (request);
