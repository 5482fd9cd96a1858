/** A scheduled change request that a write has suspended. */
export interface Suspended {
  projectId: string;
  id: number;
}

let listener: (suspended: Suspended[]) => void = () => {};

/** Says who is told when a write has suspended scheduled requests. */
export function onSuspended(tell: (suspended: Suspended[]) => void) {
  listener = tell;
}

const link = /\/projects\/([^/>]+)\/change-requests\/(\d+)>; rel="related"; title="suspended"/g;

/** Tells of the scheduled requests that an answer names as suspended; its links say where they are. */
export function tellSuspended(headers: Headers) {
  if (!headers.has('Quorate-Suspended')) return;
  const found = (headers.get('Link') ?? '').matchAll(link);
  listener([...found].map(([, projectId = '', id = '']) => ({ projectId: decodeURIComponent(projectId), id: Number(id) })));
}
