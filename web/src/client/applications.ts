import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type Application = Schemas['applicationSchema'];

const pageSize = 50;

/** The applications whose name has a word, page after page. */
export function applicationsQuery(query: string) {
  return infiniteQueryOptions({
    queryKey: ['applications', query],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/api/admin/metrics/applications', {
          params: { query: { ...(query === '' ? {} : { query }), offset: String(pageParam), limit: String(pageSize) } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const shown = all.reduce((sum, page) => sum + page.applications.length, 0);
      return shown < last.total ? shown : undefined;
    },
    placeholderData: (previous) => previous,
  });
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
