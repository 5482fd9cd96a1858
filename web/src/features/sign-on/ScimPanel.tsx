import { Button, Group, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../client/me';
import { newScimToken, scimQuery, setScim } from '../../client/sign-on';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { Copyable, SecretDialog } from '../../components/Secret';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './SignOnPage.module.css';
import { signOnTexts } from '../../texts/sign-on';

const words = signOnTexts.scim;

/** The door for a company's directory, and its token. */
export function ScimPanel({ url }: { url: string }) {
  const may = useMay()('ADMIN');
  const settings = useQuery({ ...scimQuery, enabled: may });
  const [asking, setAsking] = useState<'off' | 'token' | null>(null);
  const [token, setToken] = useState<string | undefined>();
  const close = () => setAsking(null);
  const turn = useWrite({
    write: (on: boolean) => setScim(on),
    touches: [['sign-on']],
    said: words.switched,
    then: (answer) => setToken(answer?.token),
  });
  const renew = useWrite({ write: newScimToken, touches: [['sign-on']], then: (answer) => setToken(answer.token) });
  return (
    <Panel
      title={words.title}
      words={words.words}
      actions={
        settings.data && (
          <Switch
            color="indigo"
            aria-label={words.switch}
            checked={settings.data.enabled}
            onChange={(event) => (event.currentTarget.checked ? turn.mutate(true) : setAsking('off'))}
          />
        )
      }
    >
      {may ? (
        <Loaded query={settings} lines={2}>
          {({ enabled, hasToken }) => (
            <div className={styles.form}>
              {enabled && (
                <dl className={styles.copies}>
                  <div>
                    <dt>{words.address}</dt>
                    <dd>
                      <Copyable text={`${url}/scim`} label={signOnTexts.copy(words.address)} />
                    </dd>
                  </div>
                </dl>
              )}
              <Group justify="space-between">
                <p className={styles.dim}>{hasToken ? words.has : words.hasNot}</p>
                {enabled && (
                  <Button variant="default" loading={renew.isPending} onClick={() => (hasToken ? setAsking('token') : renew.mutate())}>
                    {words.another}
                  </Button>
                )}
              </Group>
            </div>
          )}
        </Loaded>
      ) : (
        <p className={styles.dim}>{texts.mayNot}</p>
      )}
      {asking && (
        <Confirm
          title={asking === 'off' ? words.offTitle : words.anotherTitle}
          words={asking === 'off' ? words.offWords : words.anotherWords}
          act={asking === 'off' ? words.offAct : words.anotherAct}
          danger
          pending={turn.isPending || renew.isPending}
          onConfirm={() => (asking === 'off' ? turn.mutate(false, { onSettled: close }) : renew.mutate(undefined, { onSettled: close }))}
          onClose={close}
        />
      )}
      {token && (
        <SecretDialog title={words.tokenTitle} words={words.tokenWords} secret={token} label={words.copyToken} onClose={() => setToken(undefined)} />
      )}
    </Panel>
  );
}
