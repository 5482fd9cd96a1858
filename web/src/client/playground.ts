import { api, ok, type Schemas } from './client';

export type Asked = Schemas['advancedPlaygroundRequestSchema'];
export type Answer = Schemas['advancedPlaygroundEnvironmentFeatureSchema'];
export type AskedStrategy = Schemas['playgroundStrategySchema'];

/** Asks flags in several environments, with every combination of the context's values. */
export function ask(body: Asked) {
  return ok(api.POST('/api/admin/playground/advanced', { body }));
}
