import { useSyncExternalStore } from 'react';
import { texts } from '../texts';
import { formatTime, useTimeZone } from './time';

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
];

function words(at: Date, ahead: boolean): string {
  const seconds = (at.getTime() - Date.now()) / 1000;
  const size = Math.abs(seconds);
  if (size >= 14 * 86400) return formatTime(at, 'day');
  let text = ahead && seconds > 0 ? texts.soon : relative.format(0, 'second');
  for (const [unit, length] of steps) {
    if (size >= length) text = relative.format(Math.round(seconds / length), unit);
  }
  return text;
}

// So often what is shown may change its words.
const beat = 5000;

const looks = new Set<() => void>();
let clock: ReturnType<typeof setInterval> | undefined;

/** Has a listener look at the time again and again: one clock for all times of a page. */
function subscribe(look: () => void): () => void {
  looks.add(look);
  clock ??= setInterval(() => looks.forEach((one) => one()), beat);
  return () => {
    looks.delete(look);
    if (looks.size > 0) return;
    clearInterval(clock);
    clock = undefined;
  };
}

interface AgoProps {
  at: string;
  /** Whether something is to happen then. What has happened did not happen in the future, even where the clocks of browser and server differ. */
  ahead?: boolean;
}

/** A time as people say it, in the reader's zone, with the exact one in a tooltip. */
export function Ago({ at, ahead = false }: AgoProps) {
  useTimeZone();
  const time = new Date(at);
  const text = useSyncExternalStore(subscribe, () => words(time, ahead));
  return (
    <time dateTime={at} data-tip={formatTime(time, 'exact')}>
      {text}
    </time>
  );
}
