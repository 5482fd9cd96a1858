import { Button } from '@mantine/core';
import { GitPullRequestDraftIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { countOf, pendingQuery } from '../client/change-requests';
import { texts } from '../texts';
import styles from './DraftBanner.module.css';

const DraftDrawer = lazy(() => import('./DraftDrawer').then((module) => ({ default: module.DraftDrawer })));

/** Reminds of one's own changes that are not applied yet. */
export function DraftBanner({ projectId }: { projectId: string }) {
  const pending = useQuery(pendingQuery(projectId));
  const [open, setOpen] = useState(false);
  const requests = pending.data ?? [];
  return (
    <>
      {requests.length > 0 && (
        <div className={styles.banner} role="status">
          <GitPullRequestDraftIcon />
          <p className={styles.words}>
            {requests
              .map((request) =>
                request.state === 'Draft'
                  ? texts.request.draftOf(countOf(request), request.environment)
                  : texts.request.pendingOf(request.id, texts.request.states[request.state] ?? request.state, request.environment),
              )
              .join(' ')}
          </p>
          <Button variant="default" onClick={() => setOpen(true)}>
            {texts.request.view}
          </Button>
        </div>
      )}
      <Suspense>{open && <DraftDrawer projectId={projectId} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}
