import { ActionIcon, Button, SegmentedControl, Tooltip } from '@mantine/core';
import { PlusIcon, ProjectIcon, StarFillIcon, StarIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMay } from '../../client/me';
import { archivedProjectsQuery, type Project, projectsQuery } from '../../client/projects';
import { Ago } from '../../components/Ago';
import { Chip } from '../../components/Chip';
import { useFavoriteProject } from '../../components/favorites';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { AddressSearch, has } from '../../components/Search';
import { Empty, Failed, Loading } from '../../components/states';
import { texts } from '../../texts';
import { ArchivedProject } from './ArchivedProject';
import { CreateProject } from './CreateProject';
import styles from './ProjectListPage.module.css';
import { projectTexts } from '../../texts/projects';

/** All projects that the person may see, favourites first. */
export function ProjectListPage() {
  const { q = '', create, archived } = useSearch({ from: '/inside/projects' });
  const navigate = useNavigate({ from: '/projects' });
  const projects = useQuery(archived ? archivedProjectsQuery : projectsQuery);
  const mayCreate = useMay()('CREATE_PROJECT');
  const shown = (projects.data ?? [])
    .filter((project) => has(q, project.name, project.id))
    .sort((a, b) => Number(b.favorite) - Number(a.favorite) || a.name.localeCompare(b.name));
  const open = (create: boolean) => navigate({ search: { ...(q === '' ? {} : { q }), ...(create ? { create } : {}) } });

  return (
    <Page
      title={texts.project.list}
      actions={
        <>
          <AddressSearch label={texts.project.filter} />
          <SegmentedControl
            aria-label={projectTexts.archivedList}
            value={archived ? 'archived' : 'active'}
            onChange={(value) => navigate({ search: value === 'archived' ? { archived: true } : {} })}
            data={[
              { value: 'active', label: projectTexts.showActive },
              { value: 'archived', label: projectTexts.showArchived },
            ]}
          />
          <MayButton may={mayCreate} why={texts.project.mayNot} leftSection={<PlusIcon />} onClick={() => open(true)}>
            {texts.project.create}
          </MayButton>
        </>
      }
    >
      {projects.isPending && <Loading height={64} lines={4} />}
      {projects.error && !projects.data && <Failed error={projects.error} retry={() => projects.refetch()} />}
      {projects.data && shown.length === 0 && (
        <Empty
          icon={<ProjectIcon size={24} />}
          title={q !== '' ? texts.project.noneFound(q) : archived ? projectTexts.noneArchived : texts.project.none}
          action={
            q === '' ? undefined : (
              <Button variant="default" onClick={() => navigate({ search: {}, replace: true })}>
                {texts.flag.filters.clear}
              </Button>
            )
          }
        >
          {q === '' && !archived && texts.project.noneWords}
        </Empty>
      )}
      {shown.length > 0 && (
        <ul className={styles.list}>
          {shown.map((project) => (archived ? <ArchivedProject key={project.id} project={project} /> : <Row key={project.id} project={project} />))}
        </ul>
      )}
      {create && mayCreate && <CreateProject onClose={() => open(false)} />}
    </Page>
  );
}

function Row({ project }: { project: Project }) {
  const favor = useFavoriteProject(project.id);
  return (
    <li className={styles.row}>
      <ActionIcon
        onClick={() => favor.mutate(!project.favorite)}
        className={styles.star}
        data-on={project.favorite}
        aria-label={project.favorite ? texts.project.unfavorite(project.name) : texts.project.favorite(project.name)}
      >
        {project.favorite ? <StarFillIcon /> : <StarIcon />}
      </ActionIcon>
      <div className={styles.name}>
        <Link to="/projects/$projectId" params={{ projectId: project.id }} className={styles.link}>
          {project.name}
        </Link>
        {project.mode !== 'open' && <Chip>{texts.project.mode[project.mode] ?? project.mode}</Chip>}
        {project.description && <p className={styles.description}>{project.description}</p>}
      </div>
      <span className={styles.fact}>{texts.project.flags(project.featureCount)}</span>
      <Tooltip label={texts.project.healthOf(project.health)}>
        <span className={styles.health}>
          <span className={styles.bar} aria-hidden="true">
            <span style={{ width: `${project.health}%` }} data-tone={project.health >= 75 ? 'green' : project.health >= 50 ? 'amber' : 'red'} />
          </span>
          {project.health} %
        </span>
      </Tooltip>
      <span className={styles.when}>
        <Ago at={project.lastUpdatedAt} />
      </span>
    </li>
  );
}
