import { Button, Menu, Select, TextInput } from '@mantine/core';
import { DownloadIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type EventSearch, eventCreatorsQuery, eventsFile, eventTypesQuery } from '../../client/events';
import { projectsQuery } from '../../client/projects';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { called } from '../../components/Avatar';
import { EventList } from '../../components/EventList';
import { Page } from '../../components/Page';
import { AddressSearch } from '../../components/Search';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';

/** All events that the person may see. */
export function EventListPage() {
  const { q, type, project, environment, by, from, to } = useSearch({ from: '/inside/events' });
  const navigate = useNavigate({ from: '/events' });
  const projects = useQuery(projectsQuery);
  const environments = useQuery(allEnvironmentsQuery);
  const creators = useQuery(eventCreatorsQuery);
  const types = useQuery(eventTypesQuery);
  const choose = (changed: Record<string, string | undefined>) => {
    const next = Object.entries({ q, type, project, environment, by, from, to, ...changed }).filter(([, value]) => value);
    return navigate({ search: Object.fromEntries(next), replace: true });
  };

  const wanted: EventSearch = {
    ...(q ? { query: q } : {}),
    ...(type ? { type: `IS:${type}` } : {}),
    ...(project ? { project: `IS:${project}` } : {}),
    ...(environment ? { environment: `IS:${environment}` } : {}),
    ...(by ? { createdBy: `IS:${by}` } : {}),
    ...(from ? { from: `IS:${from}` } : {}),
    ...(to ? { to: `IS:${to}` } : {}),
  };

  return (
    <Page title={texts.event.list} about={texts.event.about} actions={<Export search={wanted} />}>
      <Toolbar>
        <AddressSearch label={texts.event.search} />
        <Select
          aria-label={texts.event.type}
          placeholder={texts.event.type}
          clearable
          searchable
          comboboxProps={{ width: 300, position: 'bottom-start' }}
          data={types.data?.map((one) => ({ value: one.type, label: one.label })) ?? []}
          value={type ?? null}
          onChange={(value) => choose({ type: value ?? undefined })}
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
          data={creators.data?.map(({ id, name }) => ({ value: String(id), label: called(name) })) ?? []}
          value={by ?? null}
          onChange={(value) => choose({ by: value ?? undefined })}
        />
        <Day label={texts.event.from} value={from} onChange={(day) => choose({ from: day })} />
        <Day label={texts.event.to} value={to} onChange={(day) => choose({ to: day })} />
      </Toolbar>
      <EventList search={wanted} empty={texts.event.none} words={texts.event.noneWords} />
    </Page>
  );
}

/** Makes a file of all events that are found, also of those that are not shown yet. */
function Export({ search }: { search: EventSearch }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button variant="default" leftSection={<DownloadIcon />}>
          {texts.event.export}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {(['csv', 'json'] as const).map((format) => (
          <Menu.Item key={format} component="a" href={eventsFile(search, format)} download>
            {texts.event.exportAs(format.toUpperCase())}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
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
