import { sentence } from '../client/problem';
import { CalledOff } from '../client/reason';
import type { Suspended } from '../client/suspended';
import { texts } from '../texts';
import { Store } from './store';

/** A message that goes away by itself. */
export interface Toast {
  id: number;
  message: string;
  /** Whether it says why something could not be done. */
  failed: boolean;
  /** Change requests that it is about. */
  requests: readonly Suspended[];
}

/** More than these are never shown; the oldest make room. */
const most = 4;

/** The messages that are shown, oldest first. */
export const toasts = new Store<readonly Toast[]>([]);

let lastId = 0;

function show(message: string, isFailure: boolean, requests: readonly Suspended[] = []) {
  lastId++;
  toasts.set([...toasts.get(), { id: lastId, message, failed: isFailure, requests }].slice(-most));
}

/** Says shortly that something was done. */
export function done(message: string) {
  show(message, false);
}

/** Says why something could not be done. It stays long enough to be read. What somebody called off themselves needs no words. */
export function failed(error: Error) {
  if (error instanceof CalledOff) return;
  show(sentence(error), true);
}

/** Says that a write has suspended scheduled requests, and leads to them. */
export function suspended(requests: Suspended[]) {
  show(texts.schedule.suspendedNow(requests.length), true, requests);
}

/** Takes a message away. */
export function dismiss(id: number) {
  toasts.set(toasts.get().filter((toast) => toast.id !== id));
}
