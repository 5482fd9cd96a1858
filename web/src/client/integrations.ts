import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

/** An integration, which the API calls an addon. */
export type Integration = Schemas['addonSchema'];
export type IntegrationBody = Schemas['addonCreateUpdateSchema'];
export type Provider = Schemas['addonTypeSchema'];
export type Parameter = Schemas['addonParameterSchema'];
export type Attempt = Schemas['integrationEventSchema'];

/** What stands in the place of a secret; sent back, the secret stays. */
export const masked = '*****';

export const integrationsKey = ['integrations'];

/** All integrations, and the providers that there are. */
export const integrationsQuery = queryOptions({
  queryKey: [...integrationsKey, 'all'],
  queryFn: () => ok(api.GET('/api/admin/addons')),
});

export function integrationQuery(id: number) {
  return queryOptions({
    queryKey: [...integrationsKey, id],
    queryFn: () => ok(api.GET('/api/admin/addons/{id}', { params: { path: { id } } })),
  });
}

/** What became of the last attempts, newest first. */
export function attemptsQuery(id: number) {
  return queryOptions({
    queryKey: [...integrationsKey, id, 'attempts'],
    queryFn: async () => (await ok(api.GET('/api/admin/addons/{id}/events', { params: { path: { id }, query: { limit: '100' } } }))).integrationEvents,
  });
}

/** Creates an integration, or changes one. A signing secret that was made for it is in the answer, in its parameters. */
export async function saveIntegration(id: number | undefined, body: IntegrationBody): Promise<Integration> {
  if (id !== undefined) return ok(api.PUT('/api/admin/addons/{id}', { params: { path: { id } }, body }));
  // The document names no field of this answer; it has those of an integration.
  return (await ok(api.POST('/api/admin/addons', { body }))) as unknown as Integration;
}

export function deleteIntegration(id: number) {
  return ok(api.DELETE('/api/admin/addons/{id}', { params: { path: { id } } }));
}

/** Sends a test. Returns the id of its delivery. */
export async function testIntegration(id: number): Promise<string> {
  return (await ok(api.POST('/api/admin/addons/{id}/test', { params: { path: { id } } }))).id;
}
