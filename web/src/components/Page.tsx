import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { texts } from '../texts';
import styles from './Page.module.css';
import { unread } from './unread';

interface PageProps {
  /** What the browser's tab says. */
  title: string;
  /** The heading, if it is more than the title. */
  heading?: ReactNode;
  /** Where the page lies, above the heading. */
  above?: ReactNode;
  /** A sentence below the heading. */
  about?: ReactNode;
  /** What one can do, on the right. */
  actions?: ReactNode;
  /** Tabs, below all that. */
  tabs?: ReactNode;
  children: ReactNode;
}

/** A page: one heading, what one can do, and the content. */
export function Page({ title, heading, above, about, actions, tabs, children }: PageProps) {
  const told = useSyncExternalStore(unread.subscribe, unread.get);
  useEffect(() => {
    document.title = texts.titleOf(title, told);
  }, [title, told]);
  return (
    <>
      <header className={styles.head} data-tabs={tabs !== undefined}>
        {above && <div className={styles.above}>{above}</div>}
        <div className={styles.row}>
          <h1 className={styles.heading}>{heading ?? title}</h1>
          {actions && <div className={styles.actions}>{actions}</div>}
        </div>
        {about && <div className={styles.about}>{about}</div>}
        {tabs}
      </header>
      <div className={styles.body}>{children}</div>
    </>
  );
}
