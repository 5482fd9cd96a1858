import { api, ok, type Schemas } from './client';

export type Asked = Schemas['advancedPlaygroundRequestSchema'];
export type Answer = Schemas['advancedPlaygroundEnvironmentFeatureSchema'];
export type AskedStrategy = Schemas['playgroundStrategySchema'];

/** Asks the flags of a change request's project in its environment, as they are and as they would be with it. */
export function tryRequest(id: number, context: Asked['context']) {
  return ok(api.POST('/api/admin/playground/change-request/{id}', { params: { path: { id } }, body: { context } }));
}

/** Asks flags in several environments, with every combination of the context's values. */
export function ask(body: Asked) {
  return ok(api.POST('/api/admin/playground/advanced', { body }));
}
