import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type Project = Schemas['projectSummarySchema'];

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: async () => (await ok(api.GET('/api/admin/projects'))).projects,
});

export function projectQuery(projectId: string) {
  return queryOptions({
    queryKey: ['projects', projectId],
    queryFn: () => ok(api.GET('/api/admin/projects/{projectId}/overview', { params: { path: { projectId } } })),
  });
}

/** The environments of a project, in their order. */
export function environmentsQuery(projectId: string) {
  return queryOptions({
    queryKey: ['projects', projectId, 'environments'],
    queryFn: async () => {
      const answer = await ok(api.GET('/api/admin/environments/project/{projectId}', { params: { path: { projectId } } }));
      return answer.environments.filter((environment) => environment.visible);
    },
    staleTime: 60_000,
  });
}

export function createProject(body: Schemas['createProjectSchema']) {
  return ok(api.POST('/api/admin/projects', { body }));
}

export function setFavoriteProject(projectId: string, favorite: boolean) {
  const at = { params: { path: { projectId } } };
  return favorite
    ? ok(api.POST('/api/admin/projects/{projectId}/favorites', at))
    : ok(api.DELETE('/api/admin/projects/{projectId}/favorites', at));
}
