import { type ReactNode, useEffect } from 'react';
import { Logo } from '../../components/Logo';
import { texts } from '../../texts';
import styles from './Door.module.css';

/** The page of somebody who is not inside yet: one card. */
export function Door({ title, words, children }: { title: string; words?: ReactNode; children: ReactNode }) {
  useEffect(() => {
    document.title = texts.titleOf(title);
  }, [title]);
  return (
    <main className={styles.door}>
      <div className={styles.card}>
        <Logo size={36} />
        <h1 className={styles.title}>{title}</h1>
        {words && <p className={styles.words}>{words}</p>}
        {children}
      </div>
    </main>
  );
}
