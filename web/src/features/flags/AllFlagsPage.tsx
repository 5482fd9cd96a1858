import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';
import type { FoundFlag } from '../../client/flags';
import { projectsQuery } from '../../client/projects';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { Chip } from '../../components/Chip';
import { Page } from '../../components/Page';
import { flagTexts } from '../../texts/flags';
import { Filter, FlagFiltering } from './FlagFiltering';
import { FlagList } from './FlagList';
import { FlagTable } from './FlagTable';
import styles from './FlagTable.module.css';
import { changed, type FilterChanges } from './filters';

/** The flags of all projects that one may see. */
export function AllFlagsPage() {
  const filters = useSearch({ from: '/inside/features' });
  const navigate = useNavigate({ from: '/features' });
  const projects = useQuery(projectsQuery).data;
  const environments = useQuery(allEnvironmentsQuery).data ?? [];
  const choose = useCallback((changes: FilterChanges) => navigate({ search: (before) => changed(before, changes), replace: true }), [navigate]);
  const cells = useCallback(
    (flag: FoundFlag) => (
      <>
        <td>
          <Link to="/projects/$projectId" params={{ projectId: flag.project }} className={styles.project}>
            {projects?.find(({ id }) => id === flag.project)?.name ?? flag.project}
          </Link>
        </td>
        <td data-wide>
          <span className={styles.on}>
            {flag.environments.map((one) => one.enabled && <Chip key={one.name} tone="green">{one.name}</Chip>)}
          </span>
        </td>
      </>
    ),
    [projects],
  );
  return (
    <Page title={flagTexts.everywhere.title} about={flagTexts.everywhere.about}>
      <FlagFiltering filters={filters} choose={choose} environments={environments.map(({ name }) => name)}>
        <Filter
          name="project"
          label={flagTexts.everywhere.project}
          value={filters.project}
          choices={(projects ?? []).map(({ id, name }) => [id, name])}
          choose={choose}
          searchable
        />
      </FlagFiltering>
      <FlagList
        filters={filters}
        clear={() => navigate({ search: {}, replace: true })}
        none={{ title: flagTexts.everywhere.none, words: flagTexts.everywhere.noneWords }}
      >
        {(flags, total) => <FlagTable flags={flags} total={total} filters={filters} choose={choose} columns={columns} cells={cells} />}
      </FlagList>
    </Page>
  );
}

const columns = [
  { key: 'project', label: flagTexts.everywhere.project },
  { key: 'on', label: flagTexts.everywhere.on, wide: true },
];
