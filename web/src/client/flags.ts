import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import type { paths } from './schema';

export type Flag = Schemas['featureDetailSchema'];
export type FoundFlag = Schemas['featureSearchResponseSchema'];
export type FlagEnvironment = Schemas['featureEnvironmentSchema'];
export type Strategy = Schemas['featureStrategySchema'];
export type Constraint = Schemas['constraintSchema'];
export type Variant = Schemas['strategyVariantSchema'];
export type Tag = Schemas['tagSchema'];

/** What flags to find, as the admin API's search takes it. */
export type FlagSearch = NonNullable<paths['/api/admin/search/features']['get']['parameters']['query']>;

const pageSize = 50;

/** The flags that a search finds, page after page. */
export function flagsQuery(search: FlagSearch) {
  return infiniteQueryOptions({
    queryKey: ['flags', search],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/api/admin/search/features', {
          params: { query: { ...search, offset: String(pageParam), limit: String(pageSize) } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const shown = all.reduce((sum, page) => sum + page.features.length, 0);
      return shown < last.total ? shown : undefined;
    },
    placeholderData: (previous) => previous,
  });
}

/** The first flags whose name or description has a word. */
export function flagsByWordQuery(query: string) {
  return queryOptions({
    queryKey: ['flags', 'word', query],
    queryFn: async () =>
      (await ok(api.GET('/api/admin/search/features', { params: { query: { query, limit: '8', sortBy: 'name' } } }))).features,
    placeholderData: (previous) => previous,
  });
}

export function flagQuery(projectId: string, featureName: string) {
  return queryOptions({
    queryKey: ['flag', projectId, featureName],
    queryFn: () =>
      ok(api.GET('/api/admin/projects/{projectId}/features/{featureName}', { params: { path: { projectId, featureName } } })),
    refetchInterval: 15_000,
  });
}

export function flagTagsQuery(featureName: string) {
  return queryOptions({
    queryKey: ['flag-tags', featureName],
    queryFn: async () => (await ok(api.GET('/api/admin/features/{featureName}/tags', { params: { path: { featureName } } }))).tags,
  });
}

export function createFlag(projectId: string, body: Schemas['createFeatureSchema']) {
  return ok(api.POST('/api/admin/projects/{projectId}/features', { params: { path: { projectId } }, body }));
}

export function updateFlag(projectId: string, featureName: string, body: Schemas['updateFeatureSchema']) {
  return ok(api.PUT('/api/admin/projects/{projectId}/features/{featureName}', { params: { path: { projectId, featureName } }, body }));
}

export function updateFlagTags(featureName: string, body: Schemas['updateTagsSchema']) {
  return ok(api.PUT('/api/admin/features/{featureName}/tags', { params: { path: { featureName } }, body }));
}

export function reviveFlag(projectId: string, featureName: string) {
  return ok(api.POST('/api/admin/projects/{projectId}/revive', { params: { path: { projectId } }, body: { features: [featureName] } }));
}

export function setFavoriteFlag(projectId: string, featureName: string, favorite: boolean) {
  const at = { params: { path: { projectId, featureName } } };
  return favorite
    ? ok(api.POST('/api/admin/projects/{projectId}/features/{featureName}/favorites', at))
    : ok(api.DELETE('/api/admin/projects/{projectId}/features/{featureName}/favorites', at));
}
