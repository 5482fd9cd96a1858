-- +goose Up

-- The kind of identity provider that vouched for who signed in; empty if it was a password.
alter table logins add column provider text not null default '';
