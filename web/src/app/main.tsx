import '@mantine/core/styles.css';
import './app.css';
import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from '../client/problem';
import { onReasonWanted } from '../client/reason';
import { onSuspended } from '../client/suspended';
import { askForReason } from '../components/ask';
import { suspended } from '../components/toast';
import { router } from './router';
import { resolver, theme } from './theme';

const queryClient = new QueryClient({
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

onSuspended(suspended);
onReasonWanted(askForReason);

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element with the id root');

createRoot(root).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={resolver}
      defaultColorScheme="auto"
      colorSchemeManager={localStorageColorSchemeManager({ key: 'quorate-theme' })}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
