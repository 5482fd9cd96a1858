import type { InfiniteData, QueryClient, QueryKey } from '@tanstack/react-query';
import { type Flag, type FoundFlag, flagQuery, foundFlagsKey } from '../client/flags';

/** What a write will make of what has been read: under a key, and unless it is exact, under all that begin with it. */
export interface Foresight {
  queryKey: QueryKey;
  exact?: boolean;
  change: (data: never) => unknown;
}

const reads = ({ queryKey, exact = false }: Foresight) => ({ queryKey, exact });

/** Shows at once what writes will make of what has been read. Returns what takes that back. */
export async function foresee(queryClient: QueryClient, foresights: Foresight[]): Promise<() => void> {
  // An answer that is still on its way knows nothing of the write.
  await Promise.all(foresights.map((foresight) => queryClient.cancelQueries(reads(foresight))));
  const before = foresights.flatMap((foresight) => queryClient.getQueriesData(reads(foresight)));
  for (const foresight of foresights) {
    queryClient.setQueriesData(reads(foresight), (data: unknown) => (data === undefined ? undefined : foresight.change(data as never)));
  }
  const shown = before.map(([queryKey, data]) => ({ queryKey, data, foreseen: queryClient.getQueryData(queryKey) }));
  return () => {
    // What another write has foreseen since, or was read since, stays until it is read anew.
    for (const { queryKey, data, foreseen } of shown) {
      if (queryClient.getQueryData(queryKey) === foreseen) queryClient.setQueryData(queryKey, data);
    }
  };
}

/** The same change of a flag, on its page and wherever it is in a list. */
export function ofFlag(projectId: string, name: string, change: <F extends Flag | FoundFlag>(flag: F) => F): Foresight[] {
  return [
    { queryKey: flagQuery(projectId, name).queryKey, change: (flag: Flag) => change(flag) },
    {
      queryKey: foundFlagsKey,
      change: (found: InfiniteData<{ features: FoundFlag[] }>) => ({
        ...found,
        pages: found.pages.map((page) => ({
          ...page,
          features: page.features.map((flag) => (flag.project === projectId && flag.name === name ? change(flag) : flag)),
        })),
      }),
    },
  ];
}
