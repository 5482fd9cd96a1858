import { Switch, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../../client/problem';
import { type Saml, samlQuery, saveSaml } from '../../client/sign-on';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { useWrite } from '../../components/use-write';
import { PeopleFields, SettingsForm } from './SettingsForm';
import styles from './SignOnPage.module.css';
import { signOnTexts } from '../../texts/sign-on';

const words = signOnTexts.saml;
const fields = ['entityId', 'signOnUrl', 'signOutUrl', 'certificate', 'spCertificate', 'defaultRootRole', 'emailDomains', 'groupJsonPath'];

/** Signing in by SAML. */
export function SamlPanel({ url }: { url: string }) {
  const settings = useQuery(samlQuery);
  return (
    <Panel title={words.title} words={words.words}>
      <Loaded query={settings}>{(data) => <SamlForm settings={data} url={url} />}</Loaded>
    </Panel>
  );
}

function SamlForm({ settings, url }: { settings: Saml; url: string }) {
  const [written, setWritten] = useState(settings);
  const change = (changed: Partial<Saml>) => setWritten({ ...written, ...changed });
  const save = useWrite({ write: async () => setWritten(await saveSaml(written)), touches: [['sign-on']], said: signOnTexts.saved, shown: true });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const text = (field: 'entityId' | 'signOnUrl' | 'signOutUrl' | 'certificate' | 'spCertificate') => ({
    label: words[field],
    value: written[field] ?? '',
    error: problem?.of(field),
    onChange: (event: { currentTarget: { value: string } }) => change({ [field]: event.currentTarget.value }),
  });
  return (
    <SettingsForm
      tell={[
        [words.audience, url],
        [words.callback, `${url}/auth/saml/callback`],
        [words.logout, `${url}/auth/saml/logout`],
        [words.metadata, `${url}/auth/saml/metadata`],
      ]}
      enabled={written.enabled}
      onEnable={(enabled) => change({ enabled })}
      pending={save.isPending}
      error={save.error}
      fields={fields}
      onSubmit={() => save.mutate()}
    >
      <TextInput {...text('entityId')} />
      <div className={styles.pair}>
        <TextInput {...text('signOnUrl')} />
        <TextInput {...text('signOutUrl')} />
      </div>
      <Textarea
        className={styles.mono ?? ''}
        description={words.certificateWords}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        {...text('certificate')}
      />
      <Switch
        color="indigo"
        label={words.signRequests}
        description={words.signRequestsWords}
        checked={written.signRequests ?? false}
        onChange={(event) => change({ signRequests: event.currentTarget.checked })}
      />
      <Textarea
        className={styles.mono ?? ''}
        description={words.spCertificateWords}
        autosize
        minRows={2}
        maxRows={8}
        spellCheck={false}
        {...text('spCertificate')}
      />
      <PeopleFields value={written} groupPath={words.groupPath} groupPathWords={words.groupPathWords} problem={problem} onChange={change} />
    </SettingsForm>
  );
}
