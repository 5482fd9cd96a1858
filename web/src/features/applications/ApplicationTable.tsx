import { Button } from '@mantine/core';
import { SearchIcon, ServerIcon } from '@primer/octicons-react';
import type { UseInfiniteQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { AddressSearch } from '../../components/Search';
import { Empty, Failed, Loading } from '../../components/states';
import { type Column, Table, TableFoot } from '../../components/Table';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { applicationTexts } from '../../texts/applications';

interface ApplicationTableProps<T> {
  /** The word that is asked for, as it stands in the address. */
  asked: string;
  query: Pick<UseInfiniteQueryResult<{ pages: { applications: T[]; total: number }[] }>, 'data' | 'error' | 'isPending' | 'refetch' | 'hasNextPage' | 'isFetchingNextPage' | 'fetchNextPage'>;
  columns: Column[];
  row: (application: T) => ReactNode;
}

/** Applications, narrowed down by a word, page after page. */
export function ApplicationTable<T>({ asked, query, columns, row }: ApplicationTableProps<T>) {
  const found = query.data?.pages.flatMap((page) => page.applications) ?? [];
  return (
    <>
      <Toolbar>
        <AddressSearch label={applicationTexts.search} />
      </Toolbar>
      {query.isPending && <Loading lines={5} height={42} />}
      {query.error && !query.data && <Failed error={query.error} retry={() => query.refetch()} />}
      {query.data && found.length === 0 && (
        <Empty icon={asked ? <SearchIcon size={24} /> : <ServerIcon size={24} />} title={asked ? applicationTexts.noneFound : applicationTexts.none}>
          {asked ? '' : applicationTexts.noneWords}
        </Empty>
      )}
      {found.length > 0 && (
        <>
          <Table label={applicationTexts.list} columns={columns}>
            {found.map(row)}
          </Table>
          <TableFoot>
            <span>{texts.shownOf(found.length, query.data?.pages[0]?.total ?? 0)}</span>
            {query.hasNextPage && (
              <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
                {texts.showMore}
              </Button>
            )}
          </TableFoot>
        </>
      )}
    </>
  );
}
