import { texts } from '../texts';

/** The header in which a write says why it goes past what would hold it back. */
export const reasonHeader = 'Quorate-Reason';

/** A reason as a header can hold it: one line, in the bytes of UTF-8. */
export function headerOf(reason: string): string {
  return String.fromCharCode(...new TextEncoder().encode(reason.trim().replace(/\s+/g, ' ')));
}

/** Somebody has thought better of it; nothing has happened. */
export class CalledOff extends Error {
  constructor() {
    super(texts.reason.calledOff);
  }
}

let ask = (_sentence: string): Promise<string | undefined> => Promise.resolve(undefined);

/** Says who is asked for the reason of a write, with the sentence that wants it; undefined is none. */
export function onReasonWanted(asks: typeof ask) {
  ask = asks;
}

/** Asks why something is to be written. Throws CalledOff if it is not, after all. */
export async function reasonFor(sentence: string): Promise<string> {
  const reason = await ask(sentence);
  if (reason === undefined) throw new CalledOff();
  return reason;
}
