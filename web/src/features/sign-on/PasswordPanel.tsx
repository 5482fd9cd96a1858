import { Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { passwordsQuery, setPasswords } from '../../client/sign-on';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { useWrite } from '../../components/use-write';
import styles from './SignOnPage.module.css';
import { signOnTexts } from '../../texts/sign-on';

const words = signOnTexts.passwords;

/** Whether people can sign in by a password. */
export function PasswordPanel() {
  const passwords = useQuery(passwordsQuery);
  const [asking, setAsking] = useState(false);
  const turn = useWrite({ write: (on: boolean) => setPasswords(on), touches: [['sign-on']], said: words.switched });
  return (
    <Panel
      title={words.title}
      words={words.words}
      actions={
        passwords.data !== undefined && (
          <Switch
            color="indigo"
            aria-label={words.switch}
            checked={passwords.data}
            onChange={(event) => (event.currentTarget.checked ? turn.mutate(true) : setAsking(true))}
          />
        )
      }
    >
      <Loaded query={passwords} lines={1}>
        {(on) => <p className={styles.dim}>{on ? words.on : words.off}</p>}
      </Loaded>
      {asking && (
        <Confirm
          title={words.offTitle}
          words={words.offWords}
          act={words.offAct}
          danger
          pending={turn.isPending}
          onConfirm={() => turn.mutate(false, { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      )}
    </Panel>
  );
}
