import type { Change } from '../client/change';
import { Store } from './store';

/** A change that is about to be proposed, and waits for a yes. */
export interface Question {
  projectId: string;
  environment: string;
  change: Change;
  answer: (yes: boolean) => void;
}

/** A write that waits for its reason. */
export interface Want {
  /** The sentence of the server that wants it. */
  sentence: string;
  /** Gives the reason, or calls the write off. */
  answer: (reason?: string) => void;
}

/** The write that waits now, if one does. */
export const want = new Store<Want | null>(null);

let last: Promise<unknown> = Promise.resolve();

/** Asks for the reason of a write, one write after the other. */
export function askForReason(sentence: string): Promise<string | undefined> {
  const asked = last.then(
    () =>
      new Promise<string | undefined>((resolve) => {
        want.set({
          sentence,
          answer: (reason) => {
            want.set(null);
            resolve(reason);
          },
        });
      }),
  );
  last = asked;
  return asked;
}

/** What is asked now, if anything is. */
export const question = new Store<Question | null>(null);

/** Asks whether a change is to be proposed. */
export function askToPropose(projectId: string, environment: string, change: Change): Promise<boolean> {
  return new Promise((resolve) => {
    question.set({
      projectId,
      environment,
      change,
      answer: (yes) => {
        question.set(null);
        resolve(yes);
      },
    });
  });
}
