import { Alert, Button, Group, Select, Switch, TextInput } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { Problem, sentence } from '../../client/problem';
import { Copyable } from '../../components/Secret';
import { texts } from '../../texts';
import styles from './SignOnPage.module.css';
import { signOnTexts } from '../../texts/sign-on';

/** What settings of OpenID Connect and of SAML have in common: who gets an account, and groups. */
export interface PeopleSettings {
  autoCreate?: boolean;
  defaultRootRole?: 'Viewer' | 'Editor' | 'Admin';
  defaultRootRoleId?: number;
  emailDomains?: string;
  enableGroupSyncing?: boolean;
  groupJsonPath?: string;
}

interface SettingsFormProps {
  /** What the provider is to be told: names and values. */
  tell: [string, string][];
  enabled: boolean;
  onEnable: (on: boolean) => void;
  pending: boolean;
  error: Error | null;
  /** The fields that say themselves what is wrong with them. */
  fields: readonly string[];
  onSubmit: () => void;
  children: ReactNode;
}

/** The form of a way to sign in. What is refused is said at its field, or above all of them. */
export function SettingsForm({ tell, enabled, onEnable, pending, error, fields, onSubmit, children }: SettingsFormProps) {
  const elsewhere = error && !(error instanceof Problem && fields.some((field) => error.of(field)));
  function submit(event: FormEvent) {
    event.preventDefault();
    onSubmit();
  }
  return (
    <form className={styles.form} onSubmit={submit}>
      <dl className={styles.copies} aria-label={signOnTexts.tell}>
        {tell.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Copyable text={value} label={signOnTexts.copy(name)} />
            </dd>
          </div>
        ))}
      </dl>
      {elsewhere && (
        <Alert color="red" role="alert" p="xs">
          {sentence(error)}
        </Alert>
      )}
      <Switch color="indigo" label={signOnTexts.enabled} checked={enabled} onChange={(event) => onEnable(event.currentTarget.checked)} />
      {children}
      <Group justify="flex-end">
        <Button type="submit" loading={pending}>
          {texts.save}
        </Button>
      </Group>
    </form>
  );
}

interface PeopleFieldsProps {
  value: PeopleSettings;
  /** What the field for the groups is called, and what is said of it. */
  groupPath: string;
  groupPathWords: string;
  problem: Problem | undefined;
  onChange: (changed: PeopleSettings) => void;
}

/** Who gets an account, and which groups follow the provider. */
export function PeopleFields({ value, groupPath, groupPathWords, problem, onChange }: PeopleFieldsProps) {
  const words = signOnTexts.people;
  // A role of one's own was set by its id, which goes before the name.
  const own = value.defaultRootRoleId !== undefined && value.defaultRootRole === undefined;
  return (
    <>
      <Switch
        color="indigo"
        label={words.autoCreate}
        checked={value.autoCreate ?? false}
        onChange={(event) => onChange({ autoCreate: event.currentTarget.checked })}
      />
      {value.autoCreate && (
        <div className={styles.pair}>
          <Select
            label={words.role}
            allowDeselect={false}
            placeholder={words.roleKept}
            data={['Viewer', 'Editor', 'Admin']}
            value={own ? null : (value.defaultRootRole ?? 'Viewer')}
            error={problem?.of('defaultRootRole')}
            onChange={(role) => onChange({ defaultRootRole: (role ?? 'Viewer') as 'Viewer', defaultRootRoleId: 0 })}
          />
          <TextInput
            label={words.domains}
            description={words.domainsWords}
            value={value.emailDomains ?? ''}
            error={problem?.of('emailDomains')}
            onChange={(event) => onChange({ emailDomains: event.currentTarget.value })}
          />
        </div>
      )}
      <Switch
        color="indigo"
        label={words.groups}
        description={words.groupsWords}
        checked={value.enableGroupSyncing ?? false}
        onChange={(event) => onChange({ enableGroupSyncing: event.currentTarget.checked })}
      />
      {value.enableGroupSyncing && (
        <TextInput
          label={groupPath}
          description={groupPathWords}
          value={value.groupJsonPath ?? ''}
          error={problem?.of('groupJsonPath')}
          onChange={(event) => onChange({ groupJsonPath: event.currentTarget.value })}
        />
      )}
    </>
  );
}
