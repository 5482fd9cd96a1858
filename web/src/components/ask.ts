import type { Change } from '../client/change';
import { Store } from './store';

/** A change that is about to be proposed, and waits for a yes. */
export interface Question {
  projectId: string;
  environment: string;
  change: Change;
  answer: (yes: boolean) => void;
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
