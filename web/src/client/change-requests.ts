import { infiniteQueryOptions, queryOptions, useQueries, useQuery } from '@tanstack/react-query';
import type { Change, Place, SegmentChange } from './change';
import { api, ok, type Schemas } from './client';
import { type Me, meQuery } from './me';
import { headerOf, reasonHeader } from './reason';
import { type Segment, segmentUsesQuery } from './segments';

export type ChangeRequest = Schemas['changeRequestSchema'];
export type ChangeRequestSummary = Schemas['changeRequestSummarySchema'];
export type Entry = Schemas['changeRequestEntrySchema'];
export type Impact = Schemas['changeRequestImpactSchema'];
export type Clash = Schemas['changeRequestClashSchema'];
export type Upcoming = Schemas['upcomingItemSchema'];
export type Occurrence = Schemas['windowOccurrenceSchema'];
export type Protection = Schemas['changeRequestEnvironmentConfigSchema'];

const at = (projectId: string, id: number) => ({ params: { path: { projectId, id } } });

/** The key under which everything lies that changes with a change request. */
export const changeRequestsKey = ['change-requests'];

/** Which environments of a project are protected, and how. */
export function protectionQuery(projectId: string) {
  return queryOptions({
    queryKey: ['protection', projectId],
    queryFn: () => ok(api.GET('/api/admin/projects/{projectId}/change-requests/config', { params: { path: { projectId } } })),
    staleTime: 30_000,
  });
}

/** One's own requests that are not closed. */
export function pendingQuery(projectId: string) {
  return queryOptions({
    queryKey: [...changeRequestsKey, projectId, 'pending'],
    queryFn: () => ok(api.GET('/api/admin/projects/{projectId}/change-requests/pending', { params: { path: { projectId } } })),
    refetchInterval: 15_000,
  });
}

/** The open requests that change a flag, without others' drafts. */
export function flagRequestsQuery(projectId: string, featureName: string) {
  return queryOptions({
    queryKey: [...changeRequestsKey, projectId, 'flag', featureName],
    queryFn: () =>
      ok(api.GET('/api/admin/projects/{projectId}/change-requests/pending/{featureName}', { params: { path: { projectId, featureName } } })),
    refetchInterval: 15_000,
  });
}

export function requestsQuery(projectId: string) {
  return queryOptions({
    queryKey: [...changeRequestsKey, projectId, 'list'],
    queryFn: () => ok(api.GET('/api/admin/projects/{projectId}/change-requests', { params: { path: { projectId } } })),
    refetchInterval: 15_000,
  });
}

/** How many requests of a project wait for the person. */
export function actionableQuery(projectId: string) {
  return queryOptions({
    queryKey: [...changeRequestsKey, projectId, 'actionable'],
    queryFn: async () =>
      (await ok(api.GET('/api/admin/projects/{projectId}/change-requests/actionable', { params: { path: { projectId } } }))).total,
    refetchInterval: 30_000,
  });
}

/** A request, read again every few seconds: others may be at it. */
export function requestQuery(projectId: string, id: number) {
  return queryOptions({
    queryKey: [...changeRequestsKey, projectId, id],
    queryFn: () => ok(api.GET('/api/admin/projects/{projectId}/change-requests/{id}', at(projectId, id))),
    refetchInterval: 4000,
  });
}

/** Who is asked for a review, by their ids. */
export interface Asked {
  people: number[];
  groups: number[];
}

/** The people and groups who may approve changes in an environment. */
export function reviewersQuery(projectId: string, environment: string) {
  return queryOptions({
    queryKey: ['reviewers', projectId, environment],
    queryFn: () =>
      ok(
        api.GET('/api/admin/projects/{projectId}/change-requests/available-reviewers/{environment}', {
          params: { path: { projectId, environment } },
        }),
      ),
    staleTime: 60_000,
  });
}

export interface RequestSearch {
  createdBy?: string;
  requestedApproverId?: string;
  state?: string;
  feature?: string;
  environment?: string;
  /** A text in the title, or a number. */
  query?: string;
  sortBy?: 'title' | 'createdAt' | 'environment' | 'state';
  sortOrder?: 'asc' | 'desc';
}

const pageSize = 25;

/** The requests of all projects that a search finds, page after page. */
export function requestSearchQuery(search: RequestSearch) {
  return infiniteQueryOptions({
    queryKey: [...changeRequestsKey, 'search', search],
    queryFn: ({ pageParam }) =>
      ok(
        api.GET('/api/admin/search/change-requests', {
          params: { query: { ...search, offset: String(pageParam), limit: String(pageSize) } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const shown = all.reduce((sum, page) => sum + page.changeRequests.length, 0);
      return shown < last.total ? shown : undefined;
    },
    refetchInterval: 30_000,
  });
}

/** Adds changes to one's request in an environment, or to a new draft. */
export function propose(projectId: string, environment: string, changes: (Change | SegmentChange)[]) {
  return ok(
    api.POST('/api/admin/projects/{projectId}/environments/{environment}/change-requests', {
      params: { path: { projectId, environment } },
      body: changes,
    }),
  );
}

/** Moves a request to a state. Where a window forbids that and one may do it all the same, it takes a reason. */
export function setState(projectId: string, id: number, body: Schemas['changeRequestStateSchema'], reason = '') {
  const headers = reason === '' ? {} : { [reasonHeader]: headerOf(reason) };
  return ok(api.PUT('/api/admin/projects/{projectId}/change-requests/{id}/state', { ...at(projectId, id), body, headers }));
}

/** What a direct write is about to touch: flags as a whole, strategies, the variants of flags, or segments. */
export interface Touched {
  feature?: string[];
  strategyId?: string[];
  variantForFlag?: string[];
  segmentId?: number[];
}

/** The scheduled requests that change something. */
export function scheduledQuery(projectId: string, touched: Touched) {
  return queryOptions({
    queryKey: [...changeRequestsKey, projectId, 'scheduled', touched],
    queryFn: () =>
      ok(api.GET('/api/admin/projects/{projectId}/change-requests/scheduled', { params: { path: { projectId }, query: touched } })),
  });
}

/** What is scheduled in a project or in all, the earliest first, page after page; beside it the windows of some days from now on. */
export function upcomingQuery(days: number, projectId?: string) {
  return infiniteQueryOptions({
    queryKey: [...changeRequestsKey, 'upcoming', days, projectId],
    queryFn: async ({ pageParam }) => {
      const to = new Date(Date.now() + days * 86_400_000).toISOString();
      const query = { offset: String(pageParam), limit: String(pageSize), to, ...(projectId === undefined ? {} : { project: [projectId] }) };
      const { upcoming, total, windows } = await ok(api.GET('/api/admin/upcoming', { params: { query } }));
      return { upcoming: upcoming as Upcoming[], total, windows: windows as Occurrence[] };
    },
    initialPageParam: 0,
    getNextPageParam: (last, all) => {
      const shown = all.reduce((sum, page) => sum + page.upcoming.length, 0);
      return shown < last.total ? shown : undefined;
    },
    refetchInterval: 15_000,
  });
}

export function describe(projectId: string, id: number, body: Schemas['changeRequestUpdateTitleSchema']) {
  return ok(api.PUT('/api/admin/projects/{projectId}/change-requests/{id}/title', { ...at(projectId, id), body }));
}

/** Says which people and groups are asked for a review. */
export function askReviewers({ project, id }: ChangeRequest, { people, groups }: Asked) {
  const body = { reviewers: people, reviewerGroups: groups };
  return ok(api.PUT('/api/admin/projects/{projectId}/change-requests/{id}/approvers', { ...at(project, id), body }));
}

export function comment(projectId: string, id: number, text: string) {
  return ok(api.POST('/api/admin/projects/{projectId}/change-requests/{id}/comments', { ...at(projectId, id), body: { text } }));
}

export function discard(projectId: string, id: number) {
  return ok(api.DELETE('/api/admin/projects/{projectId}/change-requests/{id}', at(projectId, id)));
}

export function discardChange(projectId: string, id: number, changeId: number) {
  return ok(
    api.DELETE('/api/admin/projects/{projectId}/change-requests/{id}/changes/{changeId}', { params: { path: { projectId, id, changeId } } }),
  );
}

/** Replaces a change of a request by another of the same action. */
export function editChange(request: ChangeRequest, changeId: number, body: Schemas['changeRequestCreateSchema']) {
  return ok(
    api.PUT('/api/admin/projects/{projectId}/change-requests/{id}/changes/{changeId}', {
      params: { path: { projectId: request.project, id: request.id, changeId } },
      body,
    }),
  );
}

/** Drafts a request that undoes an applied one. */
export function undo(projectId: string, id: number) {
  return ok(api.POST('/api/admin/projects/{projectId}/change-requests/{id}/undo', at(projectId, id)));
}

export function withdraw(projectId: string, id: number) {
  return ok(api.DELETE('/api/admin/projects/{projectId}/change-requests/{id}/approval', at(projectId, id)));
}

export function protect(projectId: string, environment: string, body: Schemas['updateChangeRequestEnvironmentConfigSchema']) {
  return ok(
    api.PUT('/api/admin/projects/{projectId}/environments/{environment}/change-requests/config', {
      params: { path: { projectId, environment } },
      body,
    }),
  );
}

/**
 * Says whether an action can be taken now, and if not, why. A refusal that names what has
 * moved is none: the app shows that first, and names it when it asks for the action.
 */
export function actionOf({ allowedActions, driftId }: ChangeRequest, action: string) {
  const { allowed = false, reason = '' } = allowedActions.find((one) => one.action === action) ?? {};
  return {
    allowed: allowed || (driftId !== undefined && reason.includes(driftId)),
    /** Why it cannot be taken. */
    reason,
    /** What a window forbids and one may do all the same, with a reason: what the server says of that. */
    emergency: allowed && reason !== '' ? reason : undefined,
  };
}

/** How many changes a request has. */
export function countOf(request: ChangeRequest): number {
  return request.segments.length + request.features.reduce((sum, feature) => sum + feature.changes.length, 0);
}

/**
 * The protections of a project under which somebody has to propose. Who may skip change
 * requests edits directly; being an admin is not enough, so that admins see what everybody
 * sees.
 */
function binding(protections: Protection[], me: Me | undefined, projectId: string): Protection[] {
  return protections.filter(
    (one) =>
      one.changeRequestEnabled &&
      !me?.permissions.some(
        (grant) =>
          grant.permission === 'SKIP_CHANGE_REQUEST' &&
          (!grant.project || grant.project === '*' || grant.project === projectId) &&
          (!grant.environment || grant.environment === '*' || grant.environment === one.environment),
      ),
  );
}

function productionFirst<T extends { type: string }>(all: T[]): T | undefined {
  return all.find((one) => one.type === 'production') ?? all[0];
}

/** Says where edits have to be proposed. */
export function useProtection(projectId: string) {
  const { data: protections = [] } = useQuery(protectionQuery(projectId));
  const { data: me } = useQuery(meQuery);
  const guarded = binding(protections, me, projectId);
  return {
    /** The protection of an environment, if edits there have to be proposed. */
    of: (environment: string) => guarded.find((one) => one.environment === environment),
    /** Where what takes effect in all environments is proposed, if it has to be. */
    anywhere: productionFirst(guarded),
  };
}

/**
 * Says in which projects a segment takes effect, and where an edit of it is proposed, if it has to be. One that a project owns
 * takes effect in all environments of that project; a global one wherever it is used.
 */
export function useSegmentProtection(segment: Segment | undefined) {
  const owner = segment?.project;
  const global = segment !== undefined && !owner;
  const { data, isLoading } = useQuery({ ...segmentUsesQuery(segment?.id ?? 0), enabled: global });
  const { data: me } = useQuery(meQuery);
  const uses = data?.strategies ?? [];
  const projects = owner ? [owner] : [...new Set(uses.map((use) => use.projectId))];
  const answers = useQueries({ queries: projects.map((projectId) => protectionQuery(projectId)) });
  const places = projects.flatMap((projectId, index) =>
    binding(answers[index]?.data ?? [], me, projectId)
      .filter(({ environment }) => owner || uses.some((use) => use.projectId === projectId && use.environment === environment))
      .map(({ environment, type }) => ({ projectId, environment, type })),
  );
  const place: Place | undefined = productionFirst(places);
  return { place, projects, loading: isLoading || answers.some((answer) => answer.isLoading) };
}
