import { Button, PasswordInput, SegmentedControl, Select, Stack, Text, useMantineColorScheme } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { meQuery } from '../../client/me';
import { changePassword, profileQuery } from '../../client/people';
import { Problem } from '../../client/problem';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Panel, Panels } from '../../components/Panel';
import { PersonalTokens } from '../../components/PersonalTokens';
import { setTimeZone, systemZone, useTimeZone } from '../../components/time';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { CalendarLink } from './CalendarLink';
import { MySessions } from './MySessions';
import styles from './ProfilePage.module.css';
import { ProfileTabs } from './ProfileTabs';
import { profileTexts } from '../../texts/profile';

/** One's own settings: how the app looks, the password, tokens. */
export function ProfilePage() {
  return (
    <Page title={profileTexts.title} tabs={<ProfileTabs on="account" />}>
      <Panels>
        <Look />
        <Account />
        <Panel title={profileTexts.tokens} words={profileTexts.tokensWords} flush>
          <PersonalTokens />
        </Panel>
        <CalendarLink />
        <MySessions />
        <Password />
      </Panels>
    </Page>
  );
}

const system = 'system';

function Look() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const zone = useTimeZone();
  return (
    <Panel title={profileTexts.look}>
      <Stack gap="md" maw={420}>
        <div>
          <Text size="xs" fw={550} mb={3} id="look-theme">
            {profileTexts.theme}
          </Text>
          <SegmentedControl
            aria-labelledby="look-theme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value as 'light' | 'dark' | 'auto')}
            data={[
              { value: 'light', label: texts.frame.light },
              { value: 'dark', label: texts.frame.dark },
              { value: 'auto', label: texts.frame.system },
            ]}
          />
        </div>
        <Select
          label={profileTexts.zone}
          description={profileTexts.zoneWords}
          searchable
          limit={100}
          data={[{ value: system, label: profileTexts.zoneSystem(systemZone) }, 'UTC', ...Intl.supportedValuesOf('timeZone')]}
          value={zone ?? system}
          onChange={(value) => setTimeZone(value === null || value === system ? undefined : value)}
        />
      </Stack>
    </Panel>
  );
}

function Account() {
  const me = useQuery(meQuery);
  const profile = useQuery(profileQuery);
  const user = me.data?.user as { name?: string; email?: string; username?: string } | undefined;
  return (
    <Panel title={profileTexts.account}>
      <Loaded query={profile} lines={2}>
        {({ rootRole, groups, projects }) => (
          <dl className={styles.facts}>
            <Fact name={profileTexts.name}>{user?.name}</Fact>
            <Fact name={profileTexts.email}>{user?.email}</Fact>
            <Fact name={profileTexts.username}>{user?.username}</Fact>
            <Fact name={profileTexts.role}>{rootRole.name}</Fact>
            <Fact name={profileTexts.groups}>{groups.map(({ name }) => name).join(', ')}</Fact>
            <Fact name={profileTexts.projects}>{projects.join(', ')}</Fact>
          </dl>
        )}
      </Loaded>
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: string | undefined }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children || texts.none}</dd>
    </div>
  );
}

function Password() {
  const profile = useQuery(profileQuery);
  const [old, setOld] = useState('');
  const [password, setPassword] = useState('');
  const change = useWrite({
    write: () => changePassword(old, password),
    touches: [['sessions']],
    said: profileTexts.changed,
    then: () => {
      setOld('');
      setPassword('');
    },
    shown: true,
  });
  const problem = change.error instanceof Problem ? change.error : undefined;
  const aboutOld = problem?.of('oldPassword');

  function submit(event: FormEvent) {
    event.preventDefault();
    change.mutate();
  }

  if (profile.data && !profile.data.canChangePassword) {
    return <Panel title={profileTexts.password} words={profileTexts.noPassword} />;
  }
  return (
    <Panel title={profileTexts.password} words={profileTexts.passwordWords}>
      <form onSubmit={submit}>
        <Stack gap="sm" maw={420}>
          <PasswordInput
            label={profileTexts.old}
            autoComplete="current-password"
            required
            withAsterisk={false}
            value={old}
            error={aboutOld}
            onChange={(event) => setOld(event.currentTarget.value)}
          />
          <PasswordInput
            label={profileTexts.new}
            description={texts.choose.rule}
            autoComplete="new-password"
            required
            withAsterisk={false}
            value={password}
            error={aboutOld ? undefined : problem?.message}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <div>
            <Button type="submit" loading={change.isPending}>
              {profileTexts.change}
            </Button>
          </div>
        </Stack>
      </form>
    </Panel>
  );
}
