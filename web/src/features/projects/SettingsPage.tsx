import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ProjectPage } from '../../components/ProjectPage';
import { texts } from '../../texts';
import styles from './SettingsPage.module.css';

interface SettingsPageProps {
  projectId: string;
  children: ReactNode;
}

const words = texts.project.sections;

/** A page of a project's settings: the parts of them on the left, one of them beside it. */
export function SettingsPage({ projectId, children }: SettingsPageProps) {
  const link = { params: { projectId }, className: styles.link ?? '', activeOptions: { exact: true }, activeProps: { 'data-active': true } };
  return (
    <ProjectPage projectId={projectId} tab="settings">
      <div className={styles.columns}>
        <nav aria-label={words.label} className={styles.parts}>
          <Link to="/projects/$projectId/settings" {...link}>
            {words.general}
          </Link>
          <Link to="/projects/$projectId/settings/environments" {...link}>
            {words.environments}
          </Link>
          <Link to="/projects/$projectId/settings/access" {...link}>
            {words.access}
          </Link>
          <Link to="/projects/$projectId/settings/api-tokens" {...link}>
            {words.tokens}
          </Link>
          <Link to="/projects/$projectId/settings/context-fields" {...link}>
            {words.context}
          </Link>
        </nav>
        <div className={styles.part}>{children}</div>
      </div>
    </ProjectPage>
  );
}
