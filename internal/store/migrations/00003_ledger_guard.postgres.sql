-- What is in the ledger stays as it is; what is added follows the entry before it and
-- is announced to the nodes that listen, when and only if it is committed.

-- +goose Up
-- +goose StatementBegin
create function events_immutable() returns trigger language plpgsql as $$
begin
	raise exception 'events cannot be changed or removed' using errcode = 'restrict_violation';
end $$;
-- +goose StatementEnd

create trigger events_immutable before update or delete or truncate on events
	for each statement execute function events_immutable();

-- +goose StatementBegin
create function events_follow() returns trigger language plpgsql as $$
begin
	if exists (
		select from appended where revision > 1 and not exists (
			select from events where events.revision = appended.revision - 1 and events.hash = appended.previous)
	) then
		raise exception 'an event must follow the one before it' using errcode = 'foreign_key_violation';
	end if;
	perform pg_notify('quorate_ledger', max(revision)::text) from appended;
	return null;
end $$;
-- +goose StatementEnd

create trigger events_follow after insert on events
	referencing new table as appended
	for each statement execute function events_follow();
