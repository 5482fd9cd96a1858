import type { ReactNode } from 'react';
import styles from './Panel.module.css';

interface PanelProps {
  title: string;
  /** What it is for. */
  words?: ReactNode;
  /** What one can do, on the right of the title. */
  actions?: ReactNode;
  /** Whether it holds a table, which then needs no frame of its own. */
  flush?: boolean;
  children?: ReactNode;
}

/** A part of a page in a frame of its own: a title, and what belongs to it. */
export function Panel({ title, words, actions, flush = false, children }: PanelProps) {
  return (
    <section className={styles.panel} aria-label={title}>
      <header className={styles.head}>
        <div className={styles.title}>
          <h2>{title}</h2>
          {words && <p className={styles.words}>{words}</p>}
        </div>
        {actions && <div className={styles.actions}>{actions}</div>}
      </header>
      {children && <div className={flush ? styles.flush : styles.body}>{children}</div>}
    </section>
  );
}

/** Panels below each other, as wide as one likes to read. */
export function Panels({ children }: { children: ReactNode }) {
  return <div className={styles.panels}>{children}</div>;
}
