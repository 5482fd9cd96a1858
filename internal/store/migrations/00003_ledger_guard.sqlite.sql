-- What is in the ledger stays as it is; what is added follows the entry before it.

-- +goose Up
-- +goose StatementBegin
create trigger events_not_updated before update on events
begin
	select raise(abort, 'events cannot be changed or removed');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger events_not_deleted before delete on events
begin
	select raise(abort, 'events cannot be changed or removed');
end;
-- +goose StatementEnd

-- +goose StatementBegin
create trigger events_follow before insert on events
	when new.revision > 1 and not exists (select 1 from events where revision = new.revision - 1 and hash = new.previous)
begin
	select raise(abort, 'an event must follow the one before it');
end;
-- +goose StatementEnd
