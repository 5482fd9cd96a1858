import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useSearch } from '@tanstack/react-router';
import { applicationsQuery } from '../../client/applications';
import { Ago } from '../../components/Ago';
import { Page } from '../../components/Page';
import { MainCell } from '../../components/Table';
import { applicationTexts } from '../../texts/applications';
import { ApplicationTable } from './ApplicationTable';
import { Chips } from './Chips';

/** The applications that use flags. */
export function ApplicationListPage() {
  const { q = '' } = useSearch({ from: '/inside/admin/applications' });
  const applications = useInfiniteQuery(applicationsQuery(q));
  return (
    <Page title={applicationTexts.list} about={applicationTexts.about}>
      <ApplicationTable
        asked={q}
        query={applications}
        columns={[
          { key: 'name', label: applicationTexts.columns.name },
          { key: 'where', label: applicationTexts.columns.where, wide: true },
          { key: 'seen', label: applicationTexts.columns.seen },
        ]}
        row={({ appName, description, usage, updatedAt }) => (
          <tr key={appName}>
            <MainCell words={description}>
              <Link to="/admin/applications/$name" params={{ name: appName }}>
                {appName}
              </Link>
            </MainCell>
            <td data-wide>
              <Chips items={usage.map(({ project, environments }) => [project === '*' ? applicationTexts.all : project, ...environments].join(' · '))} />
            </td>
            <td>
              <Ago at={updatedAt} />
            </td>
          </tr>
        )}
      />
    </Page>
  );
}
