import { queryOptions } from '@tanstack/react-query';
import { api, ok } from './client';

/** What the instance is: its version, its limits, how people sign in. */
export const instanceQuery = queryOptions({
  queryKey: ['instance'],
  queryFn: () => ok(api.GET('/api/admin/ui-config')),
  staleTime: 60_000,
});

/** How much there is of everything. */
export const statisticsQuery = queryOptions({
  queryKey: ['instance', 'statistics'],
  queryFn: () => ok(api.GET('/api/admin/instance-admin/statistics')),
});

/** Whether change requests are on in the instance at all. */
export const masterSwitchQuery = queryOptions({
  queryKey: ['master-switch'],
  queryFn: async () => (await ok(api.GET('/api/admin/change-requests/settings'))).enabled,
});

export function setMasterSwitch(enabled: boolean) {
  return ok(api.PUT('/api/admin/change-requests/settings', { body: { enabled } }));
}

export function setOrigins(frontendApiOrigins: string[]) {
  return ok(api.POST('/api/admin/ui-config/cors', { body: { frontendApiOrigins } }));
}
