import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type WindowBody = Schemas['windowBodySchema'];
export type Window = Schemas['windowViewSchema'];
export type Recurrence = Schemas['windowRecurrenceSchema'];

/** The key under which everything lies that says when environments take changes. */
export const windowsKey = ['windows'];

/** The freezes and maintenance windows of an environment. */
export function windowsQuery(environment: string) {
  return queryOptions({
    queryKey: [...windowsKey, environment],
    queryFn: async () =>
      (await ok(api.GET('/api/admin/environments/{name}/windows', { params: { path: { name: environment } } }))).windows as Window[],
  });
}

/** Makes a window, or changes the one with an id. */
export async function saveWindow(name: string, id: number | undefined, body: WindowBody): Promise<void> {
  if (id === undefined) await ok(api.POST('/api/admin/environments/{name}/windows', { params: { path: { name } }, body }));
  else await ok(api.PUT('/api/admin/environments/{name}/windows/{id}', { params: { path: { name, id } }, body }));
}

export function deleteWindow(name: string, id: number) {
  return ok(api.DELETE('/api/admin/environments/{name}/windows/{id}', { params: { path: { name, id } } }));
}
