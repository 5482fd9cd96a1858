import type { ReactNode } from 'react';
import styles from './Fields.module.css';

interface FieldsProps {
  title: string;
  /** What they are for. */
  words: string;
  disabled?: boolean;
  children: ReactNode;
}

/** Fields of a form that belong together. */
export function Fields({ title, words, disabled = false, children }: FieldsProps) {
  return (
    <fieldset className={styles.fields} disabled={disabled}>
      <legend>{title}</legend>
      <p className={styles.words}>{words}</p>
      {children}
    </fieldset>
  );
}
