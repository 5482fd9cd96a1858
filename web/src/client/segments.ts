import { queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type Segment = Schemas['segmentUsedSchema'];

export const segmentsQuery = queryOptions({
  queryKey: ['segments'],
  queryFn: async () => (await ok(api.GET('/api/admin/segments'))).segments,
});

/** The strategies that use a segment, and those that open change requests would make use it. */
export function segmentUsesQuery(id: number) {
  return queryOptions({
    queryKey: ['segments', id, 'strategies'],
    queryFn: () => ok(api.GET('/api/admin/segments/{id}/strategies', { params: { path: { id } } })),
  });
}

export async function saveSegment(id: number | undefined, body: Schemas['upsertSegmentSchema']): Promise<void> {
  if (id === undefined) await ok(api.POST('/api/admin/segments', { body }));
  else await ok(api.PUT('/api/admin/segments/{id}', { params: { path: { id } }, body }));
}

export function deleteSegment(id: number) {
  return ok(api.DELETE('/api/admin/segments/{id}', { params: { path: { id } } }));
}
