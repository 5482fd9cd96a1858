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

/** Ends all sessions of the person who is signed in. */
export async function signOut(): Promise<void> {
  // The answer leads to a page, which fetch need not follow.
  await fetch(`${basePath}/logout`, { method: 'POST', redirect: 'manual' });
}
