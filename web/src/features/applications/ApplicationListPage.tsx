import { Button } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { SearchIcon, ServerIcon } from '@primer/octicons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { type Application, applicationsQuery } from '../../client/applications';
import { Ago } from '../../components/Ago';
import { Chip } from '../../components/Chip';
import { Page } from '../../components/Page';
import { Search } from '../../components/Search';
import { Empty, Failed, Loading } from '../../components/states';
import { MainCell, Table, TableFoot } from '../../components/Table';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { applicationTexts } from '../../texts/applications';

/** The applications that use flags. */
export function ApplicationListPage() {
  const { q = '' } = useSearch({ from: '/inside/admin/applications' });
  const navigate = useNavigate({ from: '/admin/applications' });
  const [word, setWord] = useState(q);
  const search = useDebouncedCallback((value: string) => navigate({ search: value === '' ? {} : { q: value }, replace: true }), 250);
  const applications = useInfiniteQuery({ ...applicationsQuery(q), refetchInterval: 60_000 });
  const found = applications.data?.pages.flatMap((page) => page.applications) ?? [];
  return (
    <Page title={applicationTexts.list} about={applicationTexts.about}>
      <Toolbar>
        <Search
          label={applicationTexts.search}
          value={word}
          onChange={(value) => {
            setWord(value);
            search(value);
          }}
        />
      </Toolbar>
      {applications.isPending && <Loading lines={5} height={42} />}
      {applications.error && !applications.data && <Failed error={applications.error} retry={() => applications.refetch()} />}
      {applications.data && found.length === 0 && (
        <Empty
          icon={q ? <SearchIcon size={24} /> : <ServerIcon size={24} />}
          title={q ? applicationTexts.noneFound : applicationTexts.none}
        >
          {q ? '' : applicationTexts.noneWords}
        </Empty>
      )}
      {found.length > 0 && (
        <>
          <Table
            label={applicationTexts.list}
            columns={[
              { key: 'name', label: applicationTexts.columns.name },
              { key: 'where', label: applicationTexts.columns.where, wide: true },
              { key: 'seen', label: applicationTexts.columns.seen },
            ]}
          >
            {found.map((application) => (
              <Row key={application.appName} application={application} />
            ))}
          </Table>
          <TableFoot>
            <span>{texts.shownOf(found.length, applications.data?.pages[0]?.total ?? 0)}</span>
            {applications.hasNextPage && (
              <Button variant="default" loading={applications.isFetchingNextPage} onClick={() => applications.fetchNextPage()}>
                {texts.showMore}
              </Button>
            )}
          </TableFoot>
        </>
      )}
    </Page>
  );
}

function Row({ application: { appName, description, usage, updatedAt } }: { application: Application }) {
  return (
    <tr>
      <MainCell words={description}>
        <Link to="/admin/applications/$name" params={{ name: appName }}>
          {appName}
        </Link>
      </MainCell>
      <td data-wide>
        <span style={{ display: 'inline-flex', flexWrap: 'wrap', gap: 4 }}>
          {usage.map(({ project, environments }) => (
            <Chip key={project}>{[project === '*' ? applicationTexts.all : project, ...environments].join(' · ')}</Chip>
          ))}
        </span>
      </td>
      <td>
        <Ago at={updatedAt} />
      </td>
    </tr>
  );
}
