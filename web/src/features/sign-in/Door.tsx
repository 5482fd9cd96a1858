import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
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

/** What somebody sees whose link does not work, with the way in for who has an account. */
export function BadLink({ words }: { words: string }) {
  return (
    <Door title={texts.choose.badTitle} words={words}>
      <Anchor component={Link} to="/projects" size="sm">
        {texts.choose.signIn}
      </Anchor>
    </Door>
  );
}
