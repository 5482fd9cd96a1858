import { useSearch } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { Loaded, type Question } from './Loaded';
import { AddressSearch } from './Search';
import { Empty } from './states';
import { type Column, Table } from './Table';
import { Toolbar } from './Toolbar';

interface WordedListProps<T> {
  query: Question<T[]>;
  /** What it is called, and what it says when it is empty, or nothing in it has the word. */
  words: { list: string; filter: string; none: string; noneWords: string; noneFound: string };
  icon: ReactNode;
  /** The button that adds to it. */
  create: ReactNode;
  columns: Column[];
  /** Whether something is in the list, and has a word. */
  keep: (one: T, word: string) => boolean;
  row: (one: T) => ReactNode;
}

/** A table that a word narrows down, with a button that adds to it. */
export function WordedList<T>({ query, words, icon, create, columns, keep, row }: WordedListProps<T>) {
  const { q: word = '' } = useSearch({ strict: false });
  return (
    <>
      <Toolbar>
        <AddressSearch label={words.filter} />
        <div>{create}</div>
      </Toolbar>
      <Loaded query={query}>
        {(all) => {
          const shown = all.filter((one) => keep(one, word));
          if (shown.length === 0) {
            return (
              <Empty icon={icon} title={word === '' ? words.none : words.noneFound}>
                {word === '' && words.noneWords}
              </Empty>
            );
          }
          return (
            <Table label={words.list} columns={columns}>
              {shown.map(row)}
            </Table>
          );
        }}
      </Loaded>
    </>
  );
}
