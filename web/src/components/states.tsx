import { Button, Skeleton } from '@mantine/core';
import { AlertIcon } from '@primer/octicons-react';
import type { ReactNode } from 'react';
import { Problem, sentence } from '../client/problem';
import { texts } from '../texts';
import styles from './states.module.css';

/** What a list shows when there is nothing in it. */
export function Empty({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className={styles.state}>
      {icon && <span className={styles.icon}>{icon}</span>}
      <p className={styles.title}>{title}</p>
      {children && <div className={styles.words}>{children}</div>}
      {action}
    </div>
  );
}

/** What is shown in the place of something that could not be read. */
export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const missing = error instanceof Problem && error.status === 404;
  return (
    <div className={styles.state} role="alert">
      <span className={styles.icon}>
        <AlertIcon size={24} />
      </span>
      <p className={styles.title}>{missing ? texts.state.notFound : texts.state.failed}</p>
      <p className={styles.words}>{sentence(error)}</p>
      {retry && !missing && (
        <Button variant="default" onClick={retry}>
          {texts.state.retry}
        </Button>
      )}
    </div>
  );
}

/** Lines that stand for a list until it is there. */
export function Loading({ lines = 6, height = 36 }: { lines?: number; height?: number }) {
  return (
    <div className={styles.loading} role="status" aria-label={texts.state.loading}>
      {Array.from({ length: lines }, (_, line) => (
        <Skeleton key={line} height={height} radius={6} style={{ opacity: 1 - line / (lines + 2) }} />
      ))}
    </div>
  );
}
