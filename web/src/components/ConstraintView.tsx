import { Tooltip } from '@mantine/core';
import type { Constraint } from '../client/flags';
import { texts } from '../texts';
import styles from './ConstraintView.module.css';
import { useTimeZone } from './time';
import { operatorOf, valuesOf } from './words';

const shown = 8;

/** A constraint, as a sentence. */
export function ConstraintView({ constraint }: { constraint: Constraint }) {
  useTimeZone();
  const values = valuesOf(constraint);
  const rest = values.slice(shown);
  return (
    <span className={styles.constraint}>
      <span className={styles.field}>{constraint.contextName}</span>
      <span className={styles.operator} data-inverted={constraint.inverted}>
        {operatorOf(constraint)}
      </span>
      {values.slice(0, shown).map((value) => (
        <code key={value} className={styles.value}>
          {value}
        </code>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.join(', ')} multiline maw={420}>
          <button type="button" className={styles.more}>
            {texts.constraint.more(rest.length)}
          </button>
        </Tooltip>
      )}
      {constraint.caseInsensitive && <span className={styles.operator}>({texts.constraint.any})</span>}
    </span>
  );
}
