import { Alert, Anchor, Button, Checkbox, Select, Stack, Switch, Text } from '@mantine/core';
import { CircleSlashIcon, ShieldLockIcon, TrashIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { changeRequestsKey, type Protection, protect, protectionQuery, reviewersQuery } from '../../client/change-requests';
import type { Schemas } from '../../client/client';
import { useMay } from '../../client/me';
import { projectEnvironmentsQuery, setDefaultStrategy, setProjectEnvironment } from '../../client/projects';
import { Chip } from '../../components/Chip';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/Loaded';
import { MayButton, MayItem } from '../../components/MayButton';
import { NumberField } from '../../components/NumberField';
import { RowMenu } from '../../components/RowMenu';
import { StrategyDrawer } from '../../components/StrategyDrawer';
import { StrategyView } from '../../components/StrategyView';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './EnvironmentSettingsPage.module.css';
import { SettingsPage } from './SettingsPage';
import { projectTexts } from '../../texts/projects';

type ProjectEnvironment = Schemas['environmentProjectSchema'];
type Rule = Schemas['updateChangeRequestEnvironmentConfigSchema'];
type Option = keyof typeof texts.protection.options;

const options = Object.keys(texts.protection.options) as Option[];
const mostApprovals = 10;

/** The environments of a project: which it has, how they are protected, and what flags get that are switched on there. */
export function EnvironmentSettingsPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/settings/environments' });
  const environments = useQuery(projectEnvironmentsQuery(projectId));
  const protections = useQuery(protectionQuery(projectId));
  const may = useMay();
  const mayChange = may('UPDATE_PROJECT', projectId) || may('PROJECT_CHANGE_REQUEST_WRITE', projectId);
  const protectionOf = (name: string) => protections.data?.find(({ environment }) => environment === name);
  return (
    <SettingsPage projectId={projectId}>
      <div className={styles.page}>
        <h2>{texts.protection.heading}</h2>
        <Text size="sm" c="dimmed" mb="md">
          {texts.protection.words}
        </Text>
        {!mayChange && (
          <Alert color="gray" p="xs" mb="md">
            {texts.protection.mayNot}
          </Alert>
        )}
        <Loaded query={protections} lines={2}>
          {() => (
            <Loaded query={environments} lines={2}>
              {(all) => (
                <Stack gap="md">
                  {all.map((environment) => {
                    const protection = environment.visible ? protectionOf(environment.name) : undefined;
                    return protection ? (
                      <Environment key={environment.name} projectId={projectId} environment={environment} protection={protection} may={mayChange} />
                    ) : (
                      <Unused key={environment.name} projectId={projectId} environment={environment.name} />
                    );
                  })}
                </Stack>
              )}
            </Loaded>
          )}
        </Loaded>
      </div>
    </SettingsPage>
  );
}

/** Says so when there are too few people for what the reader proposes to be approved, and how to mend that. */
function TooFew({ projectId, environment, required }: { projectId: string; environment: string; required: number }) {
  const may = useMay();
  const reviewers = useQuery(reviewersQuery(projectId, environment)).data;
  // Who is in a group is not told here, so that one is taken for enough.
  if (!reviewers || reviewers.reviewerGroups.length > 0 || reviewers.reviewers.length >= required) return null;
  return (
    <Alert color="yellow" p="xs">
      {projectTexts.tooFew(reviewers.reviewers.length)}{' '}
      {may('ADMIN') && (
        <>
          <Anchor component={Link} to="/admin/users" size="sm" c="inherit" underline="always">
            {projectTexts.tooFewUsers}
          </Anchor>
          {' · '}
        </>
      )}
      <Anchor size="sm" c="inherit" underline="always" renderRoot={(link) => <Link {...link} to="/projects/$projectId/settings/access" params={{ projectId }} />}>
        {projectTexts.give}
      </Anchor>
    </Alert>
  );
}

/** What is read anew when a project gets an environment, or loses one. */
const touched = (projectId: string) => [['projects', projectId], ['protection', projectId], ['flags'], ['flag']];

/** An environment that the project does not have. */
function Unused({ projectId, environment }: { projectId: string; environment: string }) {
  const may = useMay()('UPDATE_PROJECT', projectId);
  const add = useWrite({
    write: () => setProjectEnvironment(projectId, environment, true),
    touches: touched(projectId),
    said: projectTexts.used(environment, true),
  });
  return (
    <section className={styles.environment} aria-label={environment}>
      <header className={styles.head}>
        <CircleSlashIcon />
        <div className={styles.grow}>
          <h3>{environment}</h3>
          <Text size="xs" c="dimmed">
            {projectTexts.unused}
          </Text>
        </div>
        <MayButton
          variant="default"
          may={may}
          why={texts.protection.mayNot}
          aria-label={projectTexts.use(environment)}
          loading={add.isPending}
          onClick={() => add.mutate()}
        >
          {projectTexts.useNow}
        </MayButton>
      </header>
    </section>
  );
}

interface EnvironmentProps {
  projectId: string;
  environment: ProjectEnvironment;
  protection: Protection;
  may: boolean;
}

function Environment({ projectId, environment: stored, protection, may }: EnvironmentProps) {
  const { environment, changeRequestEnabled: on } = protection;
  const mayLeave = useMay()('UPDATE_PROJECT', projectId);
  const [asking, setAsking] = useState<'protect' | 'leave' | null>(null);
  const [hours, setHours] = useState(String(protection.expiresAfterHours));
  const close = () => setAsking(null);
  const save = useWrite({
    write: (rule: Rule) => protect(projectId, environment, rule),
    touches: [protectionQuery(projectId).queryKey, changeRequestsKey],
    said: texts.protection.saved(environment),
  });
  const leave = useWrite({
    write: () => setProjectEnvironment(projectId, environment, false),
    touches: touched(projectId),
    said: projectTexts.used(environment, false),
  });
  const set = (rule: Omit<Rule, 'changeRequestsEnabled'>) => save.mutate({ changeRequestsEnabled: on, ...rule });

  return (
    <section className={styles.environment} aria-label={environment}>
      <header className={styles.head}>
        <ShieldLockIcon />
        <div className={styles.grow}>
          <h3>
            {environment} {protection.enforced && <Chip>{texts.protection.enforcedShort}</Chip>}
          </h3>
          <Text size="xs" c="dimmed">
            {on ? texts.protection.on(protection.requiredApprovals ?? 1) : texts.protection.off} {protection.enforced && texts.protection.enforced}
          </Text>
        </div>
        <Switch aria-label={texts.protection.protect(environment)} checked={on} disabled={!may} onChange={() => setAsking('protect')} color="indigo" />
        <RowMenu label={texts.of(texts.moreActions, environment)}>
          <MayItem may={mayLeave} why={texts.protection.mayNot} leftSection={<TrashIcon />} c="var(--q-red)" onClick={() => setAsking('leave')}>
            {projectTexts.leave}
          </MayItem>
        </RowMenu>
      </header>
      {on && (
        <fieldset disabled={!may} className={styles.rules}>
          <legend className={styles.legend}>{texts.protection.more}</legend>
          <div className={styles.numbers}>
            <Select
              label={texts.protection.required}
              disabled={!may}
              data={Array.from({ length: mostApprovals }, (_, index) => String(index + 1))}
              value={String(protection.requiredApprovals ?? 1)}
              onChange={(value) => set({ requiredApprovals: Number(value) })}
            />
            <NumberField
              label={texts.protection.expires}
              description={texts.protection.expiresWords}
              inputWrapperOrder={['label', 'input', 'description']}
              min={0}
              step={1}
              value={hours}
              onChange={setHours}
              onBlur={() => Number(hours) !== protection.expiresAfterHours && set({ expiresAfterHours: Math.round(Number(hours)) })}
            />
          </div>
          {options.map((option) => (
            <Checkbox
              key={option}
              label={texts.protection.options[option][0]}
              description={texts.protection.options[option][1]}
              checked={protection[option]}
              onChange={(event) => set({ [option]: event.currentTarget.checked })}
            />
          ))}
        </fieldset>
      )}
      {on && <TooFew projectId={projectId} environment={environment} required={protection.requiredApprovals ?? 1} />}
      <DefaultStrategy projectId={projectId} environment={stored} />
      {asking === 'protect' && (
        <Confirm
          title={on ? texts.protection.offTitle(environment) : texts.protection.onTitle(environment)}
          words={on ? texts.protection.offWords : texts.protection.onWords}
          act={on ? texts.protection.offAct : texts.protection.protect(environment)}
          danger={on}
          pending={save.isPending}
          onConfirm={() => save.mutate({ changeRequestsEnabled: !on }, { onSettled: close })}
          onClose={close}
        />
      )}
      {asking === 'leave' && (
        <Confirm
          title={projectTexts.leaveTitle(environment)}
          words={projectTexts.leaveWords}
          act={projectTexts.leave}
          danger
          pending={leave.isPending}
          onConfirm={() => leave.mutate(undefined, { onSettled: close })}
          onClose={close}
        />
      )}
    </section>
  );
}

/** What a flag gets that is switched on in an environment without having a strategy there. */
function DefaultStrategy({ projectId, environment: { name, defaultStrategy } }: { projectId: string; environment: ProjectEnvironment }) {
  const may = useMay();
  const [editing, setEditing] = useState(false);
  const save = useWrite({
    write: (strategy: Schemas['createFeatureStrategySchema']) => setDefaultStrategy(projectId, name, strategy),
    touches: [['projects', projectId]],
    said: projectTexts.defaultSaved,
    then: () => setEditing(false),
    shown: true,
  });
  const everyone = { name: 'flexibleRollout', parameters: { rollout: '100' } };
  return (
    <div className={styles.strategy}>
      <div className={styles.grow}>
        <h4>{projectTexts.defaultStrategy}</h4>
        <Text size="xs" c="dimmed" mb={4}>
          {projectTexts.defaultStrategyWords}
        </Text>
        <StrategyView strategy={(defaultStrategy ?? everyone) as never} />
      </div>
      <MayButton
        variant="default"
        may={may('UPDATE_PROJECT', projectId) || may('PROJECT_DEFAULT_STRATEGY_WRITE', projectId)}
        why={projectTexts.mayNotDefault}
        aria-label={projectTexts.editDefault(name)}
        onClick={() => setEditing(true)}
      >
        {texts.edit}
      </MayButton>
      {editing && (
        <StrategyDrawer
          projectId={projectId}
          title={projectTexts.defaultTitle(name)}
          strategy={defaultStrategy}
          button={
            <Button type="submit" loading={save.isPending}>
              {texts.save}
            </Button>
          }
          error={save.error}
          onSave={(strategy) => save.mutate(strategy)}
          onClose={() => setEditing(false)}
        />
      )}
    </div>
  );
}
