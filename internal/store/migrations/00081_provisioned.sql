-- +goose Up

-- What a SCIM client keeps about a person, beside the names; no time: nobody provisions the person.
alter table people add column provisioned_at timestamp;
alter table people add column external_id text not null default '';
alter table people add column given_name text not null default '';
alter table people add column family_name text not null default '';
