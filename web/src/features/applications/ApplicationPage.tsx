import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { applicationQuery, applicationUseQuery, forgetApplication } from '../../client/applications';
import type { Schemas } from '../../client/client';
import { useMay } from '../../client/me';
import { Ago } from '../../components/Ago';
import { Chip } from '../../components/Chip';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { Panel, Panels } from '../../components/Panel';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import styles from './ApplicationPage.module.css';
import { Chips } from './Chips';
import { applicationTexts } from '../../texts/applications';

type Detail = Schemas['applicationDetailSchema'];

/** An application: where it runs, with which SDKs, and which flags it asks for. */
export function ApplicationPage() {
  const { name } = useParams({ from: '/inside/admin/applications/$name' });
  const application = useQuery(applicationQuery(name));
  const use = useQuery(applicationUseQuery(name));
  return (
    <Page
      title={name}
      above={<Link to="/admin/applications">{applicationTexts.list}</Link>}
      about={
        application.data && (
          <>
            {application.data.description} {applicationTexts.seen} <Ago at={application.data.updatedAt} />.
          </>
        )
      }
      actions={application.data && <Forget name={name} />}
    >
      <Loaded query={application}>
        {(detail) => (
          <Panels>
            <Panel title={applicationTexts.environments}>
              <Loaded query={use} lines={2}>
                {({ environments, issues }) => (
                  <>
                    {environments.length === 0 && <p className={styles.dim}>{applicationTexts.noEnvironments}</p>}
                    <div className={styles.environments}>
                      {environments.map((one) => (
                        <Environment key={one.name} environment={one} />
                      ))}
                    </div>
                    <Wrong title={applicationTexts.missingStrategies} items={issues.missingStrategies} />
                  </>
                )}
              </Loaded>
            </Panel>
            <Flags flags={detail.seenToggles} />
            <Instances instances={detail.instances} />
            {detail.strategies.length > 0 && (
              <Panel title={applicationTexts.strategies} words={applicationTexts.strategiesWords}>
                <Chips items={detail.strategies} />
              </Panel>
            )}
          </Panels>
        )}
      </Loaded>
    </Page>
  );
}

function Environment({ environment }: { environment: Schemas['applicationOverviewEnvironmentSchema'] }) {
  const { name, instanceCount, sdks, lastSeen, issues } = environment;
  return (
    <section aria-label={name}>
      <h3>{name}</h3>
      <p>
        {applicationTexts.instances(instanceCount)}
        {lastSeen && (
          <>
            {' · '}
            <Ago at={lastSeen} />
          </>
        )}
      </p>
      <Chips items={sdks} />
      <Wrong title={applicationTexts.missing} items={issues.missingFeatures} />
      <Wrong title={applicationTexts.outdated} items={issues.outdatedSdks} />
    </section>
  );
}

/** What is wrong with how flags are used, if anything is. */
function Wrong({ title, items }: { title: string; items: string[] }) {
  if (items.length === 0) return null;
  return (
    <div className={styles.wrong}>
      {title}
      <Chips items={items} tone="amber" />
    </div>
  );
}

function Flags({ flags }: { flags: Detail['seenToggles'] }) {
  if (flags.length === 0) {
    return (
      <Panel title={applicationTexts.flags} words={applicationTexts.flagsWords}>
        <p className={styles.dim}>{applicationTexts.noFlags}</p>
      </Panel>
    );
  }
  return (
    <Panel title={applicationTexts.flags} words={applicationTexts.flagsWords} flush>
      <Table
        label={applicationTexts.flags}
        columns={[
          { key: 'name', label: applicationTexts.flag.name },
          { key: 'project', label: applicationTexts.flag.project },
        ]}
      >
        {flags.map(({ name, project, notFound }) => (
          <tr key={name}>
            <MainCell>
              {project && !notFound ? (
                <Link to="/projects/$projectId/features/$featureName" params={{ projectId: project, featureName: name }}>
                  {name}
                </Link>
              ) : (
                name
              )}
            </MainCell>
            <td>{notFound ? <Chip tone="amber">{applicationTexts.notFound}</Chip> : project}</td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function Instances({ instances }: { instances: Detail['instances'] }) {
  if (instances.length === 0) return null;
  const words = applicationTexts.instance;
  return (
    <Panel title={applicationTexts.instanceList} flush>
      <Table
        label={applicationTexts.instanceList}
        columns={[
          { key: 'id', label: words.id },
          { key: 'sdk', label: words.sdk },
          { key: 'environment', label: words.environment },
          { key: 'address', label: words.address, wide: true },
          { key: 'seen', label: words.seen, wide: true },
        ]}
      >
        {instances.map((instance) => (
          <tr key={`${instance.environment} ${instance.instanceId}`}>
            <MainCell>{instance.instanceId}</MainCell>
            <td>{instance.sdkVersion}</td>
            <td>{instance.environment}</td>
            <td data-wide>{instance.clientIp}</td>
            <td data-wide>
              <Ago at={instance.lastSeen} />
            </td>
          </tr>
        ))}
      </Table>
    </Panel>
  );
}

function Forget({ name }: { name: string }) {
  const may = useMay();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const forget = useWrite({
    write: () => forgetApplication(name),
    touches: [['applications']],
    said: applicationTexts.forgotten(name),
    then: () => navigate({ to: '/admin/applications' }),
  });
  return (
    <>
      <MayButton variant="default" may={may('UPDATE_APPLICATION')} why={applicationTexts.mayNot} onClick={() => setAsking(true)}>
        {applicationTexts.forget}
      </MayButton>
      {asking && (
        <Confirm
          title={applicationTexts.forgetTitle(name)}
          words={applicationTexts.forgetWords}
          act={applicationTexts.forgetAct(name)}
          danger
          pending={forget.isPending}
          onConfirm={() => forget.mutate(undefined, { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
