import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { SearchIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { eventCreatorsQuery } from '../../client/events';
import { projectsQuery } from '../../client/projects';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { EventList } from '../../components/EventList';
import { Page } from '../../components/Page';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';

/** All events that the person may see. */
export function EventListPage() {
  const { q, project, environment, by, from, to } = useSearch({ from: '/inside/events' });
  const navigate = useNavigate({ from: '/events' });
  const projects = useQuery(projectsQuery);
  const environments = useQuery(allEnvironmentsQuery);
  const creators = useQuery(eventCreatorsQuery);
  const choose = (changed: Record<string, string | undefined>) => {
    const next = Object.entries({ q, project, environment, by, from, to, ...changed }).filter(([, value]) => value);
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
        <Select
          aria-label={texts.event.by}
          placeholder={texts.event.by}
          clearable
          searchable
          data={creators.data?.map(({ id, name }) => ({ value: String(id), label: name })) ?? []}
          value={by ?? null}
          onChange={(value) => choose({ by: value ?? undefined })}
        />
        <Day label={texts.event.from} value={from} onChange={(day) => choose({ from: day })} />
        <Day label={texts.event.to} value={to} onChange={(day) => choose({ to: day })} />
      </Toolbar>
      <EventList
        search={{
          ...(q ? { query: q } : {}),
          ...(project ? { project: `IS:${project}` } : {}),
          ...(environment ? { environment: `IS:${environment}` } : {}),
          ...(by ? { createdBy: `IS:${by}` } : {}),
          ...(from ? { from: `IS:${from}` } : {}),
          ...(to ? { to: `IS:${to}` } : {}),
        }}
        empty={texts.event.none}
        words={texts.event.noneWords}
      />
    </Page>
  );
}

/** A day, in UTC as the server counts them. */
function Day({ label, value, onChange }: { label: string; value: string | undefined; onChange: (day: string | undefined) => void }) {
  return (
    <TextInput
      type="date"
      aria-label={label}
      title={label}
      value={value ?? ''}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
    />
  );
}
