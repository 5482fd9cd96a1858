import { ArrowRightIcon } from '@primer/octicons-react';
import type { Impact } from '../client/change-requests';
import { texts } from '../texts';
import styles from './ImpactView.module.css';

/** What a request does to who gets a flag in an environment: for each strategy the share before and after. */
export function ImpactView({ impact }: { impact: Impact }) {
  const { environment, enabledBefore, enabledAfter, strategies } = impact;
  return (
    <div className={styles.impact}>
      <p className={styles.title}>
        {texts.request.impact} {texts.request.in} {environment}
      </p>
      {!enabledBefore && !enabledAfter && <p className={styles.dim}>{texts.request.impactOff}</p>}
      {(enabledBefore || enabledAfter) && (
        <ul className={styles.strategies}>
          {strategies.map(({ id, title, name, shareBefore, shareAfter, narrowedBy }) => (
            <li key={id}>
              <Shares before={enabledBefore ? shareBefore : null} after={enabledAfter ? shareAfter : null} />
              <span>
                {title || (name === 'flexibleRollout' ? '' : name)}
                {narrowedBy.length > 0 && <span className={styles.dim}> {texts.request.narrowedBy(narrowedBy)}</span>}
              </span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** A share of users, and what it becomes; null is nobody. */
export function Shares({ before, after }: { before: number | null; after: number | null }) {
  const { share, becomes } = texts.request;
  if (before === after) return <span className={styles.shares}>{share(after)}</span>;
  return (
    <span className={styles.shares} data-moved={(after ?? 0) > (before ?? 0) ? 'up' : 'down'}>
      {share(before)} <ArrowRightIcon aria-label={becomes} /> <strong>{share(after)}</strong>
    </span>
  );
}
