import { texts } from '../texts';
import styles from './JsonDiff.module.css';

type Json = unknown;

/** A place at which two values differ. */
export interface Difference {
  path: string;
  before: Json;
  after: Json;
}

function isObject(value: Json): value is Record<string, Json> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns where two values differ, as deep as objects go. A list is one value. */
export function differences(before: Json, after: Json, path = ''): Difference[] {
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  if (!isObject(before) || !isObject(after)) return [{ path, before, after }];
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => differences(before[key], after[key], path === '' ? key : `${path}.${key}`));
}

/** Shows only what differs, before on the left and after on the right; what has no before is shown alone. */
export function JsonDiff({ before, after }: { before: Json; after: Json }) {
  const found = differences(before ?? (isObject(after) ? {} : null), after ?? (isObject(before) ? {} : null));
  return (
    <DifferenceTable found={found} hasBefore={before !== null && before !== undefined} hasAfter={after !== null && after !== undefined} />
  );
}

interface DifferenceTableProps {
  found: Difference[];
  /** Whether there was something before, and is after. */
  hasBefore: boolean;
  hasAfter: boolean;
}

/** Places at which two values differ, one in a row. */
export function DifferenceTable({ found, hasBefore, hasAfter }: DifferenceTableProps) {
  return (
    <table className={styles.diff}>
      <thead>
        <tr>
          <td />
          {hasBefore && <th scope="col">{texts.event.before}</th>}
          {hasAfter && <th scope="col">{texts.event.after}</th>}
        </tr>
      </thead>
      <tbody>
        {found.map((difference) => (
          <tr key={difference.path}>
            <th scope="row">{difference.path}</th>
            {hasBefore && (
              <td className={styles.before}>
                <Value value={difference.before} />
              </td>
            )}
            {hasAfter && (
              <td className={styles.after}>
                <Value value={difference.after} />
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Value({ value }: { value: Json }) {
  if (value === undefined || value === null || value === '') return <span className={styles.nothing}>{texts.event.nothing}</span>;
  if (typeof value === 'object') return <pre>{JSON.stringify(value, null, 2)}</pre>;
  return <code>{String(value)}</code>;
}
