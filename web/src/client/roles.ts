import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type Role = Schemas['roleSchema'];
export type RolePermission = Schemas['rolePermissionSchema'];
export type Permission = Schemas['adminPermissionSchema'];

export const rolesQuery = queryOptions({
  queryKey: ['roles'],
  queryFn: async () => (await ok(api.GET('/api/admin/roles'))).roles,
  staleTime: 30_000,
});

export function roleQuery(roleId: number) {
  return queryOptions({
    queryKey: ['roles', roleId],
    queryFn: () => ok(api.GET('/api/admin/roles/{roleId}', { params: { path: { roleId } } })),
  });
}

/** All permissions that roles can have. */
export const permissionsQuery = queryOptions({
  queryKey: ['permissions'],
  queryFn: async () => (await ok(api.GET('/api/admin/permissions'))).permissions,
  staleTime: 60_000,
});

export async function saveRole(id: number | undefined, body: Schemas['createRoleWithPermissionsSchema']): Promise<void> {
  if (id === undefined) await ok(api.POST('/api/admin/roles', { body }));
  else await ok(api.PUT('/api/admin/roles/{roleId}', { params: { path: { roleId: id } }, body }));
}

export function deleteRole(roleId: number) {
  return ok(api.DELETE('/api/admin/roles/{roleId}', { params: { path: { roleId } } }));
}

/** Whether a role is given in the whole instance; others are given in projects. */
export function isRootRole(role: { type: string }): boolean {
  return role.type === 'root' || role.type === 'root-custom';
}

/** Whether a role is built in, so that nobody changes or deletes it. */
export function isBuiltIn(role: { type: string }): boolean {
  return role.type === 'root' || role.type === 'project';
}
