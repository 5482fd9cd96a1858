import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok } from './client';

/** Asks for what has a word in its name, page after page. */
function pages<T>(queryKey: string[], word: string, ask: (query: { query?: string; offset: string; limit: string }) => Promise<{ applications: T[]; total: number }>) {
  return infiniteQueryOptions({
    queryKey: [...queryKey, word],
    queryFn: ({ pageParam }) => ask({ ...(word === '' ? {} : { query: word }), offset: String(pageParam), limit: '50' }),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const shown = all.reduce((sum, page) => sum + page.applications.length, 0);
      return shown < last.total ? shown : undefined;
    },
    placeholderData: (previous) => previous,
    refetchInterval: 60_000,
  });
}

/** The applications whose name has a word, page after page. */
export function applicationsQuery(word: string) {
  return pages(['applications', 'all'], word, (query) => ok(api.GET('/api/admin/metrics/applications', { params: { query } })));
}

/** Those of them that ask for flags of a project. */
export function projectApplicationsQuery(projectId: string, word: string) {
  return pages(['applications', 'project', projectId], word, (query) =>
    ok(api.GET('/api/admin/projects/{projectId}/applications', { params: { path: { projectId }, query } })),
  );
}

const named = (appName: string) => ({ params: { path: { appName } } });

/** An application, with its instances and the flags that it asks for. */
export function applicationQuery(appName: string) {
  return queryOptions({
    queryKey: ['applications', 'one', appName],
    queryFn: () => ok(api.GET('/api/admin/metrics/applications/{appName}', named(appName))),
    refetchInterval: 60_000,
  });
}

/** How an application uses flags in each environment, and what is wrong with that. */
export function applicationUseQuery(appName: string) {
  return queryOptions({
    queryKey: ['applications', 'use', appName],
    queryFn: () => ok(api.GET('/api/admin/metrics/applications/{appName}/overview', named(appName))),
    refetchInterval: 60_000,
  });
}

export function forgetApplication(appName: string) {
  return ok(api.DELETE('/api/admin/metrics/applications/{appName}', named(appName)));
}
