import { useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { History } from '../../components/History';
import { ProjectPage } from '../../components/ProjectPage';
import { texts } from '../../texts';

/** What has happened in a project, and what it was like. */
export function ProjectHistoryPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/history' });
  const view = useSearch({ from: '/inside/projects/$projectId/history' });
  const navigate = useNavigate({ from: '/projects/$projectId/history' });
  return (
    <ProjectPage projectId={projectId} tab="history">
      <History
        search={{ project: `IS:${projectId}` }}
        scope={{ project: projectId }}
        empty={texts.event.none}
        {...view}
        onChange={(search) => navigate({ search, replace: true })}
      />
    </ProjectPage>
  );
}
