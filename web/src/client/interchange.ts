import type { ChangeRequest } from './change-requests';
import { api, ok, type Schemas } from './client';

/** Flags in Unleash's export format. */
export type Export = Schemas['exportResultSchema'];
/** What an import would meet. */
export type ImportCheck = Schemas['importTogglesValidateSchema'];

export interface Import {
  project: string;
  environment: string;
  data: Export;
}

/** Returns flags as they are in an environment; without names, all of the project. */
export function exportFlags(project: string, environment: string, features: string[] | undefined) {
  return ok(api.POST('/api/admin/features-batch/export', { body: { environment, project, ...(features ? { features } : {}) } }));
}

/** Says what an import would do, and why it would be refused; changes nothing. */
export function checkImport(body: Import) {
  return ok(api.POST('/api/admin/features-batch/validate', { body }));
}

/** Imports flags. What acts in a protected environment becomes a change request, which is then returned. */
export async function importFlags(body: Import): Promise<ChangeRequest | undefined> {
  const answer: unknown = await ok(api.POST('/api/admin/features-batch/import', { body }));
  return typeof answer === 'object' && answer !== null && 'id' in answer ? (answer as ChangeRequest) : undefined;
}
