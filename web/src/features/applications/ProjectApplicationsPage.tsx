import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useParams, useSearch } from '@tanstack/react-router';
import { projectApplicationsQuery } from '../../client/applications';
import { ProjectPage } from '../../components/ProjectPage';
import { MainCell } from '../../components/Table';
import { applicationTexts } from '../../texts/applications';
import { ApplicationTable } from './ApplicationTable';
import { Chips } from './Chips';

/** The applications that ask for flags of a project. */
export function ProjectApplicationsPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/applications' });
  const { q = '' } = useSearch({ from: '/inside/projects/$projectId/applications' });
  const applications = useInfiniteQuery(projectApplicationsQuery(projectId, q));
  return (
    <ProjectPage projectId={projectId} tab="applications">
      <ApplicationTable
        asked={q}
        query={applications}
        columns={[
          { key: 'name', label: applicationTexts.columns.name },
          { key: 'environments', label: applicationTexts.columns.environments },
          { key: 'instances', label: applicationTexts.columns.instances, align: 'right', wide: true },
          { key: 'sdks', label: applicationTexts.sdks, wide: true },
        ]}
        row={({ name, environments, instances, sdks }) => (
          <tr key={name}>
            <MainCell>
              <Link to="/admin/applications/$name" params={{ name }}>
                {name}
              </Link>
            </MainCell>
            <td>
              <Chips items={environments} />
            </td>
            <td data-wide data-align="right">
              {instances.length}
            </td>
            <td data-wide>
              <Chips items={sdks.map((sdk) => [sdk.name, sdk.versions.join(', ')].filter(Boolean).join(' '))} />
            </td>
          </tr>
        )}
      />
    </ProjectPage>
  );
}
