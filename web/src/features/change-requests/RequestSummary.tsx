import { Link } from '@tanstack/react-router';
import type { ChangeRequest, Impact } from '../../client/change-requests';
import { changeSentence } from '../../components/change-words';
import { Shares } from '../../components/ImpactView';
import { anchorOf } from '../../components/RequestChanges';
import { texts } from '../../texts';
import styles from './RequestSummary.module.css';

/** More rows than these are no summary. */
const most = 8;

interface Row {
  name: string;
  sentences: string[];
  impacts: Impact[];
}

/** Returns what a request changes: segments, flags, and the flags that change only because their segments do. */
function rowsOf({ segments, features, impact }: ChangeRequest): Row[] {
  const of = (name: string) => (impact ?? []).filter(({ feature }) => feature === name);
  const changed = new Set(features.map(({ name }) => name));
  return [
    ...segments.map((change) => ({ name: change.name, sentences: [changeSentence(change)], impacts: [] })),
    ...features.map(({ name, changes }) => ({ name, sentences: changes.map(changeSentence), impacts: of(name) })),
    ...[...new Set((impact ?? []).map(({ feature }) => feature))]
      .filter((name) => !changed.has(name))
      .map((name) => ({ name, sentences: [texts.request.touched], impacts: of(name) })),
  ];
}

/** What a request changes for whom, at a glance: a line for each flag and segment. */
export function RequestSummary({ request }: { request: ChangeRequest }) {
  const rows = rowsOf(request);
  return (
    <ul className={styles.summary} aria-label={texts.request.glance}>
      {rows.slice(0, most).map(({ name, sentences, impacts }) => (
        <li key={name} className={styles.row}>
          <Link
            to="/projects/$projectId/change-requests/$id"
            params={{ projectId: request.project, id: request.id }}
            hash={anchorOf(name)}
            replace
            className={styles.name}
          >
            {name}
          </Link>
          <span className={styles.what}>{sentences.join('; ')}</span>
          {impacts.map((impact) => (
            <Moved key={impact.environment} impact={impact} several={impacts.length > 1} />
          ))}
        </li>
      ))}
      {rows.length > most && <li className={styles.rest}>{texts.request.moreBelow(rows.length - most)}</li>}
    </ul>
  );
}

/** Whose share of users moves in an environment, and to what. */
function Moved({ impact: { environment, enabledBefore, enabledAfter, strategies }, several }: { impact: Impact; several: boolean }) {
  const moved = strategies
    .map(({ id, shareBefore, shareAfter, narrowedBy }) => ({
      id,
      before: enabledBefore ? shareBefore : null,
      after: enabledAfter ? shareAfter : null,
      narrowedBy,
    }))
    .filter(({ before, after }) => before !== after);
  return moved.map(({ id, before, after, narrowedBy }) => (
    <span key={id} className={styles.who}>
      <Shares before={before} after={after} />{' '}
      <span className={styles.dim}>
        {narrowedBy.length > 0 ? texts.request.narrowedBy(narrowedBy) : texts.request.ofUsers}
        {several && ` ${texts.request.in} ${environment}`}
      </span>
    </span>
  ));
}
