import { ClockIcon, GitPullRequestIcon, GraphIcon } from '@primer/octicons-react';
import { Link } from '@tanstack/react-router';
import { texts } from '../texts';
import styles from './RequestViews.module.css';

/** The ways to look at the change requests of a project: as a list, by when they are applied, and how they fared. */
export function RequestViews({ projectId, on }: { projectId: string; on: 'list' | 'upcoming' }) {
  const current = (one: string) => (one === on ? { 'aria-current': 'page' as const } : {});
  return (
    <nav className={styles.views} aria-label={texts.request.list}>
      <Link to="/projects/$projectId/change-requests" params={{ projectId }} {...current('list')}>
        <GitPullRequestIcon /> {texts.request.listView}
      </Link>
      <Link to="/projects/$projectId/upcoming" params={{ projectId }} {...current('upcoming')}>
        <ClockIcon /> {texts.request.upcoming}
      </Link>
      <Link to="/insights" search={{ project: projectId }}>
        <GraphIcon /> {texts.request.insights}
      </Link>
    </nav>
  );
}
