import { type QueryKey, useMutation, useQueryClient } from '@tanstack/react-query';
import { useId } from 'react';
import { foresee, type Foresight } from './foresee';
import { done, failed } from './toast';

interface Write<V, T> {
  write: (given: V) => Promise<T>;
  /** The keys of what is read anew afterwards. */
  touches: QueryKey[];
  /** What it will make of what is shown, where that is known: shown at once, and taken back if the write is refused. */
  foresees?: (given: V) => Foresight[];
  /** What to say when it is done. */
  said?: string | ((given: V, answer: T) => string);
  /** What to do then. */
  then?: (answer: T, given: V) => unknown;
  /** Whether who writes shows why it was refused. */
  shown?: boolean;
}

/** A write to the admin API. It is under way until what is shown is up to date again. */
export function useWrite<V = void, T = unknown>({ write, touches, foresees, said, then, shown = false }: Write<V, T>) {
  const queryClient = useQueryClient();
  const readAnew = () => Promise.all([['events'], ...touches].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
  return useMutation({
    // One after the other, as they were made.
    scope: { id: useId() },
    mutationFn: write,
    onMutate: (given: V) => foresee(queryClient, foresees?.(given) ?? []),
    onSuccess: async (answer, given) => {
      await readAnew();
      if (said !== undefined) done(typeof said === 'string' ? said : said(given, answer));
      await then?.(answer, given);
    },
    onError: async (error: Error, _given, takeBack) => {
      takeBack?.();
      if (!shown) failed(error);
      // What was on its way has been called off for what was foreseen.
      if (foresees) await readAnew();
    },
  });
}
