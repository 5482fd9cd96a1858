import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { SearchIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { projectsQuery } from '../../client/projects';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { EventList } from '../../components/EventList';
import { Page } from '../../components/Page';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';

/** All events that the person may see. */
export function EventListPage() {
  const { q, project, environment } = useSearch({ from: '/inside/events' });
  const navigate = useNavigate({ from: '/events' });
  const projects = useQuery(projectsQuery);
  const environments = useQuery(allEnvironmentsQuery);
  const choose = (changed: Record<string, string | undefined>) => {
    const next = Object.entries({ q, project, environment, ...changed }).filter(([, value]) => value);
    return navigate({ search: Object.fromEntries(next), replace: true });
  };
  const search = useDebouncedCallback((word: string) => choose({ q: word }), 250);

  return (
    <Page title={texts.event.list} about={texts.event.about}>
      <Toolbar>
        <TextInput
          type="search"
          aria-label={texts.event.search}
          placeholder={texts.event.search}
          leftSection={<SearchIcon />}
          defaultValue={q ?? ''}
          onChange={(event) => search(event.currentTarget.value)}
        />
        <Select
          aria-label={texts.event.project}
          placeholder={texts.event.project}
          clearable
          searchable
          data={projects.data?.map((one) => ({ value: one.id, label: one.name })) ?? []}
          value={project ?? null}
          onChange={(value) => choose({ project: value ?? undefined })}
        />
        <Select
          aria-label={texts.event.environment}
          placeholder={texts.event.environment}
          clearable
          data={environments.data?.map((one) => one.name) ?? []}
          value={environment ?? null}
          onChange={(value) => choose({ environment: value ?? undefined })}
        />
      </Toolbar>
      <EventList
        search={{
          ...(q ? { query: q } : {}),
          ...(project ? { project: `IS:${project}` } : {}),
          ...(environment ? { environment: `IS:${environment}` } : {}),
        }}
        empty={texts.event.none}
        words={texts.event.noneWords}
      />
    </Page>
  );
}
