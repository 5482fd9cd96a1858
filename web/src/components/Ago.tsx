import { formatTime, useTimeZone } from './time';

const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

const steps: [Intl.RelativeTimeFormatUnit, number][] = [
  ['minute', 60],
  ['hour', 3600],
  ['day', 86400],
];

function words(at: Date): string {
  const seconds = (at.getTime() - Date.now()) / 1000;
  const size = Math.abs(seconds);
  if (size >= 14 * 86400) return formatTime(at, 'day');
  let text = relative.format(0, 'second');
  for (const [unit, length] of steps) {
    if (size >= length) text = relative.format(Math.round(seconds / length), unit);
  }
  return text;
}

/** A time as people say it, in the reader's zone, with the exact one in a tooltip. */
export function Ago({ at }: { at: string }) {
  useTimeZone();
  const time = new Date(at);
  return (
    <time dateTime={at} data-tip={formatTime(time, 'exact')}>
      {words(time)}
    </time>
  );
}
