import { Button, Switch, TagsInput, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { instanceQuery, masterSwitchQuery, setMasterSwitch, setOrigins, statisticsQuery } from '../../client/instance';
import { nameOf, useMay } from '../../client/me';
import { endSession, sessionsQuery, usersQuery } from '../../client/people';
import { Ago } from '../../components/Ago';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { Panel, Panels } from '../../components/Panel';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './InstancePage.module.css';
import { instanceTexts } from '../../texts/instance';

/** What the server is and holds, and what is the same for all projects. */
export function InstancePage() {
  const may = useMay()('ADMIN');
  return (
    <Page title={instanceTexts.title} about={instanceTexts.about}>
      <Panels>
        <Statistics />
        <MasterSwitch />
        <Origins />
        {may && <Sessions />}
      </Panels>
    </Page>
  );
}

function Statistics() {
  const instance = useQuery(instanceQuery);
  const statistics = useQuery(statisticsQuery);
  const words = instanceTexts.facts;
  return (
    <Panel title={instanceTexts.statistics}>
      <Loaded query={instance} lines={4}>
        {({ version, resourceLimits: limits }) => (
          <Loaded query={statistics} lines={4}>
            {(counts) => {
              const facts: [string, number | string, number?][] = [
                [words.version, version],
                [words.projects, counts.projects, limits.projects],
                [words.flags, counts.featureToggles],
                [words.archived, counts.archivedFeatureToggles],
                [words.environments, counts.environments, limits.environments],
                [words.segments, counts.segments, limits.segments],
                [words.contextFields, counts.contextFields],
                [words.users, counts.users],
                [words.accounts, counts.serviceAccounts],
                [words.groups, counts.groups],
                [words.roles, counts.roles],
                [words.id, counts.instanceId],
              ];
              return (
                <dl className={styles.facts}>
                  {facts.map(([name, value, most]) => (
                    <div key={name}>
                      <dt>{name}</dt>
                      <dd>{typeof value === 'number' ? (most === undefined ? value.toLocaleString() : instanceTexts.of(value, most)) : value}</dd>
                    </div>
                  ))}
                </dl>
              );
            }}
          </Loaded>
        )}
      </Loaded>
    </Panel>
  );
}

function MasterSwitch() {
  const may = useMay()('ADMIN');
  const setting = useQuery(masterSwitchQuery);
  const [asking, setAsking] = useState(false);
  const turn = useWrite({
    write: (on: boolean) => setMasterSwitch(on),
    touches: [masterSwitchQuery.queryKey, ['protection'], ['change-requests']],
    said: instanceTexts.switched,
  });
  const on = setting.data ?? true;
  return (
    <Panel
      title={instanceTexts.requests}
      words={setting.data === undefined ? '' : on ? instanceTexts.requestsOn : instanceTexts.requestsOff}
      actions={
        setting.data !== undefined && (
          <Tooltip label={may ? instanceTexts.requestsSwitch : texts.mayNot}>
            <span>
              <Switch
                color="indigo"
                aria-label={instanceTexts.requestsSwitch}
                checked={on}
                {...(may ? {} : { 'data-disabled': true, 'aria-disabled': true, readOnly: true })}
                onChange={(event) => may && (event.currentTarget.checked ? turn.mutate(true) : setAsking(true))}
              />
            </span>
          </Tooltip>
        )
      }
    >
      {setting.error ? <Loaded query={setting}>{() => null}</Loaded> : <p className={styles.dim}>{instanceTexts.requestsWords}</p>}
      {asking && (
        <Confirm
          title={instanceTexts.offTitle}
          words={instanceTexts.offWords}
          act={instanceTexts.offAct}
          danger
          pending={turn.isPending}
          onConfirm={() => turn.mutate(false, { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      )}
    </Panel>
  );
}

function Origins() {
  const instance = useQuery(instanceQuery);
  return (
    <Panel title={instanceTexts.origins} words={instanceTexts.originsWords}>
      <Loaded query={instance} lines={1}>
        {({ frontendApiOrigins }) => <OriginsForm origins={frontendApiOrigins} />}
      </Loaded>
    </Panel>
  );
}

function OriginsForm({ origins }: { origins: string[] }) {
  const may = useMay()('UPDATE_CORS');
  const [written, setWritten] = useState(origins);
  const save = useWrite({ write: () => setOrigins(written), touches: [instanceQuery.queryKey], said: instanceTexts.saved });
  return (
    <div className={styles.row}>
      <TagsInput
        className={styles.grow ?? ''}
        aria-label={instanceTexts.origins}
        placeholder={instanceTexts.originsHint}
        acceptValueOnBlur
        disabled={!may}
        value={written}
        onChange={setWritten}
      />
      <MayButton variant="default" may={may} why={instanceTexts.mayNotOrigins} loading={save.isPending} onClick={() => save.mutate()}>
        {texts.save}
      </MayButton>
    </div>
  );
}

function Sessions() {
  const sessions = useQuery(sessionsQuery);
  const users = useQuery(usersQuery);
  const end = useWrite({ write: endSession, touches: [sessionsQuery.queryKey], said: instanceTexts.session.ended });
  const words = instanceTexts.session;
  return (
    <Panel title={instanceTexts.sessions} words={instanceTexts.sessionsWords} flush>
      <Loaded query={sessions} lines={2}>
        {(all) => (
          <Table
            label={instanceTexts.sessions}
            columns={[
              { key: 'who', label: words.who },
              { key: 'where', label: words.where },
              { key: 'since', label: words.since, wide: true },
              { key: 'end', label: texts.actions, quiet: true },
            ]}
          >
            {all.map((session) => {
              const name = nameOf(users.data?.find((user) => user.id === session.userId) ?? {});
              return (
                <tr key={session.id}>
                  <MainCell words={session.userAgent}>{name}</MainCell>
                  <td>{session.ip}</td>
                  <td data-wide>
                    <Ago at={session.createdAt} />
                  </td>
                  <td data-align="right">
                    <Button variant="subtle" color="red" aria-label={words.endOf(name)} onClick={() => end.mutate(session.id)}>
                      {words.end}
                    </Button>
                  </td>
                </tr>
              );
            })}
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}
