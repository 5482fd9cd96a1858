import type { Clash } from '../../client/change-requests';
import { Value } from '../../components/ChangeView';
import { texts } from '../../texts';
import styles from './DriftList.module.css';

type Moved = Omit<Clash, 'contested'> & { contested?: boolean };

type Fields = Record<string, unknown>;

/** Takes a field that holds others apart, so that only those are shown that differ. */
function partsOf(moved: Moved): Moved[] {
  const { field, before, now, wanted } = moved;
  if (field !== 'parameters') return [moved];
  const [was, is, will] = [before, now, wanted].map((value) => (value ?? {}) as Fields);
  return [...new Set([was, is, will].flatMap((fields) => Object.keys(fields ?? {})))]
    .filter((key) => was?.[key] !== is?.[key] || (wanted !== undefined && is?.[key] !== will?.[key]))
    .map((key) => ({
      ...moved,
      field: `${field}.${key}`,
      before: was?.[key] as Moved['before'],
      now: is?.[key] as Moved['now'],
      ...(wanted === undefined ? {} : { wanted: will?.[key] as NonNullable<Moved['wanted']> }),
    }));
}

/** The fields that have moved: what they were, are, and would be. */
export function DriftList({ moved }: { moved: Moved[] }) {
  return (
    <ul className={styles.drift}>
      {moved.flatMap(partsOf).map(({ changeId, field, feature, before, now, wanted, contested }) => (
        <li key={`${changeId} ${field}`}>
          <strong>{texts.request.driftWords(texts.change.fields[field] ?? field, feature ?? '')}</strong>
          {contested !== undefined && <span className={styles.note}> · {contested ? texts.schedule.contested : texts.schedule.putBack}</span>}
          <dl>
            <dt>{texts.request.driftWas}</dt>
            <dd>
              <Value path={field} value={before} />
            </dd>
            <dt>{texts.request.driftNow}</dt>
            <dd>
              <Value path={field} value={now} />
            </dd>
            {wanted !== undefined && (
              <>
                <dt>{texts.request.driftWanted}</dt>
                <dd>
                  <Value path={field} value={wanted} />
                </dd>
              </>
            )}
          </dl>
        </li>
      ))}
    </ul>
  );
}
