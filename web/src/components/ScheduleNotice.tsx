import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { scheduledQuery, type Touched } from '../client/change-requests';
import { texts } from '../texts';
import styles from './ScheduleNotice.module.css';

interface ScheduleNoticeProps {
  projectId: string;
  /** What is about to be changed. */
  touched: Touched;
  /** The environment in which it is; without it, all of them. */
  environment?: string;
  /** Whether it is proposed, and takes effect only later. */
  proposed?: boolean;
}

/** Warns of the scheduled requests that a change would suspend, before it is made. */
export function ScheduleNotice({ projectId, touched, environment, proposed = false }: ScheduleNoticeProps) {
  const scheduled = useQuery(scheduledQuery(projectId, touched));
  const found = scheduled.data?.filter((request) => environment === undefined || request.environment === environment) ?? [];
  if (scheduled.error && !scheduled.data) return <Alert color="yellow" p="xs">{texts.schedule.unknown}</Alert>;
  if (found.length === 0) return null;
  return (
    <Alert color="yellow" p="xs">
      {proposed ? texts.schedule.wouldSuspendOnceApplied : texts.schedule.wouldSuspend} <RequestLinks projectId={projectId} requests={found} />
    </Alert>
  );
}

/** Links to change requests of a project, or of their own, one after the other. */
export function RequestLinks({ projectId, requests }: { projectId: string; requests: { id: number; title?: string | null; project?: string }[] }) {
  return requests.map(({ id, title, project }, index) => (
    <span key={id}>
      {index > 0 && ', '}
      <Link to="/projects/$projectId/change-requests/$id" params={{ projectId: project ?? projectId, id }} className={styles.link}>
        {texts.request.number(id)} {title}
      </Link>
    </span>
  ));
}
