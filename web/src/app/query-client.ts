import { QueryClient } from '@tanstack/react-query';
import { Problem } from '../client/problem';

/** What has been read from the server. */
export const queryClient = new QueryClient({
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
