-- What is in the ledger stays as it is.

-- +goose Up
-- +goose StatementBegin
create function events_are_immutable() returns trigger language plpgsql as $$
begin
	raise exception 'events cannot be changed or removed' using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd

create trigger events_immutable before update or delete or truncate on events
	for each statement execute function events_are_immutable();

-- Every append is announced to the nodes that listen, when and only if it is committed.
-- +goose StatementBegin
create function events_announce() returns trigger language plpgsql as $$
begin
	perform pg_notify('quorate_ledger', (select max(revision)::text from appended));
	return null;
end $$;
-- +goose StatementEnd

create trigger events_announced after insert on events
	referencing new table as appended
	for each statement execute function events_announce();
