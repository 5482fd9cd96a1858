import type { ReactNode } from 'react';
import styles from './Chip.module.css';

export type Tone = 'plain' | 'accent' | 'green' | 'amber' | 'red' | 'violet';

/** A short word about a thing: a state, a tag, a kind. */
export function Chip({ tone = 'plain', icon, children }: { tone?: Tone; icon?: ReactNode; children: ReactNode }) {
  return (
    <span className={styles.chip} data-tone={tone}>
      {icon}
      <span className={styles.text}>{children}</span>
    </span>
  );
}
