import { Tooltip } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import type { Period, Span, Tally } from '../../client/insights';
import { Table } from '../../components/Table';
import styles from './plots.module.css';
import { insightTexts } from '../../texts/insights';

// What became of requests, from the bottom of a bar to its top.
const ends = ['applied', 'open', 'rejected', 'cancelled', 'expired'] as const;

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });

/** A round number that is no less: 1, 2, 5, 10, 20, 50 and so on. */
function roundUp(n: number): number {
  const ten = 10 ** Math.floor(Math.log10(Math.max(1, n)));
  return [1, 2, 5, 10].map((factor) => factor * ten).find((step) => step >= n) ?? n;
}

const [height, left, bottom] = [170, 30, 20];

/** How many requests were sent to review in each period, and what became of them. */
export function OverTime({ periods }: { periods: Period[] }) {
  // Drawn at the size that it has, so that its words are no smaller on a phone.
  const { ref, width: measured } = useElementSize<HTMLElement>();
  const width = measured || 720;
  const top = roundUp(Math.max(...periods.map(({ submitted }) => submitted)));
  const room = (width - left) / Math.max(1, periods.length);
  const bar = Math.min(26, room * 0.72);
  const y = (n: number) => (n / top) * (height - bottom - 10);
  const lines = top === 1 ? [0, 1] : [0, top / 2, top];
  const labelled = Math.ceil(periods.length / Math.max(2, Math.floor(width / 110)));
  return (
    <figure className={styles.plot} ref={ref}>
      <ul className={styles.legend} aria-hidden="true">
        {ends.map((end) => (
          <li key={end} data-end={end}>
            {insightTexts[end]}
          </li>
        ))}
      </ul>
      <svg width={width} height={height} role="img" aria-label={insightTexts.over}>
        {lines.map((n) => (
          <g key={n} className={styles.line}>
            <line x1={left} x2={width} y1={height - bottom - y(n)} y2={height - bottom - y(n)} />
            <text x={left - 6} y={height - bottom - y(n) + 4} textAnchor="end">
              {n}
            </text>
          </g>
        ))}
        {periods.map((period, index) => {
          const x = left + index * room + (room - bar) / 2;
          let below = 0;
          const parts = ends.filter((end) => period[end] > 0).map((end) => `${period[end]} ${insightTexts[end].toLowerCase()}`);
          return (
            <g key={period.from}>
              <Tooltip label={insightTexts.bar(day.format(new Date(period.from)), period.submitted, parts.join(', '))}>
                <g>
                  <rect x={left + index * room} y={0} width={room} height={height - bottom} className={styles.hit} />
                  {ends.map((end) => {
                    const tall = y(period[end]);
                    below += tall;
                    return tall > 0 && <rect key={end} data-end={end} x={x} y={height - bottom - below} width={bar} height={tall} rx={1} />;
                  })}
                </g>
              </Tooltip>
              {index % labelled === 0 && (
                <text x={x + bar / 2} y={height - 5} textAnchor={index === 0 ? 'start' : 'middle'} className={styles.tick}>
                  {new Intl.DateTimeFormat(undefined, { month: 'short', day: 'numeric', timeZone: 'UTC' }).format(new Date(period.from))}
                </text>
              )}
            </g>
          );
        })}
      </svg>
      <details className={styles.numbers}>
        <summary>{insightTexts.numbers}</summary>
        <Table
          label={insightTexts.over}
          columns={[
            { key: 'from', label: insightTexts.from },
            { key: 'submitted', label: insightTexts.submitted, align: 'right' },
            ...ends.map((end) => ({ key: end, label: insightTexts[end], align: 'right' as const })),
          ]}
        >
          {periods.toReversed().map((period) => (
            <tr key={period.from}>
              <td>{day.format(new Date(period.from))}</td>
              <td data-align="right">{period.submitted}</td>
              {ends.map((end) => (
                <td key={end} data-align="right">
                  {period[end]}
                </td>
              ))}
            </tr>
          ))}
        </Table>
      </details>
    </figure>
  );
}

/** How long requests took, from being sent to review: half of them, and nine of ten. */
export function Durations({ tally }: { tally: Tally }) {
  const steps: ['review' | 'approval' | 'application', Span][] = [
    ['review', tally.review],
    ['approval', tally.approval],
    ['application', tally.application],
  ];
  const most = Math.max(1, ...steps.map(([, { p90 }]) => p90));
  return (
    <table className={styles.durations}>
      <thead>
        <tr>
          <th scope="col">{insightTexts.step}</th>
          <th scope="col" aria-hidden="true" className={styles.bars} />
          <th scope="col">{insightTexts.median}</th>
          <th scope="col">{insightTexts.p90}</th>
          <th scope="col">{insightTexts.count}</th>
        </tr>
      </thead>
      <tbody>
        {steps.map(([step, { count, median, p90 }]) => (
          <tr key={step}>
            <th scope="row">{insightTexts[step]}</th>
            <td aria-hidden="true" className={styles.bars}>
              <svg width="100%" height="14">
                <rect data-part="p90" width={`${(p90 / most) * 100}%`} height="14" rx="3" />
                <rect data-part="median" width={`${(median / most) * 100}%`} height="14" rx="3" />
              </svg>
            </td>
            <td>{count === 0 ? insightTexts.never : insightTexts.duration(median)}</td>
            <td>{count === 0 ? '' : insightTexts.duration(p90)}</td>
            <td>{count}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
