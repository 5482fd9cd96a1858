import { queryOptions, useQuery } from '@tanstack/react-query';
import { api, basePath, ok, type Schemas } from './client';

/** Who is signed in, and what they may do. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: () => ok(api.GET('/api/admin/user')),
  staleTime: 60_000,
});

export type Me = Schemas['meSchema'];

/** Says whether somebody holds a permission here; ADMIN holds every permission. */
export function holds(me: Me, permission: string, project?: string, environment?: string): boolean {
  return me.permissions.some(
    (grant) =>
      grant.permission === 'ADMIN' ||
      (grant.permission === permission &&
        (!grant.project || grant.project === '*' || grant.project === project) &&
        (!grant.environment || grant.environment === '*' || grant.environment === environment)),
  );
}

/** Returns a function that says whether the person who is signed in may do something. */
export function useMay(): (permission: string, project?: string, environment?: string) => boolean {
  const { data } = useQuery(meQuery);
  return (permission, project, environment) => data !== undefined && holds(data, permission, project, environment);
}

/** The name by which a person is shown. */
export function nameOf(user: { name?: string | null; username?: string | null; email?: string | null }): string {
  return user.name || user.username || user.email || '';
}

export function signIn(username: string, password: string) {
  return ok(api.POST('/auth/simple/login', { body: { username, password } }));
}

/** Ends all sessions of the person who is signed in, and returns where to go then: an identity provider may have a session, too. */
export async function signOut(): Promise<string> {
  // It is asked for first: who has signed out is not known any more, and fetch does not show where an answer leads.
  // A provider that does not answer keeps nobody here.
  const location = await fetch(`${basePath}/auth/sign-out`, { signal: AbortSignal.timeout(wayOutLimit) })
    .then((answer) => answer.json() as Promise<{ location: string }>)
    .then((told) => told.location)
    .catch(() => `${basePath}/signed-out`);
  await fetch(`${basePath}/logout`, { method: 'POST', redirect: 'manual' });
  return location;
}

/** How long to wait until it is known where to go, in milliseconds. */
const wayOutLimit = 3_000;

/** When one's calendar link was made, if one has one. */
export const calendarLinkQuery = queryOptions({
  queryKey: ['calendar-link'],
  queryFn: async () => (await ok(api.GET('/api/admin/user/calendar-link'))).createdAt,
});

/** Makes one's calendar link, and tells it this once. The link before it stops working. */
export async function makeCalendarLink(): Promise<string> {
  return (await ok(api.POST('/api/admin/user/calendar-link'))).url ?? '';
}

export function endCalendarLink() {
  return ok(api.DELETE('/api/admin/user/calendar-link'));
}
