import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type ApiToken = Schemas['aPITokenSchema'];
export type TokenType = 'backend' | 'frontend' | 'admin';

/** The tokens by which SDKs and tools call: all that the person may see, or those of a project alone. */
export function apiTokensQuery(projectId?: string) {
  return queryOptions({
    queryKey: ['api-tokens', projectId ?? ''],
    queryFn: async () =>
      projectId === undefined
        ? (await ok(api.GET('/api/admin/api-tokens'))).tokens
        : (await ok(api.GET('/api/admin/projects/{projectId}/api-tokens', { params: { path: { projectId } } }))).tokens,
  });
}

export function createApiToken(projectId: string | undefined, { projects, ...body }: Schemas['createAPITokenSchema']) {
  return projectId === undefined
    ? ok(api.POST('/api/admin/api-tokens', { body: { ...body, ...(projects ? { projects } : {}) } }))
    : ok(api.POST('/api/admin/projects/{projectId}/api-tokens', { params: { path: { projectId } }, body }));
}

export function deleteApiToken(projectId: string | undefined, token: string) {
  return projectId === undefined
    ? ok(api.DELETE('/api/admin/api-tokens/{token}', { params: { path: { token } } }))
    : ok(api.DELETE('/api/admin/projects/{projectId}/api-tokens/{token}', { params: { path: { projectId, token } } }));
}
