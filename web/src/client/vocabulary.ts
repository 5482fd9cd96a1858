import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type ContextField = Schemas['contextFieldUsedSchema'];
export type StrategyType = Schemas['strategySchema'];

// Words change seldom; an answer serves for a few minutes.
const staleTime = 5 * 60_000;

export const flagTypesQuery = queryOptions({
  queryKey: ['flag-types'],
  queryFn: async () => (await ok(api.GET('/api/admin/feature-types'))).types,
  staleTime,
});

export const tagTypesQuery = queryOptions({
  queryKey: ['tag-types'],
  queryFn: async () => (await ok(api.GET('/api/admin/tag-types'))).tagTypes,
  staleTime,
});

export const tagsQuery = queryOptions({
  queryKey: ['tags'],
  queryFn: async () => (await ok(api.GET('/api/admin/tags'))).tags,
});

export const strategyTypesQuery = queryOptions({
  queryKey: ['strategy-types'],
  queryFn: async () => (await ok(api.GET('/api/admin/strategies'))).strategies,
  staleTime,
});

/** The context fields that a project may use: the global ones and its own. */
export function contextFieldsQuery(projectId?: string) {
  return queryOptions({
    queryKey: ['context-fields', projectId ?? ''],
    queryFn: () =>
      projectId === undefined
        ? ok(api.GET('/api/admin/context'))
        : ok(api.GET('/api/admin/projects/{projectId}/context', { params: { path: { projectId }, query: { include: 'root' } } })),
    staleTime,
  });
}

/** All environments of the instance. */
export const allEnvironmentsQuery = queryOptions({
  queryKey: ['environments'],
  queryFn: async () => (await ok(api.GET('/api/admin/environments'))).environments,
  staleTime,
});
