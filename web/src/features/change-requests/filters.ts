import { keep, kept } from '../../components/kept';

/** What a list of change requests is narrowed down to, and its order; it stands in the address. */
export interface RequestFilters {
  closed?: true;
  q?: string;
  sort?: 'title' | 'createdAt' | 'environment' | 'state';
  order?: 'asc' | 'desc';
}

const keyOf = (list: string) => `quorate-requests ${list}`;

/** The filters that were chosen last for a list of change requests, as they stood in its address: a project's list, or '' for that of all. */
export function keptFilters(list: string): Record<string, unknown> {
  try {
    return { ...(JSON.parse(kept(keyOf(list)) ?? '{}') as object | null) };
  } catch {
    return {};
  }
}

/** Keeps the filters of a list for the next time; what was searched for is no lasting choice. */
export function keepFilters(list: string, { q: _, ...filters }: RequestFilters) {
  keep(keyOf(list), JSON.stringify(filters));
}
