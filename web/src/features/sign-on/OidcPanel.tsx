import { PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../../client/problem';
import { type Oidc, oidcQuery, saveOidc } from '../../client/sign-on';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { useWrite } from '../../components/use-write';
import { PeopleFields, SettingsForm } from './SettingsForm';
import styles from './SignOnPage.module.css';
import { signOnTexts } from '../../texts/sign-on';

const words = signOnTexts.oidc;
const fields = ['discoverUrl', 'clientId', 'secret', 'acrValues', 'idTokenSigningAlgorithm', 'defaultRootRole', 'emailDomains', 'groupJsonPath'];

/** Signing in by OpenID Connect. */
export function OidcPanel({ url }: { url: string }) {
  const settings = useQuery(oidcQuery);
  return (
    <Panel title={words.title} words={words.words}>
      <Loaded query={settings}>{(data) => <OidcForm settings={data} url={url} />}</Loaded>
    </Panel>
  );
}

function OidcForm({ settings, url }: { settings: Oidc; url: string }) {
  const [written, setWritten] = useState(settings);
  const change = (changed: Partial<Oidc>) => setWritten({ ...written, ...changed });
  const save = useWrite({
    write: () => {
      const { secret, ...rest } = written;
      return saveOidc(secret ? { ...rest, secret } : rest);
    },
    touches: [['sign-on']],
    said: signOnTexts.saved,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const text = (field: 'discoverUrl' | 'clientId' | 'acrValues') => ({
    value: written[field] ?? '',
    error: problem?.of(field),
    onChange: (event: { currentTarget: { value: string } }) => change({ [field]: event.currentTarget.value }),
  });
  return (
    <SettingsForm
      tell={[[words.callback, `${url}/auth/oidc/callback`]]}
      enabled={written.enabled}
      onEnable={(enabled) => change({ enabled })}
      pending={save.isPending}
      error={save.error}
      fields={fields}
      onSubmit={() => save.mutate()}
    >
      <TextInput label={words.discoverUrl} description={words.discoverUrlWords} placeholder={words.discoverUrlHint} {...text('discoverUrl')} />
      <div className={styles.pair}>
        <TextInput label={words.clientId} {...text('clientId')} />
        <PasswordInput
          label={words.secret}
          description={words.secretWords}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          autoComplete="off"
          value={written.secret ?? ''}
          error={problem?.of('secret')}
          onChange={(event) => change({ secret: event.currentTarget.value })}
        />
      </div>
      <PeopleFields value={written} groupPath={words.groupPath} groupPathWords={words.groupPathWords} problem={problem} onChange={change} />
      <details className={styles.more}>
        <summary>{signOnTexts.more}</summary>
        <div className={styles.form}>
          <Switch
            color="indigo"
            label={words.addGroupsScope}
            checked={written.addGroupsScope ?? false}
            onChange={(event) => change({ addGroupsScope: event.currentTarget.checked })}
          />
          <Switch
            color="indigo"
            label={words.signOut}
            checked={written.enableSingleSignOut ?? false}
            onChange={(event) => change({ enableSingleSignOut: event.currentTarget.checked })}
          />
          <div className={styles.pair}>
            <TextInput label={words.acrValues} description={words.acrValuesWords} {...text('acrValues')} />
            <Select
              label={words.algorithm}
              clearable
              placeholder={words.algorithmAny}
              data={['RS256', 'RS384', 'RS512']}
              value={written.idTokenSigningAlgorithm ?? null}
              error={problem?.of('idTokenSigningAlgorithm')}
              onChange={(value) => {
                const { idTokenSigningAlgorithm: _, ...rest } = written;
                setWritten(value === null ? rest : { ...rest, idTokenSigningAlgorithm: value as 'RS256' });
              }}
            />
          </div>
        </div>
      </details>
    </SettingsForm>
  );
}
