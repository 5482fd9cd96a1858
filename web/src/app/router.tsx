import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Navigate, notFound, Outlet, redirect } from '@tanstack/react-router';
import { protectionQuery, requestQuery } from '../client/change-requests';
import { basePath } from '../client/client';
import { flagQuery, flagsQuery } from '../client/flags';
import { unreadQuery } from '../client/inbox';
import { meQuery } from '../client/me';
import { environmentsQuery, projectQuery, projectsQuery } from '../client/projects';
import { FocusKeeper } from '../components/FocusKeeper';
import { Tips } from '../components/Tips';
import { Toasts } from '../components/Toasts';
import { keptFilters, type RequestFilters } from '../features/change-requests/filters';
import { type FlagFilters, searchOf } from '../features/flags/filters';
import { Crashed, NoPage } from './Fallbacks';
import { Frame } from './Frame';
import { Gate } from './Gate';
import { queryClient } from './query-client';

const root = createRootRoute({
  component: () => (
    <>
      <Outlet />
      <Toasts />
      <Tips />
      <FocusKeeper />
    </>
  ),
  notFoundComponent: NoPage,
});

// What people come to by a link, before they can sign in.
const outside = createRoute({ getParentRoute: () => root, id: 'outside' });

const newUser = createRoute({
  getParentRoute: () => outside,
  path: '/new-user',
  validateSearch: (search): { token?: string; invite?: string } => ({ ...text(search, 'token'), ...text(search, 'invite') }),
  component: lazyRouteComponent(() => import('../features/sign-in/NewUserPage'), 'NewUserPage'),
});

const resetPassword = createRoute({
  getParentRoute: () => outside,
  path: '/reset-password',
  validateSearch: (search): { token?: string } => text(search, 'token'),
  component: lazyRouteComponent(() => import('../features/sign-in/ResetPasswordPage'), 'ResetPasswordPage'),
});

// Everything else is for those who are signed in, inside the frame.
// The loaders ask for what a page shows while its code is on its way; the page itself shows what became of that.
const inside = createRoute({
  getParentRoute: () => root,
  id: 'inside',
  loader: () => {
    void queryClient.prefetchQuery(meQuery);
    void queryClient.prefetchQuery(projectsQuery);
    void queryClient.prefetchQuery(unreadQuery);
  },
  component: () => (
    <Gate>
      <Frame>
        <Outlet />
      </Frame>
    </Gate>
  ),
});

const home = createRoute({
  getParentRoute: () => inside,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/projects', replace: true });
  },
});

// Where the server leads after signing out; the gate then shows how to sign in.
const signedOut = createRoute({
  getParentRoute: () => inside,
  path: '/signed-out',
  component: () => <Navigate to="/projects" replace />,
});

const projects = createRoute({
  getParentRoute: () => inside,
  path: '/projects',
  validateSearch: (search): { q?: string; create?: true; archived?: true } => ({
    ...text(search, 'q'),
    ...truth(search, 'create'),
    ...truth(search, 'archived'),
  }),
  component: lazyRouteComponent(() => import('../features/projects/ProjectListPage'), 'ProjectListPage'),
});

const project = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId',
  validateSearch: (search): FlagFilters & { create?: true } => ({ ...flagFilters(search), ...text(search, 'by'), ...truth(search, 'create') }),
  loaderDeps: ({ search }) => search,
  loader: ({ params: { projectId }, deps: { create: _, ...filters } }) => {
    void queryClient.prefetchQuery(projectQuery(projectId));
    void queryClient.prefetchQuery(environmentsQuery(projectId));
    void queryClient.prefetchQuery(protectionQuery(projectId));
    void queryClient.prefetchInfiniteQuery(flagsQuery(searchOf({ ...filters, project: projectId })));
  },
  component: lazyRouteComponent(() => import('../features/flags/FlagListPage'), 'FlagListPage'),
});

const flags = createRoute({
  getParentRoute: () => inside,
  path: '/features',
  validateSearch: (search): FlagFilters => ({ ...flagFilters(search), ...text(search, 'project') }),
  component: lazyRouteComponent(() => import('../features/flags/AllFlagsPage'), 'AllFlagsPage'),
});

const flag = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/features/$featureName',
  validateSearch: (search): { tab?: 'usage' | 'settings' | 'history'; view?: 'past'; from?: string; to?: string } => ({
    ...oneOf(search, 'tab', ['usage', 'settings', 'history']),
    ...oneOf(search, 'view', ['past']),
    ...text(search, 'from'),
    ...text(search, 'to'),
  }),
  loader: ({ params: { projectId, featureName } }) => {
    void queryClient.prefetchQuery(flagQuery(projectId, featureName));
    void queryClient.prefetchQuery(protectionQuery(projectId));
  },
  component: lazyRouteComponent(() => import('../features/flags/FlagPage'), 'FlagPage'),
});

const projectRequests = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/change-requests',
  validateSearch: requestFilters,
  beforeLoad: ({ search, params }) => {
    const kept = requestFilters(keptFilters(params.projectId));
    if (isEmpty(search) && !isEmpty(kept)) throw redirect({ to: '/projects/$projectId/change-requests', params, search: kept, replace: true });
  },
  component: lazyRouteComponent(() => import('../features/change-requests/ProjectRequestsPage'), 'ProjectRequestsPage'),
});

const request = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/change-requests/$id',
  params: { parse: ({ projectId, id }) => ({ projectId, id: Number(id) }), stringify: ({ projectId, id }) => ({ projectId, id: String(id) }) },
  beforeLoad: ({ params }) => mustBeNumber(params.id),
  loader: ({ params: { projectId, id } }) => {
    void queryClient.prefetchQuery(requestQuery(projectId, id));
  },
  component: lazyRouteComponent(() => import('../features/change-requests/RequestPage'), 'RequestPage'),
});

const projectApplications = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/applications',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/applications/ProjectApplicationsPage'), 'ProjectApplicationsPage'),
});

const projectHistory = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/history',
  validateSearch: (search): { view?: 'past'; from?: string; to?: string } => ({
    ...oneOf(search, 'view', ['past']),
    ...text(search, 'from'),
    ...text(search, 'to'),
  }),
  component: lazyRouteComponent(() => import('../features/flags/ProjectHistoryPage'), 'ProjectHistoryPage'),
});

const importFlags = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/import',
  component: lazyRouteComponent(() => import('../features/flags/ImportPage'), 'ImportPage'),
});

const projectSettings = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/settings',
  component: lazyRouteComponent(() => import('../features/projects/GeneralSettingsPage'), 'GeneralSettingsPage'),
});

const environmentSettings = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/settings/environments',
  component: lazyRouteComponent(() => import('../features/projects/EnvironmentSettingsPage'), 'EnvironmentSettingsPage'),
});

const accessSettings = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/settings/access',
  component: lazyRouteComponent(() => import('../features/projects/AccessSettingsPage'), 'AccessSettingsPage'),
});

const tokenSettings = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/settings/api-tokens',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/projects/TokenSettingsPage'), 'TokenSettingsPage'),
});

const contextSettings = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/settings/context-fields',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/projects/ContextSettingsPage'), 'ContextSettingsPage'),
});

const playground = createRoute({
  getParentRoute: () => inside,
  path: '/playground',
  validateSearch: (search): { environments?: string; projects?: string; context?: string; changeRequest?: number } => ({
    ...understood(search, 'changeRequest', Number.isSafeInteger(search.changeRequest) ? (search.changeRequest as number) : undefined),
    ...text(search, 'environments'),
    ...text(search, 'projects'),
    ...text(search, 'context'),
  }),
  component: lazyRouteComponent(() => import('../features/playground/PlaygroundPage'), 'PlaygroundPage'),
});

const profile = createRoute({
  getParentRoute: () => inside,
  path: '/profile',
  component: lazyRouteComponent(() => import('../features/profile/ProfilePage'), 'ProfilePage'),
});

const notifications = createRoute({
  getParentRoute: () => inside,
  path: '/profile/notifications',
  component: lazyRouteComponent(() => import('../features/profile/NotificationsPage'), 'NotificationsPage'),
});

const inbox = createRoute({
  getParentRoute: () => inside,
  path: '/inbox',
  component: lazyRouteComponent(() => import('../features/inbox/InboxPage'), 'InboxPage'),
});

const upcoming = createRoute({
  getParentRoute: () => inside,
  path: '/upcoming',
  component: lazyRouteComponent(() => import('../features/upcoming/UpcomingPage'), 'UpcomingPage'),
});

const projectUpcoming = createRoute({
  getParentRoute: () => inside,
  path: '/projects/$projectId/upcoming',
  component: lazyRouteComponent(() => import('../features/upcoming/ProjectUpcomingPage'), 'ProjectUpcomingPage'),
});

const insights = createRoute({
  getParentRoute: () => inside,
  path: '/insights',
  validateSearch: (search): { project?: string; environment?: string; days?: string } => ({
    ...text(search, 'project'),
    ...text(search, 'environment'),
    ...text(search, 'days'),
  }),
  component: lazyRouteComponent(() => import('../features/insights/InsightPage'), 'InsightPage'),
});

// What is set for the whole instance.
const admin = createRoute({ getParentRoute: () => inside, path: '/admin' });

const adminHome = createRoute({
  getParentRoute: () => admin,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/admin/environments', replace: true });
  },
});

const users = createRoute({
  getParentRoute: () => admin,
  path: '/users',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/users/UserListPage'), 'UserListPage'),
});

const serviceAccounts = createRoute({
  getParentRoute: () => admin,
  path: '/service-accounts',
  component: lazyRouteComponent(() => import('../features/service-accounts/ServiceAccountListPage'), 'ServiceAccountListPage'),
});

const groups = createRoute({
  getParentRoute: () => admin,
  path: '/groups',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/groups/GroupListPage'), 'GroupListPage'),
});

const roles = createRoute({
  getParentRoute: () => admin,
  path: '/roles',
  component: lazyRouteComponent(() => import('../features/roles/RoleListPage'), 'RoleListPage'),
});

const apiTokens = createRoute({
  getParentRoute: () => admin,
  path: '/api-tokens',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/tokens/ApiTokenPage'), 'ApiTokenPage'),
});

const environments = createRoute({
  getParentRoute: () => admin,
  path: '/environments',
  component: lazyRouteComponent(() => import('../features/environments/EnvironmentListPage'), 'EnvironmentListPage'),
});

const windows = createRoute({
  getParentRoute: () => admin,
  path: '/environments/$name/windows',
  component: lazyRouteComponent(() => import('../features/windows/WindowListPage'), 'WindowListPage'),
});

const contextFields = createRoute({
  getParentRoute: () => admin,
  path: '/context-fields',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/context-fields/ContextFieldPage'), 'ContextFieldPage'),
});

const tags = createRoute({
  getParentRoute: () => admin,
  path: '/tags',
  component: lazyRouteComponent(() => import('../features/tags/TagPage'), 'TagPage'),
});

const strategyTypes = createRoute({
  getParentRoute: () => admin,
  path: '/strategy-types',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/strategy-types/StrategyTypePage'), 'StrategyTypePage'),
});

const signOn = createRoute({
  getParentRoute: () => admin,
  path: '/sign-on',
  component: lazyRouteComponent(() => import('../features/sign-on/SignOnPage'), 'SignOnPage'),
});

const integrations = createRoute({
  getParentRoute: () => admin,
  path: '/integrations',
  component: lazyRouteComponent(() => import('../features/integrations/IntegrationListPage'), 'IntegrationListPage'),
});

const integration = createRoute({
  getParentRoute: () => admin,
  path: '/integrations/$id',
  params: { parse: ({ id }) => ({ id: Number(id) }), stringify: ({ id }) => ({ id: String(id) }) },
  beforeLoad: ({ params }) => mustBeNumber(params.id),
  component: lazyRouteComponent(() => import('../features/integrations/IntegrationPage'), 'IntegrationPage'),
});

const applications = createRoute({
  getParentRoute: () => admin,
  path: '/applications',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/applications/ApplicationListPage'), 'ApplicationListPage'),
});

const application = createRoute({
  getParentRoute: () => admin,
  path: '/applications/$name',
  component: lazyRouteComponent(() => import('../features/applications/ApplicationPage'), 'ApplicationPage'),
});

const instance = createRoute({
  getParentRoute: () => admin,
  path: '/instance',
  component: lazyRouteComponent(() => import('../features/instance/InstancePage'), 'InstancePage'),
});

const requests = createRoute({
  getParentRoute: () => inside,
  path: '/change-requests',
  validateSearch: allRequestFilters,
  beforeLoad: ({ search }) => {
    const kept = allRequestFilters(keptFilters(''));
    if (isEmpty(search) && !isEmpty(kept)) throw redirect({ to: '/change-requests', search: kept, replace: true });
  },
  component: lazyRouteComponent(() => import('../features/change-requests/RequestListPage'), 'RequestListPage'),
});

const segments = createRoute({
  getParentRoute: () => inside,
  path: '/segments',
  validateSearch: word,
  component: lazyRouteComponent(() => import('../features/segments/SegmentListPage'), 'SegmentListPage'),
});

const events = createRoute({
  getParentRoute: () => inside,
  path: '/events',
  validateSearch: (search): { q?: string; type?: string; project?: string; environment?: string; by?: string; from?: string; to?: string } => ({
    ...text(search, 'q'),
    ...text(search, 'type'),
    ...text(search, 'project'),
    ...text(search, 'environment'),
    ...text(search, 'by'),
    ...text(search, 'from'),
    ...text(search, 'to'),
  }),
  component: lazyRouteComponent(() => import('../features/events/EventListPage'), 'EventListPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    outside.addChildren([newUser, resetPassword]),
    inside.addChildren([
      home,
      signedOut,
      projects,
      flags,
      project,
      projectRequests,
      request,
      projectApplications,
      projectHistory,
      importFlags,
      projectSettings,
      environmentSettings,
      accessSettings,
      tokenSettings,
      contextSettings,
      flag,
      requests,
      segments,
      playground,
      events,
      profile,
      notifications,
      inbox,
      upcoming,
      projectUpcoming,
      insights,
      admin.addChildren([adminHome, users, serviceAccounts, groups, roles, apiTokens, environments, windows, contextFields, tags, strategyTypes, signOn, integrations, integration, applications, application, instance]),
    ]),
  ]),
  basepath: basePath === '' ? '/' : basePath,
  defaultPreload: 'intent',
  defaultErrorComponent: Crashed,
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

/** Refuses an address in which something else stands where a number belongs. */
function mustBeNumber(id: number) {
  if (!Number.isSafeInteger(id)) throw notFound();
}

/** What a list is narrowed down to by its search. */
function word(search: Record<string, unknown>): { q?: string } {
  return text(search, 'q');
}

/** The filters that every list of flags has. */
function flagFilters(search: Record<string, unknown>): FlagFilters {
  return {
    ...text(search, 'q'),
    ...text(search, 'type'),
    ...oneOf(search, 'state', ['stale', 'active', 'archived']),
    ...oneOf(search, 'stage', ['initial', 'pre-live', 'live', 'completed']),
    ...text(search, 'tag'),
    ...text(search, 'status'),
    ...truth(search, 'favorite'),
    ...oneOf(search, 'sort', ['name', 'createdAt']),
    ...oneOf(search, 'order', ['asc', 'desc']),
  };
}

/** The filters that every list of change requests has. */
function requestFilters(search: Record<string, unknown>): RequestFilters {
  return {
    ...truth(search, 'closed'),
    ...text(search, 'q'),
    ...oneOf(search, 'sort', ['title', 'createdAt', 'environment', 'state']),
    ...oneOf(search, 'order', ['asc', 'desc']),
  };
}

function allRequestFilters(search: Record<string, unknown>): RequestFilters & { whose?: 'asked' | 'all' } {
  return { ...requestFilters(search), ...oneOf(search, 'whose', ['asked', 'all']) };
}

function isEmpty(filters: object): boolean {
  return Object.values(filters).every((value) => value === undefined);
}

/** A parameter of an address that is any text; the router reads 42 as a number. */
function text<K extends string>(search: Record<string, unknown>, key: K): { [P in K]?: string } {
  const value = search[key];
  return understood(search, key, ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined);
}

function oneOf<K extends string, const V extends string>(search: Record<string, unknown>, key: K, values: readonly V[]): { [P in K]?: V } {
  return understood(search, key, values.find((one) => one === search[key]));
}

function truth<K extends string>(search: Record<string, unknown>, key: K): { [P in K]?: true } {
  return understood(search, key, search[key] === true ? true : undefined);
}

/**
 * A parameter as it was understood. One that was not is named as undefined: to what is
 * left out here, the router gives the value that stands in the address, whatever it is.
 */
function understood<K extends string, V>(search: Record<string, unknown>, key: K, value: V | undefined): { [P in K]?: V } {
  return (key in search ? { [key]: value } : {}) as { [P in K]?: V };
}
