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

export const archivedProjectsQuery = queryOptions({
  queryKey: ['projects', 'archived'],
  queryFn: async () => (await ok(api.GET('/api/admin/projects', { params: { query: { archived: true } } }))).projects,
});

const at = (projectId: string) => ({ params: { path: { projectId } } });

/** All environments, with whether the project has each of them and its default strategy there. */
export function projectEnvironmentsQuery(projectId: string) {
  return queryOptions({
    queryKey: ['projects', projectId, 'all-environments'],
    queryFn: async () => (await ok(api.GET('/api/admin/environments/project/{projectId}', at(projectId)))).environments,
  });
}

export function updateProject(projectId: string, body: Schemas['updateProjectSchema']) {
  return ok(api.PUT('/api/admin/projects/{projectId}', { ...at(projectId), body }));
}

export function updateProjectSettings(projectId: string, body: Schemas['updateProjectSettingsSchema']) {
  return ok(api.PUT('/api/admin/projects/{projectId}/settings', { ...at(projectId), body }));
}

export function archiveProject(projectId: string) {
  return ok(api.POST('/api/admin/projects/archive/{projectId}', at(projectId)));
}

export function reviveProject(projectId: string) {
  return ok(api.POST('/api/admin/projects/revive/{projectId}', at(projectId)));
}

export function deleteProject(projectId: string) {
  return ok(api.DELETE('/api/admin/projects/{projectId}', at(projectId)));
}

/** Gives a project an environment, or takes it away. */
export function setProjectEnvironment(projectId: string, environment: string, has: boolean) {
  return has
    ? ok(api.POST('/api/admin/projects/{projectId}/environments', { ...at(projectId), body: { environment } }))
    : ok(api.DELETE('/api/admin/projects/{projectId}/environments/{environment}', { params: { path: { projectId, environment } } }));
}

export function setDefaultStrategy(projectId: string, environment: string, body: Schemas['createFeatureStrategySchema']) {
  return ok(
    api.POST('/api/admin/projects/{projectId}/environments/{environment}/default-strategy', {
      params: { path: { projectId, environment } },
      body,
    }),
  );
}

/** Who has which roles in a project. */
export function accessQuery(projectId: string) {
  return queryOptions({
    queryKey: ['projects', projectId, 'access'],
    queryFn: () => ok(api.GET('/api/admin/projects/{projectId}/access', at(projectId))),
  });
}

/** Somebody who has access: a person or service account, or a group. */
export interface Member {
  kind: 'user' | 'group';
  id: number;
}

/** Gives roles in a project to people and groups. */
export function giveAccess(projectId: string, members: Member[], roles: number[]) {
  const ids = (kind: Member['kind']) => members.filter((member) => member.kind === kind).map(({ id }) => id);
  return ok(
    api.POST('/api/admin/projects/{projectId}/access', { ...at(projectId), body: { roles, users: ids('user'), groups: ids('group') } }),
  );
}

/** Replaces the roles that somebody has in a project; with none, their access ends. */
export function setAccess(projectId: string, { kind, id }: Member, roles: number[]) {
  const [user, group] = [{ params: { path: { projectId, userId: id } } }, { params: { path: { projectId, groupId: id } } }];
  if (roles.length === 0) {
    return kind === 'user'
      ? ok(api.DELETE('/api/admin/projects/{projectId}/users/{userId}/roles', user))
      : ok(api.DELETE('/api/admin/projects/{projectId}/groups/{groupId}/roles', group));
  }
  return kind === 'user'
    ? ok(api.PUT('/api/admin/projects/{projectId}/users/{userId}/roles', { ...user, body: { roles } }))
    : ok(api.PUT('/api/admin/projects/{projectId}/groups/{groupId}/roles', { ...group, body: { roles } }));
}
