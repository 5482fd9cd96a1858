import { ActionIcon, Alert, Anchor } from '@mantine/core';
import { StarFillIcon, StarIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { actionableQuery } from '../client/change-requests';
import { meQuery } from '../client/me';
import { projectQuery } from '../client/projects';
import { texts } from '../texts';
import { Chip } from './Chip';
import { DraftBanner } from './DraftBanner';
import { useFavoriteProject } from './favorites';
import { Page } from './Page';
import { Failed, Loading } from './states';
import { Tabs } from './Tabs';

interface ProjectPageProps {
  projectId: string;
  /** Which of the project's pages it is. */
  tab: 'flags' | 'requests' | 'applications' | 'history' | 'settings';
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of a project: its name, what it is for, and whether it is a favourite. */
export function ProjectPage({ projectId, tab, actions, children }: ProjectPageProps) {
  const project = useQuery(projectQuery(projectId));
  const me = useQuery(meQuery);
  const waiting = useQuery(actionableQuery(projectId)).data ?? 0;
  const name = project.data?.name ?? projectId;
  const favorite = project.data?.favorite ?? false;
  const favor = useFavoriteProject(projectId);

  const params = { projectId };
  return (
    <>
    <DraftBanner projectId={projectId} />
    <Page
      title={name}
      above={<Link to="/projects">{texts.project.list}</Link>}
      heading={
        <span style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}>
          {name}
          {me.data && project.data && (
            <ActionIcon
              onClick={() => favor.mutate(!favorite)}
              aria-label={favorite ? texts.project.unfavorite(name) : texts.project.favorite(name)}
              {...(favorite ? { c: 'yellow.8' } : {})}
            >
              {favorite ? <StarFillIcon /> : <StarIcon />}
            </ActionIcon>
          )}
        </span>
      }
      about={project.data?.description}
      actions={actions}
      tabs={
        <Tabs
          label={texts.project.tabs.label}
          tabs={[
            { label: texts.project.tabs.flags, link: <Link to="/projects/$projectId" params={params} />, on: tab === 'flags' },
            {
              label: (
                <>
                  {texts.project.tabs.requests}
                  {waiting > 0 && <Chip tone="accent">{waiting}</Chip>}
                </>
              ),
              link: <Link to="/projects/$projectId/change-requests" params={params} />,
              on: tab === 'requests',
            },
            {
              label: texts.project.tabs.applications,
              link: <Link to="/projects/$projectId/applications" params={params} />,
              on: tab === 'applications',
            },
            { label: texts.project.tabs.history, link: <Link to="/projects/$projectId/history" params={params} />, on: tab === 'history' },
            { label: texts.project.tabs.settings, link: <Link to="/projects/$projectId/settings" params={params} />, on: tab === 'settings' },
          ]}
        />
      }
    >
      {project.error && !project.data ? (
        <Failed error={project.error} retry={() => project.refetch()} />
      ) : project.isPending ? (
        <Loading />
      ) : (
        <>
          {tab === 'flags' && project.data.onboardingStatus.status === 'first-flag-created' && <Connect projectId={projectId} />}
          {children}
        </>
      )}
    </Page>
    </>
  );
}

/** Says what comes next when there are flags, and no application has asked for any. */
function Connect({ projectId }: { projectId: string }) {
  return (
    <Alert color="gray" role="note" p="xs" mb="md">
      {texts.project.connect}{' '}
      <Anchor size="sm" c="inherit" underline="always" renderRoot={(link) => <Link {...link} to="/projects/$projectId/settings/api-tokens" params={{ projectId }} />}>
        {texts.project.connectDo}
      </Anchor>
    </Alert>
  );
}
