import { Button, Select, TextInput } from '@mantine/core';
import { KeyIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { createPersonalToken, deletePersonalToken, type PersonalToken, personalTokensQuery, serviceAccountsQuery } from '../client/people';
import { texts } from '../texts';
import { Ago } from './Ago';
import { Chip } from './Chip';
import { DeleteButton } from './DeleteButton';
import { FormDialog } from './FormDialog';
import { Loaded } from './Loaded';
import { Copyable, SecretDialog } from './Secret';
import { Empty } from './states';
import { MainCell, Table } from './Table';
import { formatTime } from './time';
import { useWrite } from './use-write';

const words = texts.personalToken;
const day = 24 * 3600 * 1000;
const periods = [7, 30, 90, 365];

/** The tokens by which a program acts as somebody: the person who is signed in, or a service account. */
export function PersonalTokens({ serviceAccount }: { serviceAccount?: number }) {
  const query = personalTokensQuery(serviceAccount);
  const tokens = useQuery(query);
  const [creating, setCreating] = useState(false);
  const [secret, setSecret] = useState<string | null>(null);
  const touches = [query.queryKey, serviceAccountsQuery.queryKey];
  const create = (
    <Button variant="default" leftSection={<PlusIcon />} onClick={() => setCreating(true)}>
      {words.create}
    </Button>
  );
  return (
    <>
      <Loaded query={tokens} lines={2}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={<KeyIcon size={24} />} title={words.none} action={create}>
              {words.noneWords}
            </Empty>
          ) : (
            <>
              <Table
                label={words.list}
                columns={[
                  { key: 'description', label: words.columns.description },
                  { key: 'expires', label: words.columns.expires },
                  { key: 'seen', label: words.columns.seen, wide: true },
                  { key: 'more', label: texts.actions, quiet: true },
                ]}
              >
                {all.map((token) => (
                  <tr key={token.id}>
                    <MainCell>{token.description}</MainCell>
                    <td>
                      <Expiry token={token} />
                    </td>
                    <td data-wide>{token.seenAt ? <Ago at={token.seenAt} /> : words.never}</td>
                    <td data-align="right">
                      <DeleteButton
                        may
                        why=""
                        title={words.removeTitle(token.description)}
                        words={words.removeWords}
                        act={words.removeAct(token.description)}
                        write={() => deletePersonalToken(serviceAccount, token.id)}
                        touches={touches}
                        said={words.removed}
                      />
                    </td>
                  </tr>
                ))}
              </Table>
              <div style={{ marginTop: 12 }}>{create}</div>
            </>
          )
        }
      </Loaded>
      {creating && (
        <CreateToken
          serviceAccount={serviceAccount}
          onCreated={(made) => {
            setCreating(false);
            setSecret(made);
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {secret !== null && (
        <SecretDialog title={words.madeTitle} words={words.madeWords} secret={secret} label={words.copy} onClose={() => setSecret(null)}>
          <Copyable text={`curl -H 'Authorization: ${secret}' ${new URL('api/admin/projects', document.baseURI)}`} label={words.copyExample} />
        </SecretDialog>
      )}
    </>
  );
}

function Expiry({ token }: { token: PersonalToken }) {
  if (token.expiresAt === null) return <>{words.never}</>;
  if (token.expiryWarning === 'expired') return <Chip tone="red">{words.expired}</Chip>;
  if (token.expiryWarning === 'expires-soon') return <Chip tone="amber">{formatTime(token.expiresAt, 'day')}</Chip>;
  return <>{formatTime(token.expiresAt, 'day')}</>;
}

interface CreateTokenProps {
  serviceAccount: number | undefined;
  onCreated: (secret: string) => void;
  onClose: () => void;
}

function CreateToken({ serviceAccount, onCreated, onClose }: CreateTokenProps) {
  const [description, setDescription] = useState('');
  const [days, setDays] = useState('90');
  const create = useWrite({
    write: () => createPersonalToken(serviceAccount, { description, expiresAt: new Date(Date.now() + Number(days) * day).toISOString() }),
    touches: [personalTokensQuery(serviceAccount).queryKey, serviceAccountsQuery.queryKey],
    then: (token) => onCreated(token.secret ?? ''),
    shown: true,
  });
  return (
    <FormDialog
      title={words.create}
      act={words.create}
      pending={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={words.description}
        description={words.descriptionWords}
        required
        withAsterisk={false}
        data-autofocus
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Select
        label={words.period}
        data={periods.map((n) => ({ value: String(n), label: words.days(n) }))}
        value={days}
        onChange={(value) => value !== null && setDays(value)}
      />
    </FormDialog>
  );
}
