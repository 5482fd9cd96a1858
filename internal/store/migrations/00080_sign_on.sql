-- +goose Up

-- Whom an identity provider knows as whom: once somebody has come by a subject, the subject counts and
-- no longer the address, which may be given to somebody else one day.
create table sign_on_subjects (
	issuer  text   collate "binary" not null,
	subject text   collate "binary" not null,
	account bigint not null,
	primary key (issuer, subject)
);
create index sign_on_subjects_account on sign_on_subjects (account);

-- By which provider a session began ("oidc", "saml"); empty: by a password.
alter table sessions add column provider text not null default '';
