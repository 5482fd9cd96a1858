import { Button, CloseButton, SegmentedControl, TextInput } from '@mantine/core';
import { HistoryIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { differenceQuery, type HistoryDifference, type Moment, type PastFlag, pastQuery, type Scope } from '../client/history';
import { Problem, sentence } from '../client/problem';
import { texts } from '../texts';
import { Chip, type Tone } from './Chip';
import { DifferenceTable } from './JsonDiff';
import { Empty, Failed, Loading } from './states';
import { StrategyView } from './StrategyView';
import styles from './TimeTravel.module.css';
import { formatTime, fromField, toField } from './time';

/** The moments that are looked at, as they stand in the address: times, or revisions. */
export interface Moments {
  from?: string;
  to?: string;
}

interface TimeTravelProps extends Moments {
  scope: Scope;
  onChange: (moments: Moments) => void;
}

const words = texts.past;
const hour = 3_600_000;
const quick: [string, number][] = [
  [words.hour, hour],
  [words.day, 24 * hour],
  [words.week, 7 * 24 * hour],
];
// Looks into the past are dear: what differs is drawn for the first of them, and the rest is a click away.
const shownFirst = 50;

/** The configuration as it was at a moment, and how it differs from another, or from now. */
export function TimeTravel({ scope, from, to, onChange }: TimeTravelProps) {
  const [shown, setShown] = useState<'differences' | 'state'>('differences');
  const change = (changed: { from?: string | undefined; to?: string | undefined }) => {
    const next = Object.entries({ from, to, ...changed }).filter(([, value]) => value);
    onChange(Object.fromEntries(next) as Moments);
  };
  return (
    <>
      <div className={styles.moments}>
        <MomentField key={`from ${from ?? ''}`} label={words.from} value={from} onChange={(value) => change({ from: value })} />
        {shown === 'differences' && (
          <MomentField key={`to ${to ?? ''}`} label={words.to} hint={words.now} value={to} onChange={(value) => change({ to: value })} />
        )}
        <span className={styles.quick}>
          {quick.map(([label, ago]) => (
            <Button key={label} variant="default" onClick={() => change({ from: new Date(Date.now() - ago).toISOString(), to: undefined })}>
              {label}
            </Button>
          ))}
        </span>
      </div>
      {from === undefined ? (
        <Empty icon={<HistoryIcon size={24} />} title={words.choose}>
          {words.chooseWords}
        </Empty>
      ) : (
        <>
          <SegmentedControl
            mb="md"
            aria-label={words.what}
            value={shown}
            onChange={(value) => setShown(value as 'differences')}
            data={[
              { value: 'differences', label: words.differences },
              { value: 'state', label: words.state },
            ]}
          />
          {shown === 'differences' ? <Differences scope={scope} from={from} to={to} /> : <Past scope={scope} at={from} />}
        </>
      )}
    </>
  );
}

interface MomentFieldProps {
  label: string;
  hint?: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** A moment: a time in the reader's zone, or the revision that a link has named. It is taken when the field is left. */
function MomentField({ label, hint, value, onChange }: MomentFieldProps) {
  const revision = value !== undefined && /^\d+$/.test(value);
  const [written, setWritten] = useState(revision || value === undefined ? '' : toField(value));
  const clear = value !== undefined && <CloseButton size="sm" aria-label={words.clear(label)} onClick={() => onChange(undefined)} />;
  if (revision) return <TextInput label={label} value={texts.event.revision(Number(value))} readOnly rightSection={clear} />;
  function take() {
    const time = fromField(written.length === 16 ? `${written}:00` : written);
    if (time !== '' && time !== value) onChange(time);
  }
  return (
    <TextInput
      type="datetime-local"
      step={1}
      label={hint && value === undefined ? words.orNow(label, hint) : label}
      value={written}
      rightSection={clear}
      onChange={(event) => setWritten(event.currentTarget.value)}
      onBlur={take}
      onKeyDown={(event) => event.key === 'Enter' && take()}
    />
  );
}

/** Which revision a moment is, in words. */
function momentWords({ revision, at }: Moment): string {
  return at ? words.moment(formatTime(at, 'short'), revision) : words.beforeAll;
}

const tones: Record<HistoryDifference['how'], Tone> = { added: 'green', removed: 'red', changed: 'amber' };

function Differences({ scope, from, to }: { scope: Scope; from: string; to: string | undefined }) {
  const difference = useQuery(differenceQuery(scope, from, to));
  const [all, setAll] = useState(false);
  if (difference.isPending) return <Loading lines={4} height={72} />;
  if (difference.error) return <Gone error={difference.error} retry={() => difference.refetch()} />;
  const { changes, ...moments } = difference.data;
  return (
    <>
      <div className={styles.between} role="status">
        <p>
          {words.between(momentWords(moments.from), to === undefined ? words.now : momentWords(moments.to))} {words.count(changes.length)}
        </p>
      </div>
      {changes.length === 0 && <Empty title={words.same}>{words.sameWords}</Empty>}
      <ul className={styles.changes}>
        {(all ? changes : changes.slice(0, shownFirst)).map((change) => (
          <li key={`${change.kind} ${change.name}`} className={styles.change}>
            <h2>
              <Chip tone={tones[change.how]}>{words.how[change.how]}</Chip>
              {words.thing(change.kind, change.name)}
            </h2>
            <Fields change={change} />
          </li>
        ))}
      </ul>
      {!all && changes.length > shownFirst && (
        <Button mt="md" variant="default" onClick={() => setAll(true)}>
          {words.showAll(changes.length)}
        </Button>
      )}
    </>
  );
}

/** The fields of a thing that differ; of one that is new or gone, all of them, for those who want them. */
function Fields({ change: { how, fields } }: { change: HistoryDifference }) {
  const table = (
    <DifferenceTable
      found={fields.map(({ path, before, after }) => ({ path: pathWords(path), before, after }))}
      hasBefore={how !== 'added'}
      hasAfter={how !== 'removed'}
    />
  );
  if (how === 'changed') return table;
  return (
    <details className={styles.json}>
      <summary>{words.showFields}</summary>
      {table}
    </details>
  );
}

/** Says where a field is: production › strategy 0195a000 › Rollout. */
function pathWords(path: string): string {
  const inside = /^environments\[([^\]]+)\]\.?(.*)$/.exec(path);
  const [environment, rest] = inside ? [inside[1], inside[2] ?? ''] : [undefined, path];
  const within = /^strategies\[([^\]]+)\]\.?(.*)$/.exec(rest);
  const [strategy, field] = within ? [words.strategy((within[1] ?? '').slice(-6)), within[2] ?? ''] : [undefined, rest];
  const name = words.fields[field] ?? texts.change.fields[field] ?? field;
  return [environment, strategy, name].filter(Boolean).join(' › ');
}

function Past({ scope, at }: { scope: Scope; at: string }) {
  const past = useQuery(pastQuery(scope, at));
  if (past.isPending) return <Loading lines={3} height={96} />;
  if (past.error) return <Gone error={past.error} retry={() => past.refetch()} />;
  const { flags, ...state } = past.data;
  return (
    <>
      <div className={styles.between} role="status">
        <p>{momentWords(state)}</p>
      </div>
      {flags.length === 0 && <Empty title={words.noFlags}>{words.noFlagsWords}</Empty>}
      <ul className={styles.changes}>
        {flags.map((flag) => (
          <li key={flag.name} className={styles.flag}>
            <h2>
              {flag.name}
              {flag.archivedAt && <Chip tone="red">{texts.flag.archived}</Chip>}
            </h2>
            <PastEnvironments flag={flag} />
            <details className={styles.json}>
              <summary>{texts.change.json}</summary>
              <pre>{JSON.stringify(flag, null, 2)}</pre>
            </details>
          </li>
        ))}
      </ul>
    </>
  );
}

function PastEnvironments({ flag: { environments = [] } }: { flag: PastFlag }) {
  return (
    <>
      {environments.map(({ environment, enabled = false, strategies = [] }) => (
        <section key={environment} className={styles.environment} aria-label={environment}>
          <h3>
            {environment}
            <Chip tone={enabled ? 'green' : 'plain'}>{enabled ? words.on : words.off}</Chip>
          </h3>
          {strategies.length === 0 ? (
            <p className={styles.dim}>{words.noStrategies}</p>
          ) : (
            <ul className={styles.strategies}>
              {strategies.map((strategy) => (
                <li key={strategy.id}>
                  {strategy.title && <strong>{strategy.title} </strong>}
                  {strategy.disabled && <Chip>{texts.change.fields.disabled}</Chip>}
                  <StrategyView strategy={strategy} />
                </li>
              ))}
            </ul>
          )}
        </section>
      ))}
    </>
  );
}

/** Why the past could not be shown: the thing was not there then, or the moment lies ahead. */
function Gone({ error, retry }: { error: Error; retry: () => void }) {
  if (error instanceof Problem && error.status < 500 && error.status > 0) {
    return <Empty icon={<HistoryIcon size={24} />} title={sentence(error)} />;
  }
  return <Failed error={error} retry={retry} />;
}
