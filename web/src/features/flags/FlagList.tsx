import { Button } from '@mantine/core';
import { FlagIcon, SearchIcon } from '@primer/octicons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { type FoundFlag, flagsQuery } from '../../client/flags';
import { Empty, Failed, Loading } from '../../components/states';
import { TableFoot } from '../../components/Table';
import { ListEnd } from '../../components/Windowed';
import { texts } from '../../texts';
import { type FlagFilters, isFiltered, searchOf } from './filters';

interface FlagListProps {
  filters: FlagFilters;
  /** Takes the filters away that one has chosen. */
  clear: () => unknown;
  /** Whether one has chosen any. */
  filtered?: boolean;
  /** What is shown where there are no flags at all. */
  none: { title: string; words: string; action?: ReactNode };
  /** What shows the flags, the same array as long as they are the same, of all that there are. */
  children: (flags: FoundFlag[], total: number) => ReactNode;
}

/** The flags that filters let through, page after page, or that there are none, or why they did not come. */
export function FlagList({ filters, clear, filtered = isFiltered(filters), none, children }: FlagListProps) {
  const flags = useInfiniteQuery({ ...flagsQuery(searchOf(filters)), refetchInterval: 30_000 });
  // The rows are drawn in the time that typing and scrolling leave.
  const data = useDeferredValue(flags.data, undefined);
  const found = useMemo(() => data?.pages.flatMap((page) => page.features) ?? [], [data]);
  if (!data) return flags.error ? <Failed error={flags.error} retry={() => flags.refetch()} /> : <Loading lines={8} height={42} />;
  if (found.length === 0) {
    return (
      <Empty
        icon={filtered ? <SearchIcon size={24} /> : <FlagIcon size={24} />}
        title={filters.state === 'archived' && !filters.q ? texts.flag.noneArchived : filtered ? texts.flag.noneFound : none.title}
        action={
          filtered ? (
            <Button variant="default" onClick={clear}>
              {texts.flag.filters.clear}
            </Button>
          ) : (
            none.action
          )
        }
      >
        {filtered ? texts.flag.noneFoundWords : none.words}
      </Empty>
    );
  }
  const total = data.pages[0]?.total ?? 0;
  return (
    <>
      {children(found, total)}
      {flags.hasNextPage && !flags.isFetching && !flags.error && <ListEnd key={found.length} onNear={() => flags.fetchNextPage()} />}
      <TableFoot>
        <span>{texts.shownOf(found.length, total)}</span>
        {flags.hasNextPage && (
          <Button variant="default" loading={flags.isFetchingNextPage} onClick={() => flags.fetchNextPage()}>
            {texts.showMore}
          </Button>
        )}
      </TableFoot>
    </>
  );
}
