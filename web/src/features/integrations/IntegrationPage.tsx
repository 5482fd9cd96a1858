import { Group } from '@mantine/core';
import { PaperAirplaneIcon, PencilIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type Attempt, attemptsQuery, integrationQuery, integrationsQuery, testIntegration } from '../../client/integrations';
import { useMay } from '../../client/me';
import { Ago } from '../../components/Ago';
import { Chip, type Tone } from '../../components/Chip';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { Panel } from '../../components/Panel';
import { Refused } from '../../components/Refused';
import { SecretDialog } from '../../components/Secret';
import { Empty } from '../../components/states';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { IntegrationForm } from './IntegrationForm';
import { nameOf } from './names';
import { integrationTexts } from '../../texts/integrations';

const tones: Record<Attempt['state'], Tone> = { success: 'green', successWithErrors: 'amber', failed: 'red' };

/** How often the log is read anew while a test is on its way. */
const testPause = 1000;

/** An integration, and what became of what was sent to it. */
export function IntegrationPage() {
  const { id } = useParams({ from: '/inside/admin/integrations/$id' });
  const navigate = useNavigate();
  const mayUpdate = useMay()('UPDATE_ADDON');
  const mayRead = useMay()('ADMIN');
  const integration = useQuery(integrationQuery(id));
  const providers = useQuery(integrationsQuery).data?.providers;
  const [editing, setEditing] = useState(false);
  const [secret, setSecret] = useState<string | undefined>();
  const [tested, setTested] = useState<string | undefined>();
  const test = useWrite({ write: () => testIntegration(id), touches: [], said: integrationTexts.testing, then: setTested });
  const one = integration.data;
  const name = one && providers ? nameOf(one, providers) : integrationTexts.list;
  return (
    <Page
      title={name}
      above={<Link to="/admin/integrations">{integrationTexts.list}</Link>}
      about={one && providers?.find((provider) => provider.name === one.provider)?.description}
      actions={
        one &&
        providers && (
          <Group gap="xs">
            {!one.enabled && <Chip>{integrationTexts.isDisabled}</Chip>}
            <MayButton
              variant="default"
              may={mayUpdate && one.enabled}
              why={mayUpdate ? integrationTexts.needsEnabled : integrationTexts.mayNotUpdate}
              leftSection={<PaperAirplaneIcon />}
              loading={test.isPending}
              onClick={() => test.mutate()}
            >
              {integrationTexts.test}
            </MayButton>
            <MayButton may={mayUpdate} why={integrationTexts.mayNotUpdate} leftSection={<PencilIcon />} onClick={() => setEditing(true)}>
              {integrationTexts.edit}
            </MayButton>
          </Group>
        )
      }
    >
      <Loaded query={integration}>{() => (mayRead ? <Log id={id} tested={tested} /> : <Refused why={integrationTexts.logMayNot} />)}</Loaded>
      {editing && one && providers && (
        <IntegrationForm
          integration={one}
          providers={providers}
          onSaved={(_, made) => {
            setEditing(false);
            setSecret(made);
          }}
          onDeleted={() => navigate({ to: '/admin/integrations' })}
          onClose={() => setEditing(false)}
        />
      )}
      {secret && (
        <SecretDialog
          title={integrationTexts.secretTitle}
          words={integrationTexts.secretWords}
          secret={secret}
          label={integrationTexts.copySecret}
          onClose={() => setSecret(undefined)}
        />
      )}
    </Page>
  );
}

/** What became of the last attempts; it is read anew until it has the delivery of a test. */
function Log({ id, tested }: { id: number; tested: string | undefined }) {
  const attempts = useQuery({
    ...attemptsQuery(id),
    refetchInterval: ({ state }) =>
      tested !== undefined && !state.data?.some(({ details }) => details?.deliveryId === tested) ? testPause : false,
  });
  return (
    <Panel title={integrationTexts.log} words={integrationTexts.logWords} flush>
      <Loaded query={attempts}>
        {(all) =>
          all.length === 0 ? (
            <Empty title={integrationTexts.logNone}>{integrationTexts.logNoneWords}</Empty>
          ) : (
            <Table
              label={integrationTexts.log}
              columns={[
                { key: 'event', label: integrationTexts.logColumns.event },
                { key: 'state', label: integrationTexts.logColumns.state },
                { key: 'answer', label: integrationTexts.logColumns.answer, align: 'right', wide: true },
                { key: 'attempt', label: integrationTexts.logColumns.attempt, align: 'right', wide: true },
                { key: 'at', label: integrationTexts.logColumns.at },
              ]}
            >
              {all.map((attempt) => (
                <tr key={attempt.id}>
                  <MainCell words={attempt.stateDetails}>{attempt.event.label ?? attempt.event.type}</MainCell>
                  <td>
                    <Chip tone={tones[attempt.state]}>{integrationTexts.states[attempt.state]}</Chip>
                  </td>
                  <td data-align="right" data-wide>
                    {number(attempt, 'status')}
                  </td>
                  <td data-align="right" data-wide>
                    {number(attempt, 'attempt')}
                  </td>
                  <td>
                    <Ago at={attempt.createdAt} />
                  </td>
                </tr>
              ))}
            </Table>
          )
        }
      </Loaded>
    </Panel>
  );
}

/** A number of an attempt's details, which each provider fills as it can. */
function number({ details }: Attempt, name: string): string {
  const value = details?.[name];
  return typeof value === 'number' ? String(value) : '';
}
