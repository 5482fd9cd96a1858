/** The pages of what is set for the whole instance, in their order, with the permission without which they show nothing. */
export const adminPages = [
  { to: '/admin/environments', name: 'environments', permission: undefined },
  { to: '/admin/context-fields', name: 'contextFields', permission: undefined },
  { to: '/admin/tags', name: 'tags', permission: undefined },
  { to: '/admin/strategy-types', name: 'strategyTypes', permission: undefined },
  { to: '/admin/api-tokens', name: 'tokens', permission: 'READ_CLIENT_API_TOKEN' },
  { to: '/admin/users', name: 'users', permission: 'ADMIN' },
  { to: '/admin/service-accounts', name: 'accounts', permission: 'ADMIN' },
  { to: '/admin/groups', name: 'groups', permission: undefined },
  { to: '/admin/roles', name: 'roles', permission: 'READ_ROLE' },
  { to: '/admin/sign-on', name: 'signOn', permission: 'UPDATE_AUTH_CONFIGURATION' },
  { to: '/admin/integrations', name: 'integrations', permission: undefined },
  { to: '/admin/applications', name: 'applications', permission: undefined },
  { to: '/admin/instance', name: 'instance', permission: undefined },
] as const;
