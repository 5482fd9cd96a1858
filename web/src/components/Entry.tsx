import { ActionIcon } from '@mantine/core';
import { XIcon } from '@primer/octicons-react';
import type { ReactNode } from 'react';
import styles from './Entry.module.css';

interface EntryProps {
  /** What it is, for screen readers. */
  name: string;
  /** What the button that removes it says. */
  remove: string;
  onRemove: () => void;
  children: ReactNode;
}

/** One of several things that are written below each other. */
export function Entry({ name, remove, onRemove, children }: EntryProps) {
  return (
    <fieldset className={styles.entry}>
      <legend className={styles.legend}>{name}</legend>
      {children}
      <ActionIcon className={styles.remove ?? ''} aria-label={remove} onClick={onRemove}>
        <XIcon />
      </ActionIcon>
    </fieldset>
  );
}

/** The share of a row that a field takes: what is left, and a line of its own where there is little room. */
export const grow = '1 1 160px';

/** Fields of an entry beside each other, as far as there is room. */
export function EntryRow({ children }: { children: ReactNode }) {
  return <div className={styles.row}>{children}</div>;
}

/** Entries, and below them the button that adds one. */
export function Entries({ children }: { children: ReactNode }) {
  return <div className={styles.entries}>{children}</div>;
}
