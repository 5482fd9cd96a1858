import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failed, Loading } from './states';

/** What was asked of the server, and what came of it so far. */
export type Question<T> = Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;

interface ListProps<T> {
  query: Question<T>;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** What was asked for, or that it is on its way, or why it did not come. */
export function Loaded<T>({ query, lines = 5, children }: ListProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failed error={query.error} retry={() => query.refetch()} />;
  return <Loading lines={lines} height={42} />;
}
