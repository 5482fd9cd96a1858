import { Switch } from '@mantine/core';
import { PlugIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { type Integration, integrationsKey, integrationsQuery, type Provider, saveIntegration } from '../../client/integrations';
import { useMay } from '../../client/me';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { SecretDialog } from '../../components/Secret';
import { Empty } from '../../components/states';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { IntegrationForm } from './IntegrationForm';
import { nameOf } from './names';
import { integrationTexts } from '../../texts/integrations';

/** Where events are sent to. */
export function IntegrationListPage() {
  const may = useMay();
  const navigate = useNavigate();
  const integrations = useQuery(integrationsQuery);
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<{ id: number; secret: string } | null>(null);
  const show = (id: number) => navigate({ to: '/admin/integrations/$id', params: { id } });
  const create = (
    <MayButton may={may('CREATE_ADDON')} why={integrationTexts.mayNotCreate} leftSection={<PlusIcon />} onClick={() => setCreating(true)}>
      {integrationTexts.create}
    </MayButton>
  );
  return (
    <Page title={integrationTexts.list} about={integrationTexts.about} actions={create}>
      <Loaded query={integrations}>
        {({ addons, providers }) =>
          addons.length === 0 ? (
            <Empty icon={<PlugIcon size={24} />} title={integrationTexts.none} action={create}>
              {integrationTexts.noneWords}
            </Empty>
          ) : (
            <Table
              label={integrationTexts.list}
              columns={[
                { key: 'name', label: integrationTexts.columns.name },
                { key: 'events', label: integrationTexts.columns.events, wide: true },
                { key: 'where', label: integrationTexts.columns.where, wide: true },
                { key: 'enabled', label: integrationTexts.columns.enabled, align: 'center' },
              ]}
            >
              {addons.map((one) => (
                <Row key={one.id} integration={one} providers={providers} />
              ))}
            </Table>
          )
        }
      </Loaded>
      {creating && integrations.data && (
        <IntegrationForm
          integration={undefined}
          providers={integrations.data.providers}
          onSaved={({ id }, secret) => {
            setCreating(false);
            if (secret) setMade({ id, secret });
            else void show(id);
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {made && (
        <SecretDialog
          title={integrationTexts.secretTitle}
          words={integrationTexts.secretWords}
          secret={made.secret}
          label={integrationTexts.copySecret}
          onClose={() => show(made.id)}
        />
      )}
    </Page>
  );
}

function Row({ integration, providers }: { integration: Integration; providers: Provider[] }) {
  const may = useMay()('UPDATE_ADDON');
  const { id, createdAt: _, ...body } = integration;
  const name = nameOf(integration, providers);
  const turn = useWrite({
    write: (enabled: boolean) => saveIntegration(id, { ...body, enabled }),
    touches: [integrationsKey],
    said: (enabled) => (enabled ? integrationTexts.enabled(name) : integrationTexts.disabled(name)),
  });
  const places = [...(integration.projects ?? []), ...(integration.environments ?? [])].filter((place) => place !== '*');
  return (
    <tr>
      <MainCell words={providers.find((one) => one.name === integration.provider)?.displayName}>
        <Link to="/admin/integrations/$id" params={{ id }}>
          {name}
        </Link>
      </MainCell>
      <td data-wide>{integrationTexts.events(integration.events.length)}</td>
      <td data-wide>{places.join(', ') || integrationTexts.everywhere}</td>
      <td data-align="center">
        <Switch
          color="indigo"
          aria-label={integrationTexts.enable(name)}
          {...(may ? {} : { title: integrationTexts.mayNotUpdate })}
          disabled={!may || turn.isPending}
          checked={integration.enabled}
          onChange={(event) => turn.mutate(event.currentTarget.checked)}
        />
      </td>
    </tr>
  );
}
