import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Problem } from '../client/problem';
import { Store } from '../components/store';

/** Whether the server answered, whatever it said, when it was asked last. */
export const reached = new Store(true);

const heard = {
  onSuccess: () => reached.set(true),
  onError: (error: Error) => reached.set(!(error instanceof Problem && error.status === 0)),
};

/** What has been read from the server. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache(heard),
  mutationCache: new MutationCache(heard),
  defaultOptions: {
    // The server may be within reach where the browser takes itself for offline; and what fails is shown.
    mutations: { networkMode: 'always' },
    queries: {
      networkMode: 'always',
      staleTime: 5000,
      // A refusal is an answer; only what may pass by itself is asked again.
      retry: (count, error) => count < 2 && error instanceof Problem && (error.status === 0 || error.status >= 502),
    },
  },
});
