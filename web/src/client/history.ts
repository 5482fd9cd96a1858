import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';
import type { Strategy } from './flags';

export type HistoryDifference = Schemas['historyDifferenceSchema'];
export type Moment = Schemas['historyMomentSchema'];

/** What is looked at: a project with its flags, or one flag. */
export interface Scope {
  project?: string;
  feature?: string;
}

/** A flag in the form in which the ledger keeps it: what is off or empty is left out. */
export interface PastFlag {
  name: string;
  project: string;
  archivedAt?: string;
  environments?: { environment: string; enabled?: boolean; strategies?: (Strategy & { id: string })[] }[];
}

// What was does not change any more; only the present does.
const staleTime = 10_000;

/** How the configuration differs between two moments: revisions or times; without the later one, now. */
export function differenceQuery(scope: Scope, from: string, to: string | undefined) {
  return queryOptions({
    queryKey: ['history', 'diff', scope, from, to ?? ''],
    queryFn: () => ok(api.GET('/api/admin/history/diff', { params: { query: { ...scope, from, ...(to ? { to } : {}) } } })),
    staleTime,
    retry: false,
  });
}

/** The flags as they were at a moment. */
export function pastQuery(scope: Scope, at: string) {
  return queryOptions({
    queryKey: ['history', 'state', scope, at],
    queryFn: async () => {
      const { features, ...state } = await ok(api.GET('/api/admin/history/state', { params: { query: { ...scope, at } } }));
      return { ...state, flags: features as unknown as PastFlag[] };
    },
    staleTime,
    retry: false,
  });
}
