import { StarFillIcon } from '@primer/octicons-react';
import { Link } from '@tanstack/react-router';
import { type KeyboardEvent, memo, type ReactNode } from 'react';
import type { FoundFlag } from '../../client/flags';
import { Ago } from '../../components/Ago';
import { Chip } from '../../components/Chip';
import { FlagTypeIcon } from '../../components/FlagTypeIcon';
import { type Column, Table } from '../../components/Table';
import { Tick } from '../../components/Tick';
import { formatTime } from '../../components/time';
import { RowBlock } from '../../components/Windowed';
import { texts } from '../../texts';
import { flagTexts } from '../../texts/flags';
import styles from './FlagTable.module.css';
import type { FilterChanges, FlagFilters } from './filters';

/** What is chosen in a list of flags, by their names. */
interface Choice {
  chosen: ReadonlySet<string>;
  /** Chooses flags, or no longer; the same function as long as the page is there. */
  choose: (names: string[], on: boolean) => void;
}

interface FlagTableProps {
  flags: FoundFlag[];
  /** How many there are, shown or not. */
  total: number;
  filters: FlagFilters;
  choose: (changes: FilterChanges) => unknown;
  /** What is chosen, where flags can be. */
  choice?: Choice;
  /** The columns of this list alone. */
  columns: Column[];
  /** Their cells; the same function as long as what they show is the same. */
  cells: (flag: FoundFlag) => ReactNode;
}

const blockSize = 25;

/** The height of a row, in pixels, where there is room for it in one line. */
const rowHeight = 42;

/** Flags, one in each row. */
export function FlagTable({ flags, total, filters, choose, choice, columns, cells }: FlagTableProps) {
  const sort = filters.sort ?? 'name';
  const order = filters.order ?? 'asc';
  const all = choice !== undefined && flags.every(({ name }) => choice.chosen.has(name));
  const sorted = (key: 'name' | 'createdAt') => ({
    order: sort === key ? order : undefined,
    choose: () => choose({ sort: key, order: sort === key && order === 'asc' ? 'desc' : 'asc' }),
  });
  return (
    <Table
      label={texts.flag.list}
      rowCount={total}
      onKeyDown={walk}
      columns={[
        {
          key: 'name',
          label: texts.flag.sort.name,
          sort: sorted('name'),
          before: choice && (
            <Tick
              label={flagTexts.bulk.all}
              checked={all}
              indeterminate={!all && choice.chosen.size > 0}
              onChange={(on) => choice.choose(flags.map(({ name }) => name), on)}
            />
          ),
        },
        { key: 'stage', label: flagTexts.stage.label, wide: true },
        { key: 'createdAt', label: texts.flag.sort.createdAt, wide: true, sort: sorted('createdAt') },
        ...columns,
      ]}
    >
      {Array.from({ length: Math.ceil(flags.length / blockSize) }, (_, block) => (
        <RowBlock key={block} expected={block === 0 ? null : Math.min(blockSize, flags.length - block * blockSize) * rowHeight}>
          {flags.slice(block * blockSize, (block + 1) * blockSize).map((flag, index) => (
            <Row
              key={`${flag.project} ${flag.name}`}
              index={block * blockSize + index}
              flag={flag}
              chosen={choice?.chosen.has(flag.name)}
              onChoose={choice?.choose}
              cells={cells}
            />
          ))}
        </RowBlock>
      ))}
    </Table>
  );
}

/** Moves between the rows by the arrow keys. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement) || !event.target.matches('[data-row]')) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  rows[rows.indexOf(event.target) + step]?.focus();
  event.preventDefault();
}

interface RowProps {
  /** Its place in the list, from 0. */
  index: number;
  flag: FoundFlag;
  chosen: boolean | undefined;
  onChoose: Choice['choose'] | undefined;
  cells: FlagTableProps['cells'];
}

/** A flag in a list. It is drawn anew only when it has changed itself. */
const Row = memo(function Row({ index, flag, chosen, onChoose, cells }: RowProps) {
  return (
    <tr aria-rowindex={index + 2}>
      <td>
        <div className={styles.name}>
          {chosen !== undefined && <Tick label={flagTexts.bulk.choose(flag.name)} checked={chosen} onChange={(on) => onChoose?.([flag.name], on)} />}
          <FlagTypeIcon type={flag.type} />
          <Link
            to="/projects/$projectId/features/$featureName"
            params={{ projectId: flag.project, featureName: flag.name }}
            className={styles.link}
            data-row
          >
            {flag.name}
          </Link>
          {flag.favorite && (
            <span className={styles.star} role="img" aria-label={flagTexts.list.favorite}>
              <StarFillIcon />
            </span>
          )}
          {flag.stale && <Chip tone="amber">{texts.flag.stale}</Chip>}
          {flag.tags?.map((tag) => (
            <Chip key={`${tag.type}:${tag.value}`}>{texts.flag.tag(tag.type, tag.value)}</Chip>
          ))}
          {flag.description && <span className={styles.description}>{flag.description}</span>}
        </div>
      </td>
      <td data-wide>
        <span data-tip={flagTexts.stage.since(flagTexts.stage.words[flag.lifecycle.stage], formatTime(flag.lifecycle.enteredStageAt, 'day'))}>
          {flagTexts.stage.names[flag.lifecycle.stage]}
        </span>
      </td>
      <td data-wide>
        <Ago at={flag.archivedAt ?? flag.createdAt} />
      </td>
      {cells(flag)}
    </tr>
  );
});
