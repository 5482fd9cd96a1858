import { useSyncExternalStore } from 'react';
import { keep, kept } from './kept';
import { Store } from './store';

const key = 'quorate-time-zone';

/** The zone in which times are shown and written: an IANA name; undefined is the system's. */
const chosen = new Store<string | undefined>(known(kept(key)));

function known(zone: string | null): string | undefined {
  if (zone === null) return undefined;
  try {
    return new Intl.DateTimeFormat(undefined, { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** The zone of the system. */
export const systemZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The zone that the reader has chosen, if any. Who calls it is drawn anew when another is chosen. */
export function useTimeZone(): string | undefined {
  return useSyncExternalStore(chosen.subscribe, chosen.get);
}

/** Chooses a zone for this browser. */
export function setTimeZone(zone: string | undefined) {
  keep(key, zone);
  chosen.set(zone);
}

type Style = 'exact' | 'short' | 'day';

const styles: Record<Style, Intl.DateTimeFormatOptions> = {
  exact: { dateStyle: 'full', timeStyle: 'long' },
  short: { dateStyle: 'medium', timeStyle: 'short' },
  day: { dateStyle: 'medium' },
};

const formats = new Map<string, Intl.DateTimeFormat>();

/** A time in the reader's zone; a text that is no time is returned as it is. */
export function formatTime(at: string | Date, style: Style): string {
  const time = new Date(at);
  if (Number.isNaN(time.getTime())) return String(at);
  const zone = chosen.get();
  const name = `${style} ${zone ?? ''}`;
  const format = formats.get(name) ?? new Intl.DateTimeFormat(undefined, { ...styles[style], ...(zone ? { timeZone: zone } : {}) });
  formats.set(name, format);
  return format.format(time);
}

/** A time in a zone of one's choice, with its name: for times that were written in another than the reader's. */
export function formatIn(at: string | Date, timeZone: string): string {
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(new Date(at));
}

/** The zone of the reader. */
export function readersZone(): string {
  return chosen.get() ?? systemZone;
}

/** What a clock in a zone shows, as if it were UTC. */
function wall(time: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(time);
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** A time as a field for local times takes it: 2026-11-22T13:09:28, in the reader's zone unless another is named. */
export function toField(at: string, zone = readersZone()): string {
  const time = new Date(at).getTime();
  return at === '' || Number.isNaN(time) ? '' : new Date(wall(time, zone)).toISOString().slice(0, 19);
}

/** The instants, as RFC 3339 in UTC, at which a clock in a zone shows what such a field holds: none while it is put forward, two where it is put back. */
export function instantsOf(text: string, zone: string): string[] {
  const shown = Date.parse(`${text}Z`);
  if (Number.isNaN(shown)) return [];
  // A clock is put forward or back at most once in two days, so these are all offsets that there can be.
  const offsets = [-86_400_000, 86_400_000].map((near) => wall(shown + near, zone) - (shown + near));
  const instants = offsets.map((offset) => shown - offset).filter((time) => wall(time, zone) === shown);
  return [...new Set(instants)].map((time) => new Date(time).toISOString());
}

/** What such a field holds, as RFC 3339 in UTC; empty if it is no time. */
export function fromField(text: string, zone = readersZone()): string {
  const shown = Date.parse(`${text}Z`);
  if (Number.isNaN(shown)) return '';
  // The offset at the time that is meant: first guessed, then, where a clock was put forward or back in between, put right.
  const guess = shown - (wall(shown, zone) - shown);
  return new Date(shown - (wall(guess, zone) - guess)).toISOString();
}
