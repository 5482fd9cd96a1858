import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type Tally = Schemas['insightTallySchema'];
export type Span = Schemas['insightSpanSchema'];
export type Course = Schemas['insightCourseSchema'];
export type Period = Schemas['insightPeriodSchema'];
export type PlaceTally = Schemas['insightPlaceSchema'];
export type Insight = Omit<Schemas['insightSchema'], 'periods' | 'places'> & { periods: Period[]; places: PlaceTally[] };

/** Where and from which day on one wants to know how requests fared. */
export interface InsightSearch {
  project?: string;
  environment?: string;
  from: string;
}

/** How change requests fared that were sent to review since a day. */
export function insightQuery(search: InsightSearch) {
  return queryOptions({
    queryKey: ['insights', search],
    queryFn: async () => (await ok(api.GET('/api/admin/insights/change-requests', { params: { query: search } }))) as Insight,
    placeholderData: (previous) => previous,
  });
}
