import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failed, Loading } from './states';

interface ListProps<T> {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'isPending' | 'refetch'>;
  lines?: number;
  children: (data: T) => ReactNode;
}

/** What was asked for, or that it is on its way, or why it did not come. */
export function Loaded<T>({ query, lines = 5, children }: ListProps<T>) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <Failed error={query.error} retry={() => query.refetch()} />;
  return <Loading lines={lines} height={42} />;
}
