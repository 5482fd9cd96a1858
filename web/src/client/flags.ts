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

// The first page is there soon; the others come before they are seen.
const [firstPage, otherPages] = [50, 100];

/** The key under which all lists of flags lie. */
export const foundFlagsKey = ['flags', 'found'];

/** The flags that a search finds, page after page. */
export function flagsQuery(search: FlagSearch) {
  return infiniteQueryOptions({
    queryKey: [...foundFlagsKey, search],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/api/admin/search/features', {
          params: { query: { ...search, offset: String(pageParam), limit: String(pageParam === 0 ? firstPage : otherPages) } },
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

const inProject = (projectId: string) => ({ params: { path: { projectId } } });

export function reviveFlags(projectId: string, features: string[]) {
  return ok(api.POST('/api/admin/projects/{projectId}/revive', { ...inProject(projectId), body: { features } }));
}

/** Deletes archived flags for good. */
export function deleteFlags(projectId: string, features: string[]) {
  return ok(api.POST('/api/admin/projects/{projectId}/delete', { ...inProject(projectId), body: { features } }));
}

/** Says which flags cannot be archived, since others that are not among them depend on them. */
export async function neededByOthers(projectId: string, features: string[]) {
  return (await ok(api.POST('/api/admin/projects/{projectId}/archive/validate', { ...inProject(projectId), body: { features } })))
    .parentsWithChildFeatures;
}

export function markStale(projectId: string, features: string[], stale: boolean) {
  return ok(api.POST('/api/admin/projects/{projectId}/stale', { ...inProject(projectId), body: { features, stale } }));
}

export function tagFlags(projectId: string, features: string[], tags: Schemas['updateTagsSchema']) {
  return ok(api.PUT('/api/admin/projects/{projectId}/tags', { ...inProject(projectId), body: { features, tags } }));
}

export function moveFlag(projectId: string, featureName: string, newProjectId: string) {
  return ok(
    api.POST('/api/admin/projects/{projectId}/features/{featureName}/changeProject', {
      params: { path: { projectId, featureName } },
      body: { newProjectId },
    }),
  );
}

export function copyFlag(projectId: string, featureName: string, body: Schemas['cloneFeatureSchema']) {
  return ok(api.POST('/api/admin/projects/{projectId}/features/{featureName}/clone', { params: { path: { projectId, featureName } }, body }));
}

/** The flags on which another may depend. */
export function possibleParentsQuery(projectId: string, child: string) {
  return queryOptions({
    queryKey: ['flags', 'parents', projectId, child],
    queryFn: () => ok(api.GET('/api/admin/projects/{projectId}/features/{child}/parents', { params: { path: { projectId, child } } })),
  });
}

/** The names of the variants that a flag may answer. */
export function parentVariantsQuery(projectId: string, parent: string) {
  return queryOptions({
    queryKey: ['flags', 'variants', projectId, parent],
    queryFn: () =>
      ok(api.GET('/api/admin/projects/{projectId}/features/{parent}/parent-variants', { params: { path: { projectId, parent } } })),
    enabled: parent !== '',
  });
}

/** Adds a link to a flag, or changes the one with an id. */
export async function saveLink(projectId: string, featureName: string, linkId: string | undefined, body: Schemas['linkSchema']): Promise<void> {
  const path = { projectId, featureName };
  if (linkId === undefined) await ok(api.POST('/api/admin/projects/{projectId}/features/{featureName}/link', { params: { path }, body }));
  else await ok(api.PUT('/api/admin/projects/{projectId}/features/{featureName}/link/{linkId}', { params: { path: { ...path, linkId } }, body }));
}

export function deleteLink(projectId: string, featureName: string, linkId: string) {
  return ok(
    api.DELETE('/api/admin/projects/{projectId}/features/{featureName}/link/{linkId}', { params: { path: { projectId, featureName, linkId } } }),
  );
}

/** Those who have created flags in a project. */
export function flagCreatorsQuery(projectId: string) {
  return queryOptions({
    queryKey: ['flags', 'creators', projectId],
    queryFn: () => ok(api.GET('/api/admin/projects/{projectId}/flag-creators', inProject(projectId))),
  });
}

export type HourOfUse = Schemas['featureEnvironmentMetricsSchema'];

/** How often a flag was used, by hour, environment and application. */
export function usageQuery(featureName: string, hours: number) {
  return queryOptions({
    queryKey: ['usage', featureName, hours],
    queryFn: async () =>
      (
        await ok(
          api.GET('/api/admin/client-metrics/features/{name}/raw', {
            params: { path: { name: featureName }, query: { hoursBack: String(hours) } },
          }),
        )
      ).data,
    refetchInterval: 60_000,
  });
}

/** Says that the work of a flag is done: what it switched is kept or discarded. */
export function completeFlag(projectId: string, featureName: string, body: Schemas['featureLifecycleCompletedSchema']) {
  return ok(api.POST('/api/admin/projects/{projectId}/features/{featureName}/lifecycle/complete', { params: { path: { projectId, featureName } }, body }));
}

/** Says that it is not done after all. */
export function uncompleteFlag(projectId: string, featureName: string) {
  return ok(api.POST('/api/admin/projects/{projectId}/features/{featureName}/lifecycle/uncomplete', { params: { path: { projectId, featureName } } }));
}

export function setFavoriteFlag(projectId: string, featureName: string, favorite: boolean) {
  const at = { params: { path: { projectId, featureName } } };
  return favorite
    ? ok(api.POST('/api/admin/projects/{projectId}/features/{featureName}/favorites', at))
    : ok(api.DELETE('/api/admin/projects/{projectId}/features/{featureName}/favorites', at));
}
