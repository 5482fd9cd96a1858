import { ActionIcon } from '@mantine/core';
import { StarFillIcon, StarIcon } from '@primer/octicons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { meQuery } from '../client/me';
import { projectQuery, projectsQuery, setFavoriteProject } from '../client/projects';
import { texts } from '../texts';
import { Page } from './Page';
import { Failed, Loading } from './states';
import { failed } from './toast';

interface ProjectPageProps {
  projectId: string;
  actions?: ReactNode;
  children: ReactNode;
}

/** A page of a project: its name, what it is for, and whether it is a favourite. */
export function ProjectPage({ projectId, actions, children }: ProjectPageProps) {
  const queryClient = useQueryClient();
  const project = useQuery(projectQuery(projectId));
  const me = useQuery(meQuery);
  const name = project.data?.name ?? projectId;
  const favorite = project.data?.favorite ?? false;
  const favor = useMutation({
    mutationFn: () => setFavoriteProject(projectId, !favorite),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: projectsQuery.queryKey }),
    onError: failed,
  });

  return (
    <Page
      title={name}
      above={<Link to="/projects">{texts.project.list}</Link>}
      heading={
        <span style={{ display: 'inline-flex', alignItems: 'center', gap: 6 }}>
          {name}
          {me.data && project.data && (
            <ActionIcon
              onClick={() => favor.mutate()}
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
    >
      {project.error && !project.data ? (
        <Failed error={project.error} retry={() => project.refetch()} />
      ) : project.isPending ? (
        <Loading />
      ) : (
        children
      )}
    </Page>
  );
}
