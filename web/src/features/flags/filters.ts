import type { FlagSearch } from '../../client/flags';

/** The filters of a list of flags, as they stand in the address. */
export interface FlagFilters {
  q?: string;
  project?: string;
  type?: string;
  state?: 'stale' | 'active' | 'archived';
  stage?: 'initial' | 'pre-live' | 'live' | 'completed';
  tag?: string;
  by?: string;
  status?: string;
  favorite?: true;
  sort?: 'name' | 'createdAt';
  order?: 'asc' | 'desc';
}

/** Changes of some filters; undefined takes one away. */
export type FilterChanges = { [K in keyof FlagFilters]?: FlagFilters[K] | undefined };

/** Filters with changes made to them, without those that are empty. */
export function changed(filters: FlagFilters, changes: FilterChanges): FlagFilters {
  return Object.fromEntries(Object.entries({ ...filters, ...changes }).filter(([, value]) => value !== undefined));
}

/** Whether anything is left out of a list. */
export function isFiltered({ sort, order, ...filters }: FlagFilters): boolean {
  return Object.values(filters).some(Boolean);
}

/** What to ask the server for: in all projects, unless one is named. */
export function searchOf(filters: FlagFilters): FlagSearch {
  return {
    sortBy: filters.sort ?? 'name',
    sortOrder: filters.order ?? 'asc',
    favoritesFirst: 'true',
    ...(filters.project ? { project: `IS:${filters.project}` } : {}),
    ...(filters.q ? { query: filters.q } : {}),
    ...(filters.type ? { type: `IS:${filters.type}` } : {}),
    ...(filters.stage ? { lifecycle: `IS:${filters.stage}` } : {}),
    ...(filters.tag ? { tag: `INCLUDE:${filters.tag}` } : {}),
    ...(filters.by ? { createdBy: `IS:${filters.by}` } : {}),
    ...(filters.status ? { status: [filters.status] } : {}),
    ...(filters.favorite ? { favorite: 'IS:true' } : {}),
    ...(filters.state === 'archived' ? { archived: 'IS:true' } : {}),
    ...(filters.state === 'stale' || filters.state === 'active' ? { state: `IS:${filters.state}` } : {}),
  };
}
