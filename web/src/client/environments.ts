import { api, ok, type Schemas } from './client';

export type Environment = Schemas['environmentCountedSchema'];

/** The types of environments; others are accepted, and treated as none of these. */
export const environmentTypes = ['development', 'test', 'preproduction', 'production'] as const;

export function createEnvironment(body: Schemas['createEnvironmentSchema']) {
  return ok(api.POST('/api/admin/environments', { body }));
}

export function updateEnvironment(name: string, body: Schemas['updateEnvironmentSchema']) {
  return ok(api.PUT('/api/admin/environments/update/{name}', { params: { path: { name } }, body }));
}

export function cloneEnvironment(name: string, body: Schemas['cloneEnvironmentSchema']) {
  return ok(api.POST('/api/admin/environments/{name}/clone', { params: { path: { name } }, body }));
}

export function switchEnvironment(name: string, on: boolean) {
  const at = { params: { path: { name } } };
  return on ? ok(api.POST('/api/admin/environments/{name}/on', at)) : ok(api.POST('/api/admin/environments/{name}/off', at));
}

/** Puts environments in the order of their names here. */
export function orderEnvironments(names: string[]) {
  return ok(api.PUT('/api/admin/environments/sort-order', { body: Object.fromEntries(names.map((name, index) => [name, index + 1])) }));
}

export function deleteEnvironment(name: string) {
  return ok(api.DELETE('/api/admin/environments/{name}', { params: { path: { name } } }));
}
