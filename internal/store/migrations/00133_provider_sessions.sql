-- +goose Up

-- What an identity provider must be told so that its own session ends with the one here: sealed, since it says who
-- somebody is. Null: nothing.
alter table sessions add column provider_session bytea;
