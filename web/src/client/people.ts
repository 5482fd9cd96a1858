import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type User = Schemas['userSchema'];
export type ServiceAccount = Schemas['serviceAccountSchema'];
export type Group = Schemas['groupSchema'];
export type PersonalToken = Schemas['patSchema'];

export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async () => (await ok(api.GET('/api/admin/user-admin'))).users,
});

/** Everybody to whom something can be given: people and groups, without what only administrators see of them. */
export const everybodyQuery = queryOptions({
  queryKey: ['users', 'access'],
  queryFn: () => ok(api.GET('/api/admin/user-admin/access')),
});

export function createUser(body: Schemas['createUserSchema']) {
  return ok(api.POST('/api/admin/user-admin', { body }));
}

export function updateUser(id: number, body: Schemas['updateUserSchema']) {
  return ok(api.PUT('/api/admin/user-admin/{id}', { params: { path: { id } }, body }));
}

export function deleteUser(id: number) {
  return ok(api.DELETE('/api/admin/user-admin/{id}', { params: { path: { id } } }));
}

export type InactiveUser = Schemas['inactiveUserSchema'];

/** Those who have neither signed in nor used a token of theirs for half a year. */
export const inactiveUsersQuery = queryOptions({
  queryKey: ['users', 'inactive'],
  queryFn: async () => (await ok(api.GET('/api/admin/user-admin/inactive'))).inactiveUsers,
});

export function deleteInactiveUsers(ids: number[]) {
  return ok(api.POST('/api/admin/user-admin/inactive/delete', { body: { ids } }));
}

/** Makes a link by which a person chooses another password. */
export async function resetPassword(id: number): Promise<string> {
  return (await ok(api.POST('/api/admin/user-admin/reset-password', { body: { id: String(id) } }))).resetPasswordUrl;
}

export const inviteLinksQuery = queryOptions({
  queryKey: ['invite-links'],
  queryFn: async () => (await ok(api.GET('/api/admin/invite-link/tokens'))).tokens,
});

export function createInviteLink(body: Schemas['publicSignupTokenCreateSchema']) {
  return ok(api.POST('/api/admin/invite-link/tokens', { body }));
}

export function endInviteLink(token: string) {
  return ok(api.PUT('/api/admin/invite-link/tokens/{token}', { params: { path: { token } }, body: { enabled: false } }));
}

export const serviceAccountsQuery = queryOptions({
  queryKey: ['service-accounts'],
  queryFn: async () => (await ok(api.GET('/api/admin/service-account'))).serviceAccounts,
});

export async function saveServiceAccount(id: number | undefined, { username, ...body }: Schemas['createServiceAccountSchema']) {
  return id === undefined
    ? ok(api.POST('/api/admin/service-account', { body: { username, ...body } }))
    : ok(api.PUT('/api/admin/service-account/{id}', { params: { path: { id } }, body }));
}

export function deleteServiceAccount(id: number) {
  return ok(api.DELETE('/api/admin/service-account/{id}', { params: { path: { id } } }));
}

/** The tokens of a service account, or of the person who is signed in. */
export function personalTokensQuery(serviceAccount?: number) {
  return queryOptions({
    queryKey: ['personal-tokens', serviceAccount ?? 'mine'],
    queryFn: async () =>
      serviceAccount === undefined
        ? (await ok(api.GET('/api/admin/user/tokens'))).pats
        : (await ok(api.GET('/api/admin/service-account/{id}/token', { params: { path: { id: serviceAccount } } }))).pats,
  });
}

export function createPersonalToken(serviceAccount: number | undefined, body: Schemas['createPatSchema']) {
  return serviceAccount === undefined
    ? ok(api.POST('/api/admin/user/tokens', { body }))
    : ok(api.POST('/api/admin/service-account/{id}/token', { params: { path: { id: serviceAccount } }, body }));
}

export function deletePersonalToken(serviceAccount: number | undefined, id: number) {
  return serviceAccount === undefined
    ? ok(api.DELETE('/api/admin/user/tokens/{id}', { params: { path: { id } } }))
    : ok(api.DELETE('/api/admin/service-account/{id}/token/{tokenId}', { params: { path: { id: serviceAccount, tokenId: id } } }));
}

export const groupsQuery = queryOptions({
  queryKey: ['groups'],
  queryFn: async () => (await ok(api.GET('/api/admin/groups'))).groups,
});

export async function saveGroup(id: number | undefined, body: Schemas['createGroupSchema']) {
  return id === undefined
    ? ok(api.POST('/api/admin/groups', { body }))
    : ok(api.PUT('/api/admin/groups/{groupId}', { params: { path: { groupId: id } }, body }));
}

export function deleteGroup(groupId: number) {
  return ok(api.DELETE('/api/admin/groups/{groupId}', { params: { path: { groupId } } }));
}

export const profileQuery = queryOptions({ queryKey: ['profile'], queryFn: () => ok(api.GET('/api/admin/user/profile')) });

export function changePassword(oldPassword: string, password: string) {
  return ok(api.POST('/api/admin/user/change-password', { body: { oldPassword, password, confirmPassword: password } }));
}

/** Everybody's sessions, for administrators. */
export const sessionsQuery = queryOptions({
  queryKey: ['sessions', 'all'],
  queryFn: async () => (await ok(api.GET('/api/admin/user-sessions'))).sessions,
});

export function endSession(id: string) {
  return ok(api.DELETE('/api/admin/user-sessions/{id}', { params: { path: { id } } }));
}

/** One's own sessions. */
export const mySessionsQuery = queryOptions({
  queryKey: ['sessions', 'mine'],
  queryFn: async () => (await ok(api.GET('/api/admin/user/sessions'))).sessions,
});

export function endMySession(id: string) {
  return ok(api.DELETE('/api/admin/user/sessions/{id}', { params: { path: { id } } }));
}
