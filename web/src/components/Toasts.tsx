import { CloseButton } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, useSyncExternalStore } from 'react';
import { texts } from '../texts';
import { dismiss, type Toast, toasts } from './toast';
import styles from './Toasts.module.css';

const shownFor = { done: 4000, failed: 12_000 };

/** The messages that were said last, in a corner. */
export function Toasts() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.get);
  return (
    <div className={styles.toasts}>
      {shown.map((toast) => (
        <Message key={toast.id} toast={toast} />
      ))}
    </div>
  );
}

function Message({ toast: { id, message, failed, requests } }: { toast: Toast }) {
  // It stays while it is pointed at or holds the focus.
  const [held, setHeld] = useState(false);
  useEffect(() => {
    if (held) return;
    const timer = setTimeout(() => dismiss(id), failed ? shownFor.failed : shownFor.done);
    return () => clearTimeout(timer);
  }, [id, failed, held]);
  const hold = () => setHeld(true);
  const release = () => setHeld(false);
  return (
    <div
      role="alert"
      className={styles.toast}
      data-failed={failed}
      onPointerEnter={hold}
      onPointerLeave={release}
      onFocus={hold}
      onBlur={release}
    >
      <div className={styles.words}>
        {failed && <strong>{requests.length > 0 ? texts.schedule.noted : texts.state.notDone}</strong>}
        <p>
          {message}
          {requests.map((request) => (
            <span key={request.id}>
              {' '}
              <Link to="/projects/$projectId/change-requests/$id" params={request} className={styles.link} onClick={() => dismiss(id)}>
                {texts.request.number(request.id)}
              </Link>
            </span>
          ))}
        </p>
      </div>
      <CloseButton size="sm" aria-label={texts.close} onClick={() => dismiss(id)} />
    </div>
  );
}
