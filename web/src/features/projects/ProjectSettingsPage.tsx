import { Alert, Checkbox, Select, Stack, Switch, Text } from '@mantine/core';
import { ShieldLockIcon } from '@primer/octicons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { changeRequestsKey, type Protection, protect, protectionQuery } from '../../client/change-requests';
import type { Schemas } from '../../client/client';
import { useMay } from '../../client/me';
import { Chip } from '../../components/Chip';
import { Confirm } from '../../components/Confirm';
import { NumberField } from '../../components/NumberField';
import { ProjectPage } from '../../components/ProjectPage';
import { Failed, Loading } from '../../components/states';
import { done, failed } from '../../components/toast';
import { texts } from '../../texts';
import styles from './ProjectSettingsPage.module.css';

type Rule = Schemas['updateChangeRequestEnvironmentConfigSchema'];
type Option = keyof typeof texts.protection.options;

const options = Object.keys(texts.protection.options) as Option[];
const mostApprovals = 10;

/** A project's settings: which environments are protected, and how. */
export function ProjectSettingsPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/settings' });
  const protections = useQuery(protectionQuery(projectId));
  const may = useMay();
  const mayChange = may('UPDATE_PROJECT', projectId) || may('PROJECT_CHANGE_REQUEST_WRITE', projectId);
  return (
    <ProjectPage projectId={projectId} tab="settings">
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
        {protections.isPending && <Loading lines={2} height={80} />}
        {protections.error && !protections.data && <Failed error={protections.error} retry={() => protections.refetch()} />}
        <Stack gap="md">
          {protections.data?.map((protection) => (
            <Environment key={protection.environment} projectId={projectId} protection={protection} may={mayChange} />
          ))}
        </Stack>
      </div>
    </ProjectPage>
  );
}

function Environment({ projectId, protection, may }: { projectId: string; protection: Protection; may: boolean }) {
  const { environment, changeRequestEnabled: on } = protection;
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState(false);
  const [hours, setHours] = useState(String(protection.expiresAfterHours));
  const save = useMutation({
    mutationFn: (rule: Rule) => protect(projectId, environment, rule),
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: protectionQuery(projectId).queryKey }),
        queryClient.invalidateQueries({ queryKey: changeRequestsKey }),
      ]);
      done(texts.protection.saved(environment));
    },
    onError: failed,
    onSettled: () => setAsking(false),
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
        <Switch aria-label={texts.protection.protect(environment)} checked={on} disabled={!may} onChange={() => setAsking(true)} color="indigo" />
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
      {asking && (
        <Confirm
          title={on ? texts.protection.offTitle(environment) : texts.protection.onTitle(environment)}
          words={on ? texts.protection.offWords : texts.protection.onWords}
          act={on ? texts.protection.offAct : texts.protection.protect(environment)}
          danger={on}
          pending={save.isPending}
          onConfirm={() => save.mutate({ changeRequestsEnabled: !on })}
          onClose={() => setAsking(false)}
        />
      )}
    </section>
  );
}
