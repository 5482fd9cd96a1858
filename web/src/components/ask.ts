import type { Change } from '../client/change';

/** A change that is about to be proposed, and waits for a yes. */
export interface Question {
  projectId: string;
  environment: string;
  change: Change;
  answer: (yes: boolean) => void;
}

let question: Question | null = null;
const listeners = new Set<() => void>();

function set(next: Question | null) {
  question = next;
  for (const listener of listeners) listener();
}

export function getQuestion(): Question | null {
  return question;
}

export function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks whether a change is to be proposed. */
export function askToPropose(projectId: string, environment: string, change: Change): Promise<boolean> {
  return new Promise((resolve) => {
    set({
      projectId,
      environment,
      change,
      answer: (yes) => {
        set(null);
        resolve(yes);
      },
    });
  });
}
