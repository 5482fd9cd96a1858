import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type Oidc = Schemas['oidcSettingsResponseSchema'];
export type Saml = Schemas['samlSettingsSchema'];

export const oidcQuery = queryOptions({
  queryKey: ['sign-on', 'oidc'],
  queryFn: () => ok(api.GET('/api/admin/auth/oidc/settings')),
});

export function saveOidc(body: Schemas['oidcSettingsSchema']) {
  return ok(api.POST('/api/admin/auth/oidc/settings', { body }));
}

export const samlQuery = queryOptions({
  queryKey: ['sign-on', 'saml'],
  queryFn: () => ok(api.GET('/api/admin/auth/saml/settings')),
});

export function saveSaml(body: Saml) {
  return ok(api.POST('/api/admin/auth/saml/settings', { body }));
}

/** Whether people can sign in by a password. */
export const passwordsQuery = queryOptions({
  queryKey: ['sign-on', 'passwords'],
  queryFn: async () => !(await ok(api.GET('/api/admin/auth/simple/settings'))).disabled,
});

export function setPasswords(on: boolean) {
  return ok(api.POST('/api/admin/auth/simple/settings', { body: { disabled: !on } }));
}

export const scimQuery = queryOptions({
  queryKey: ['sign-on', 'scim'],
  queryFn: () => ok(api.GET('/api/admin/scim-settings')),
});

/** Turns SCIM on or off. The first time, the answer has its token. */
export function setScim(enabled: boolean) {
  return ok(api.POST('/api/admin/scim-settings', { body: { enabled } }));
}

export function newScimToken() {
  return ok(api.POST('/api/admin/scim-settings/generate-new-token'));
}
