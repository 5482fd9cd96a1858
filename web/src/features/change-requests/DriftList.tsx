import type { Clash } from '../../client/change-requests';
import { Value } from '../../components/ChangeView';
import { texts } from '../../texts';
import styles from './DriftList.module.css';

type Moved = Omit<Clash, 'contested'> & { contested?: boolean };

/** The fields that have moved: what they were, are, and would be. */
export function DriftList({ moved }: { moved: Moved[] }) {
  return (
    <ul className={styles.drift}>
      {moved.map(({ changeId, field, feature, before, now, wanted, contested }) => (
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
