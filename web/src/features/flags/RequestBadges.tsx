import { Link } from '@tanstack/react-router';
import type { ChangeRequest, Entry } from '../../client/change-requests';
import { field } from '../../components/change-words';
import { StateChip } from '../../components/StateChip';
import { texts } from '../../texts';
import styles from './RequestBadges.module.css';

interface Found {
  request: ChangeRequest;
  /** Whether the request takes the thing away. */
  removes: boolean;
}

/** Finds the requests that change a strategy of a flag, by its id, or the flag's variants in the environment. */
export function changesOf(requests: ChangeRequest[], flag: string, what: string | 'variants'): Found[] {
  const about = ({ action, payload }: Entry) =>
    what === 'variants' ? action === 'patchVariant' : (action === 'updateStrategy' || action === 'deleteStrategy') && field(payload, 'id') === what;
  return requests.flatMap((request) => {
    const change = request.features.find(({ name }) => name === flag)?.changes.find(about);
    return change ? [{ request, removes: change.action === 'deleteStrategy' }] : [];
  });
}

/** Says by which open requests something is changed, and leads to them. */
export function RequestBadges({ projectId, found }: { projectId: string; found: Found[] }) {
  return found.map(({ request: { id, state, schedule }, removes }) => {
    const at = schedule && schedule.status !== 'pending' ? schedule.status : state;
    const words = (removes ? texts.badge.removed : texts.badge.changed)[at] ?? at;
    return (
      <Link
        key={id}
        to="/projects/$projectId/change-requests/$id"
        params={{ projectId, id }}
        className={styles.badge}
        aria-label={texts.badge.label(words, id)}
      >
        <StateChip state={state} schedule={schedule} words={words} />
      </Link>
    );
  });
}
