import { VisuallyHidden } from '@mantine/core';
import { TriangleDownIcon, TriangleUpIcon } from '@primer/octicons-react';
import type { KeyboardEvent, ReactNode } from 'react';
import { texts } from '../texts';
import styles from './Table.module.css';

/** The head of a column. */
export interface Column {
  key: string;
  label: string;
  /** Whether the label is only for screen readers. */
  quiet?: boolean;
  /** What stands before the label. */
  before?: ReactNode;
  /** Whether it is left out where there is little room; its cells have the attribute data-wide. */
  wide?: boolean;
  align?: 'center' | 'right';
  /** How the rows are sorted by it, if they can be. */
  sort?: { order?: 'asc' | 'desc' | undefined; choose: () => void };
}

interface TableProps {
  label: string;
  columns: Column[];
  /** How many rows there are, if they are in blocks: not all of them are drawn. */
  rowCount?: number;
  /** What moves between the rows. */
  onKeyDown?: (event: KeyboardEvent<HTMLTableElement>) => void;
  /** The rows, or blocks of them. */
  children: ReactNode;
}

/** The one look of all tables. The first column takes the room that is left. */
export function Table({ label, columns, rowCount, onKeyDown, children }: TableProps) {
  return (
    <div className={styles.frame}>
      <table
        className={styles.table}
        aria-label={label}
        {...(rowCount === undefined ? {} : { 'aria-rowcount': rowCount + 1 })}
        {...(onKeyDown ? { onKeyDown } : {})}
      >
        <thead>
          <tr {...(rowCount === undefined ? {} : { 'aria-rowindex': 1 })}>
            {columns.map(({ key, label: name, quiet, before, wide, align, sort }) => (
              <th
                key={key}
                scope="col"
                data-align={align}
                {...(wide ? { 'data-wide': true } : {})}
                {...(sort ? { 'aria-sort': sort.order === 'asc' ? 'ascending' : sort.order === 'desc' ? 'descending' : 'none' } : {})}
              >
                <span className={styles.label}>
                  {before}
                  {sort ? (
                    <button type="button" className={styles.sort} aria-label={texts.sortBy(name)} onClick={sort.choose}>
                      {name}
                      {sort.order && (sort.order === 'asc' ? <TriangleUpIcon /> : <TriangleDownIcon />)}
                    </button>
                  ) : quiet ? (
                    <VisuallyHidden>{name}</VisuallyHidden>
                  ) : (
                    name
                  )}
                </span>
              </th>
            ))}
          </tr>
        </thead>
        {rowCount === undefined ? <tbody>{children}</tbody> : children}
      </table>
    </div>
  );
}

/** What stands below a table: how much of all is shown, and the way to more. */
export function TableFoot({ children }: { children: ReactNode }) {
  return <footer className={styles.foot}>{children}</footer>;
}

interface MainProps {
  /** What the row is: a link or a button to it, or its name. */
  children: ReactNode;
  /** What is said of it in a line below. */
  words?: ReactNode;
}

/** The first cell of a row. */
export function MainCell({ children, words }: MainProps) {
  return (
    <td>
      <div className={styles.main}>{typeof children === 'string' ? <span className={styles.text}>{children}</span> : children}</div>
      {words && <div className={styles.words}>{words}</div>}
    </td>
  );
}
