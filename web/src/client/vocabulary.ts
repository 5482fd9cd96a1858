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

/** Where a context field belongs: to a project, or with none to all. */
export async function saveContextField(
  projectId: string | undefined,
  isNew: boolean,
  { name, ...body }: Schemas['createContextFieldSchema'],
): Promise<void> {
  if (projectId === undefined) {
    if (isNew) await ok(api.POST('/api/admin/context', { body: { name, ...body } }));
    else await ok(api.PUT('/api/admin/context/{contextField}', { params: { path: { contextField: name } }, body }));
    return;
  }
  if (isNew) await ok(api.POST('/api/admin/projects/{projectId}/context', { params: { path: { projectId } }, body: { name, ...body } }));
  else await ok(api.PUT('/api/admin/projects/{projectId}/context/{contextField}', { params: { path: { projectId, contextField: name } }, body }));
}

export function deleteContextField(projectId: string | undefined, contextField: string) {
  return projectId === undefined
    ? ok(api.DELETE('/api/admin/context/{contextField}', { params: { path: { contextField } } }))
    : ok(api.DELETE('/api/admin/projects/{projectId}/context/{contextField}', { params: { path: { projectId, contextField } } }));
}

export type TagType = Schemas['tagTypeSchema'];

export async function saveTagType(isNew: boolean, { name, ...body }: TagType): Promise<void> {
  if (isNew) await ok(api.POST('/api/admin/tag-types', { body: { name, ...body } }));
  else await ok(api.PUT('/api/admin/tag-types/{name}', { params: { path: { name } }, body }));
}

export function deleteTagType(name: string) {
  return ok(api.DELETE('/api/admin/tag-types/{name}', { params: { path: { name } } }));
}

export function createTag(type: string, value: string) {
  return ok(api.POST('/api/admin/tags', { body: { type, value } }));
}

export function deleteTag(type: string, value: string) {
  return ok(api.DELETE('/api/admin/tags/{type}/{value}', { params: { path: { type, value } } }));
}

/** Says after how many days flags of a type are potentially stale; null is never. */
export function setLifetime(id: string, lifetimeDays: number | null) {
  return ok(api.PUT('/api/admin/feature-types/{id}/lifetime', { params: { path: { id } }, body: { lifetimeDays } }));
}

export type StrategyParameter = Schemas['strategyParameterSchema'];

const ofStrategyType = (name: string) => ({ params: { path: { name } } });

export async function saveStrategyType(isNew: boolean, { name, ...body }: Schemas['createStrategySchema']): Promise<void> {
  if (isNew) await ok(api.POST('/api/admin/strategies', { body: { name, ...body } }));
  else await ok(api.PUT('/api/admin/strategies/{name}', { ...ofStrategyType(name), body }));
}

/** Says whether a type of strategy is no longer offered for new strategies. */
export function deprecateStrategyType(name: string, deprecated: boolean) {
  return deprecated
    ? ok(api.POST('/api/admin/strategies/{name}/deprecate', ofStrategyType(name)))
    : ok(api.POST('/api/admin/strategies/{name}/reactivate', ofStrategyType(name)));
}

export function deleteStrategyType(name: string) {
  return ok(api.DELETE('/api/admin/strategies/{name}', ofStrategyType(name)));
}
