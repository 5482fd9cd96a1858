import { Anchor, MultiSelect, Select, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { eventTypesQuery } from '../../client/events';
import { deleteIntegration, type Integration, integrationsKey, masked, type Provider, saveIntegration } from '../../client/integrations';
import { useMay } from '../../client/me';
import { Problem } from '../../client/problem';
import { projectsQuery } from '../../client/projects';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { DeleteButton } from '../../components/DeleteButton';
import { FormDialog } from '../../components/FormDialog';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { nameOf } from './names';
import { ParameterField } from './ParameterField';
import { integrationTexts } from '../../texts/integrations';

const words = integrationTexts.form;

// Stands for all events of change requests, in the field alone.
const allRequests = '*';

interface IntegrationFormProps {
  integration: Integration | undefined;
  providers: Provider[];
  /** Told once it is saved, with the signing secret if one was made. */
  onSaved: (integration: Integration, secret: string | undefined) => void;
  onDeleted?: () => void;
  onClose: () => void;
}

/** Makes an integration, or changes one. What its provider has to know comes from the server. */
export function IntegrationForm({ integration, providers, onSaved, onDeleted, onClose }: IntegrationFormProps) {
  const may = useMay();
  const types = useQuery(eventTypesQuery);
  const projects = useQuery(projectsQuery);
  const environments = useQuery(allEnvironmentsQuery);
  const [providerName, setProvider] = useState(integration?.provider ?? providers[0]?.name ?? '');
  const [description, setDescription] = useState(integration?.description ?? '');
  const [parameters, setParameters] = useState<Record<string, string>>(integration?.parameters ?? {});
  const [events, setEvents] = useState(integration?.events ?? []);
  const [inProjects, setProjects] = useState(only(integration?.projects));
  const [inEnvironments, setEnvironments] = useState(only(integration?.environments));
  const [enabled, setEnabled] = useState(integration?.enabled ?? true);
  const [strict, setStrict] = useState(false);
  const kinds = types.data ?? [];
  const requests = kinds.map(({ type }) => type).filter((type) => type.startsWith('change-'));
  const together = requests.length > 0 && requests.every((type) => events.includes(type));
  const provider = providers.find(({ name }) => name === providerName);

  const save = useWrite({
    write: () =>
      saveIntegration(integration?.id, {
        provider: providerName,
        description: description === '' ? null : description,
        enabled,
        events,
        projects: inProjects,
        environments: inEnvironments,
        // What was written for another provider is not for this one.
        parameters: Object.fromEntries((provider?.parameters ?? []).map(({ name }) => [name, parameters[name] ?? ''])),
      }),
    touches: [integrationsKey],
    said: (_, saved) => integrationTexts.saved(nameOf(saved, providers)),
    then: (saved) => {
      const secret = saved.parameters.signingSecret;
      onSaved(saved, secret === masked ? undefined : secret);
    },
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const about = {
    description: problem?.of('description'),
    events: problem?.of('events') ?? (strict && events.length === 0 ? words.needsEvents : undefined),
    projects: problem?.of('projects'),
    environments: problem?.of('environments'),
  };
  const placed = [...Object.values(about), ...(provider?.parameters ?? []).map(({ name }) => problem?.of(`parameters/${name}`))].some(Boolean);
  const name = integration && nameOf(integration, providers);
  return (
    <FormDialog
      title={integration ? integrationTexts.edit : integrationTexts.create}
      act={integration ? texts.save : integrationTexts.create}
      size="lg"
      pending={save.isPending}
      error={placed ? null : save.error}
      aside={
        integration &&
        name && (
          <DeleteButton
            may={may('DELETE_ADDON')}
            why={integrationTexts.mayNotDelete}
            title={integrationTexts.removeTitle(name)}
            words={integrationTexts.removeWords}
            act={integrationTexts.removeAct(name)}
            write={() => deleteIntegration(integration.id)}
            touches={[[...integrationsKey, 'all']]}
            said={integrationTexts.removed(name)}
            onDone={() => onDeleted?.()}
          />
        )
      }
      onSubmit={() => {
        setStrict(true);
        if (events.length > 0) save.mutate();
      }}
      onClose={onClose}
    >
      <Select
        label={words.provider}
        description={
          provider && (
            <>
              {provider.description}{' '}
              <Anchor inherit c="inherit" underline="always" href={provider.documentationUrl} target="_blank" rel="noreferrer">
                {words.documentation}
              </Anchor>
            </>
          )
        }
        disabled={integration !== undefined}
        allowDeselect={false}
        data={providers.map((one) => ({ value: one.name, label: one.displayName }))}
        value={providerName}
        onChange={(value) => value !== null && setProvider(value)}
      />
      <TextInput
        label={words.name}
        description={words.nameWords}
        data-autofocus
        autoComplete="off"
        value={description}
        error={about.description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      {provider?.parameters.map((parameter) => (
        <ParameterField
          key={parameter.name}
          parameter={parameter}
          value={parameters[parameter.name] ?? ''}
          error={problem?.of(`parameters/${parameter.name}`)}
          onChange={(value) => setParameters({ ...parameters, [parameter.name]: value })}
        />
      ))}
      <MultiSelect
        label={words.events}
        description={words.eventsWords}
        searchable
        clearable
        hidePickedOptions
        data={[
          { value: allRequests, label: words.allRequests },
          // One choice for all of them leaves no choice of one.
          ...kinds.filter(({ type }) => !(together && requests.includes(type))).map(({ type, label }) => ({ value: type, label })),
        ]}
        value={together ? [allRequests, ...events.filter((type) => !requests.includes(type))] : events}
        error={about.events}
        onChange={(chosen) =>
          setEvents(chosen.includes(allRequests) ? [...requests, ...chosen.filter((type) => type !== allRequests && !requests.includes(type))] : chosen)
        }
      />
      <MultiSelect
        label={words.projects}
        placeholder={inProjects.length === 0 ? words.allProjects : ''}
        searchable
        data={projects.data?.map(({ id, name: title }) => ({ value: id, label: title })) ?? []}
        value={inProjects}
        error={about.projects}
        onChange={setProjects}
      />
      <MultiSelect
        label={words.environments}
        placeholder={inEnvironments.length === 0 ? words.allEnvironments : ''}
        searchable
        data={environments.data?.map((environment) => environment.name) ?? []}
        value={inEnvironments}
        error={about.environments}
        onChange={setEnvironments}
      />
      <Switch color="indigo" label={words.enabled} checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} />
    </FormDialog>
  );
}

/** Those to which it is narrowed: a star means all, as nothing does. */
function only(places: string[] | undefined): string[] {
  return places === undefined || places.includes('*') ? [] : places;
}
