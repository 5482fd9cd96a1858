import { SegmentedControl, Select, Tooltip } from '@mantine/core';
import { GraphIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Flag, type HourOfUse, usageQuery } from '../../client/flags';
import { Empty, Failed, Loading } from '../../components/states';
import { Table } from '../../components/Table';
import { Toolbar } from '../../components/Toolbar';
import { formatTime } from '../../components/time';
import styles from './FlagUsage.module.css';
import { flagTexts } from '../../texts/flags';

interface Hour {
  at: string;
  yes: number;
  no: number;
}

/** Returns the hours in their order, each with what all applications counted in it. */
function byHour(counts: HourOfUse[]): Hour[] {
  const hours = new Map<string, Hour>();
  for (const { timestamp, yes, no } of counts) {
    const hour = hours.get(timestamp) ?? { at: timestamp, yes: 0, no: 0 };
    hours.set(timestamp, { ...hour, yes: hour.yes + yes, no: hour.no + no });
  }
  return [...hours.values()].sort((a, b) => a.at.localeCompare(b.at));
}

/** Returns how often each variant was given, the most frequent first. */
function byVariant(counts: HourOfUse[]): [name: string, given: number][] {
  const given = new Map<string, number>();
  for (const { variants = {} } of counts) {
    for (const [name, count] of Object.entries(variants)) given.set(name, (given.get(name) ?? 0) + count);
  }
  return [...given].sort(([, a], [, b]) => b - a);
}

/** How often a flag was evaluated, as SDKs report it: a chart for each environment, and the numbers. */
export function FlagUsage({ flag }: { flag: Flag }) {
  const [hours, setHours] = useState('24');
  const [application, setApplication] = useState<string | null>(null);
  const usage = useQuery(usageQuery(flag.name, Number(hours)));
  const counts = usage.data ?? [];
  const applications = [...new Set(counts.map(({ appName = '' }) => appName))].filter((name) => name !== '').sort();
  const shown = counts.filter(({ appName }) => application === null || appName === application);
  const environments = [...flag.environments].sort((a, b) => a.sortOrder - b.sortOrder).map(({ name }) => name);
  return (
    <>
      <Toolbar>
        <Select
          aria-label={flagTexts.use.application}
          placeholder={flagTexts.use.any}
          clearable
          data={applications}
          value={application}
          onChange={setApplication}
        />
        <SegmentedControl
          aria-label={flagTexts.use.label}
          value={hours}
          onChange={setHours}
          data={['6', '24', '48'].map((value) => ({ value, label: flagTexts.use.hours(Number(value)) }))}
        />
      </Toolbar>
      {applications.length > 0 && (
        <p className={styles.applications}>
          {flagTexts.use.askedBy}{' '}
          {applications.map((name, index) => (
            <span key={name}>
              {index > 0 && ', '}
              <Link to="/admin/applications/$name" params={{ name }}>
                {name}
              </Link>
            </span>
          ))}
        </p>
      )}
      {usage.isPending && <Loading lines={2} height={140} />}
      {usage.error && !usage.data && <Failed error={usage.error} retry={() => usage.refetch()} />}
      {usage.data && shown.length === 0 && (
        <Empty icon={<GraphIcon size={24} />} title={flagTexts.use.none}>
          {flagTexts.use.noneWords}
        </Empty>
      )}
      <div className={styles.charts}>
        {environments.map((environment) => {
          const found = shown.filter((count) => count.environment === environment);
          return found.length > 0 && <Chart key={environment} environment={environment} hours={byHour(found)} variants={byVariant(found)} />;
        })}
      </div>
    </>
  );
}

interface ChartProps {
  environment: string;
  hours: Hour[];
  variants: [name: string, given: number][];
}

function Chart({ environment, hours, variants }: ChartProps) {
  const variantTotal = variants.reduce((total, [, given]) => total + given, 0);
  const most = Math.max(1, ...hours.map(({ yes, no }) => yes + no));
  const sum = (of: (hour: Hour) => number) => hours.reduce((total, hour) => total + of(hour), 0);
  return (
    <section className={styles.chart} aria-label={environment}>
      <header className={styles.head}>
        <h2>{environment}</h2>
        <p className={styles.dim}>
          {flagTexts.use.total(
            sum(({ yes }) => yes),
            sum(({ no }) => no),
          )}
        </p>
        <ul className={styles.legend} aria-hidden="true">
          <li data-answer="yes">{flagTexts.use.yes}</li>
          <li data-answer="no">{flagTexts.use.no}</li>
        </ul>
      </header>
      <div className={styles.plot}>
        <span className={styles.most}>{most.toLocaleString()}</span>
        <div className={styles.bars} role="img" aria-label={`${flagTexts.use.label}, ${environment}`}>
          {hours.map(({ at, yes, no }) => (
            <Tooltip key={at} label={flagTexts.use.at(formatTime(at, 'short'), yes, no)}>
              <span className={styles.bar}>
                <span data-answer="no" style={{ height: `${(no / most) * 100}%` }} />
                <span data-answer="yes" style={{ height: `${(yes / most) * 100}%` }} />
              </span>
            </Tooltip>
          ))}
        </div>
      </div>
      <div className={styles.axis}>
        <span>{formatTime(hours[0]?.at ?? '', 'short')}</span>
        <span>{formatTime(hours.at(-1)?.at ?? '', 'short')}</span>
      </div>
      {variants.length > 0 && (
        <ul className={styles.variants} aria-label={flagTexts.use.variants}>
          {variants.map(([name, given]) => (
            <li key={name}>
              <strong>{name}</strong> {flagTexts.use.given(given, variantTotal)}
            </li>
          ))}
        </ul>
      )}
      <details className={styles.numbers}>
        <summary>{flagTexts.use.numbers}</summary>
        <Table
          label={`${flagTexts.use.label}, ${environment}`}
          columns={[
            { key: 'hour', label: flagTexts.use.hour },
            { key: 'yes', label: flagTexts.use.yes, align: 'right' },
            { key: 'no', label: flagTexts.use.no, align: 'right' },
          ]}
        >
          {hours.toReversed().map(({ at, yes, no }) => (
            <tr key={at}>
              <td>{formatTime(at, 'short')}</td>
              <td data-align="right">{yes.toLocaleString()}</td>
              <td data-align="right">{no.toLocaleString()}</td>
            </tr>
          ))}
        </Table>
      </details>
    </section>
  );
}
