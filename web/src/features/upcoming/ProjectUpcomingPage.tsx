import { useParams } from '@tanstack/react-router';
import { ProjectPage } from '../../components/ProjectPage';
import { RequestViews } from '../../components/RequestViews';
import { UpcomingList } from './UpcomingList';

/** What is scheduled in a project. */
export function ProjectUpcomingPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/upcoming' });
  return (
    <ProjectPage projectId={projectId} tab="requests">
      <RequestViews projectId={projectId} on="upcoming" />
      <UpcomingList projectId={projectId} />
    </ProjectPage>
  );
}
