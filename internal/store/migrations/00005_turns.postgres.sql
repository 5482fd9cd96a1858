-- While a node has the lock of WithLock, the others' appends wait, for no longer than lock_timeout.
-- The node that has it says so in its transaction. The number is lockKey of postgres.go.

-- +goose Up
-- +goose StatementBegin
create function events_take_turns() returns trigger language plpgsql as $$
begin
	if current_setting('quorate.has_turn', true) is distinct from 'yes' then
		perform pg_advisory_xact_lock_shared(31935793889113189);
	end if;
	return null;
end $$;
-- +goose StatementEnd

create trigger events_in_turn before insert on events
	for each statement execute function events_take_turns();
