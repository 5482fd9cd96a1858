import type { ReactNode } from 'react';
import styles from './Toolbar.module.css';

/** What narrows a list down, above it: first a search, then filters. */
export function Toolbar({ children }: { children: ReactNode }) {
  return (
    <search className={styles.toolbar}>
      {children}
    </search>
  );
}
