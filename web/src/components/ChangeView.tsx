import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { Constraint, Variant } from '../client/flags';
import { segmentsQuery } from '../client/segments';
import { texts } from '../texts';
import styles from './ChangeView.module.css';
import { type AnyChange, changeSentence, field, orderOf } from './change-words';
import { ConstraintView } from './ConstraintView';
import { differences } from './JsonDiff';
import { type FlagPlace, useStrategyNames } from './strategy-names';
import { type ShownStrategy, StrategyView, VariantsView } from './StrategyView';

interface ChangeViewProps {
  change: AnyChange;
  /** The flag that it changes, and where; none for a segment. */
  at?: FlagPlace;
  /** Why the change cannot be applied. */
  conflict?: string | undefined;
  /** What can be done with the change, on the right. */
  actions?: ReactNode;
}

/** A change: first as a sentence, then what differs, and as JSON for those who want it. */
export function ChangeView({ change, at, conflict, actions }: ChangeViewProps) {
  return (
    <div className={styles.change}>
      <div className={styles.head}>
        <p className={styles.sentence}>{changeSentence(change)}</p>
        {actions}
      </div>
      {conflict && (
        <p className={styles.conflict} role="alert">
          {conflict}
        </p>
      )}
      <Body change={change} at={at} />
      {change.payload !== undefined && (
        <details className={styles.json}>
          <summary>{texts.change.json}</summary>
          <pre>{JSON.stringify(change.payload, null, 2)}</pre>
        </details>
      )}
    </div>
  );
}

function Body({ change: { action, payload }, at }: { change: AnyChange; at: FlagPlace | undefined }) {
  const snapshot = field(payload, 'snapshot');
  switch (action) {
    case 'addStrategy':
      return (
        <div className={styles.side} data-tone="green">
          <StrategyView strategy={payload as ShownStrategy} />
        </div>
      );
    case 'deleteStrategy':
      return snapshot ? (
        <div className={styles.side} data-tone="red">
          <StrategyView strategy={snapshot as ShownStrategy} />
        </div>
      ) : null;
    case 'updateStrategy':
    case 'updateSegment':
    case 'patchVariant':
      return (
        <Differences
          before={action === 'patchVariant' ? { variants: snapshot } : snapshot}
          after={payload}
          called={action === 'updateSegment' ? { ...texts.change.fields, name: texts.change.segmentName } : texts.change.fields}
        />
      );
    case 'reorderStrategy':
      return at ? <Order at={at} ids={orderOf(payload)} /> : null;
    default:
      return null;
  }
}

/** Strategies in their order, by what they are called now. */
function Order({ at, ids }: { at: FlagPlace; ids: string[] }) {
  const called = useStrategyNames(at);
  return (
    <ol className={styles.order}>
      {ids.map((id, index) => (
        <li key={id}>{texts.change.order(index + 1, called(id))}</li>
      ))}
    </ol>
  );
}

// What stands in a payload and is no part of what is changed.
const beside = new Set(['snapshot', 'id', 'sortOrder', 'createdAt', 'createdBy', 'featureName', 'strategyName', 'milestoneId']);

function only(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(Object.entries(value).filter(([key]) => !beside.has(key)));
}

/** What differs, field by field, side by side. */
function Differences({ before, after, called }: { before: unknown; after: unknown; called: Record<string, string> }) {
  const found = differences(only(before), only(after));
  if (found.length === 0) return <p className={styles.dim}>{texts.change.same}</p>;
  return (
    <table className={styles.diff}>
      <colgroup>
        <col className={styles.fields} />
        <col />
        <col />
      </colgroup>
      <thead className={styles.columns}>
        <tr>
          <th scope="col">{texts.change.field}</th>
          <th scope="col">{texts.event.before}</th>
          <th scope="col">{texts.event.after}</th>
        </tr>
      </thead>
      <tbody>
        {found.map((difference) => (
          <tr key={difference.path}>
            <th scope="row">{called[difference.path] ?? difference.path}</th>
            <td data-tone="red">
              <Value path={difference.path} value={difference.before} other={difference.after} />
            </td>
            <td data-tone="green">
              <Value path={difference.path} value={difference.after} other={difference.before} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A value of a field; of lists, what the other side lacks is marked. */
export function Value({ path, value, other }: { path: string; value: unknown; other?: unknown }) {
  const segments = useQuery(segmentsQuery);
  const lacks = (item: unknown) => !(Array.isArray(other) && other.some((one) => JSON.stringify(one) === JSON.stringify(item)));
  if (value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0)) {
    return <span className={styles.nothing}>{texts.event.nothing}</span>;
  }
  if (path === 'constraints' && Array.isArray(value)) {
    return (
      <ul className={styles.list}>
        {(value as Constraint[]).map((constraint) => (
          <li key={JSON.stringify(constraint)} data-marked={lacks(constraint)}>
            <ConstraintView constraint={constraint} />
          </li>
        ))}
      </ul>
    );
  }
  if (path === 'segments' && Array.isArray(value)) {
    return <>{value.map((id) => segments.data?.find((segment) => segment.id === id)?.name ?? `#${id}`).join(', ')}</>;
  }
  if (path === 'variants' && Array.isArray(value)) return <VariantsView variants={value as Variant[]} />;
  if (path === 'parameters.rollout') return <>{texts.strategy.rolloutOf(String(value))}</>;
  if (typeof value === 'boolean') return <>{value ? texts.change.yes : texts.change.no}</>;
  if (typeof value === 'object') return <pre className={styles.pre}>{JSON.stringify(value, null, 2)}</pre>;
  return <>{String(value)}</>;
}
