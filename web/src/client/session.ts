/**
 * Whether somebody is signed in, as the answers of the server tell.
 *
 * A request that is answered "sign in first" waits here. When the person has signed in
 * again, it is sent once more, so that nothing that was typed or pressed is lost.
 */
export type Session = 'unknown' | 'in' | 'out';

let session: Session = 'unknown';
const listeners = new Set<() => void>();
let waiting: { done: Promise<void>; wake: () => void } | undefined;

export function getSession(): Session {
  return session;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function become(next: Session) {
  if (session === next) return;
  session = next;
  for (const listener of listeners) listener();
}

/** Notes that the session has ended, and resolves when there is one again. */
export function signedInAgain(): Promise<void> {
  if (!waiting) {
    let wake = () => {};
    const done = new Promise<void>((resolve) => {
      wake = resolve;
    });
    waiting = { done, wake };
  }
  become('out');
  return waiting.done;
}

/** Notes that there is a session, and wakes the requests that wait for one. */
export function signedIn() {
  become('in');
  waiting?.wake();
  waiting = undefined;
}
