import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, basePath, ok, type Schemas } from './client';
import type { paths } from './schema';

export type Event = Schemas['eventSchema'];
export type EventSearch = NonNullable<paths['/api/admin/search/events']['get']['parameters']['query']>;

const pageSize = 30;

/** The events that a search finds, newest first, page after page. */
export function eventsQuery(search: EventSearch) {
  return infiniteQueryOptions({
    queryKey: ['events', search],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/api/admin/search/events', {
          params: { query: { ...search, offset: String(pageParam), limit: String(pageSize) } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const shown = all.reduce((sum, page) => sum + page.events.length, 0);
      return shown < last.total ? shown : undefined;
    },
    placeholderData: (previous) => previous,
  });
}

/** Those who are behind events. */
export const eventCreatorsQuery = queryOptions({
  queryKey: ['events', 'creators'],
  queryFn: () => ok(api.GET('/api/admin/event-creators')),
  staleTime: 60_000,
});

/** All types of events, by their titles. */
export const eventTypesQuery = queryOptions({
  queryKey: ['event-types'],
  queryFn: async () =>
    Object.entries(await ok(api.GET('/api/admin/event-types')))
      .map(([type, label]) => ({ type, label }))
      .sort((a, b) => a.label.localeCompare(b.label)),
  staleTime: Number.POSITIVE_INFINITY,
});

/** The address of a file with all events that a search finds. */
export function eventsFile(search: EventSearch, format: 'csv' | 'json'): string {
  return `${basePath}/api/admin/events/export?${new URLSearchParams({ ...search, format })}`;
}
