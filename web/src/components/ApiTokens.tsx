import { Menu, Modal, MultiSelect, Radio, Select, Stack, TextInput } from '@mantine/core';
import { CodeIcon, KeyIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../client/me';
import { Problem } from '../client/problem';
import { environmentsQuery, projectsQuery } from '../client/projects';
import { type ApiToken, apiTokensQuery, createApiToken, deleteApiToken, type TokenType } from '../client/tokens';
import { allEnvironmentsQuery } from '../client/vocabulary';
import { texts } from '../texts';
import { Ago } from './Ago';
import { Chip } from './Chip';
import { FormDialog } from './FormDialog';
import { MayButton } from './MayButton';
import { RowMenu } from './RowMenu';
import { has } from './Search';
import { Copyable, SecretDialog, Words } from './Secret';
import { snippetsFor } from './snippets';
import { MainCell } from './Table';
import { formatTime } from './time';
import { useWrite } from './use-write';
import { WordedList } from './WordedList';

const words = texts.apiToken;
const day = 24 * 3600 * 1000;

/** Says what somebody may do with the tokens of a type; those of a project have permissions of their own. */
function useMayTokens(projectId: string | undefined) {
  const may = useMay();
  return (act: 'CREATE' | 'DELETE', type: string) =>
    (projectId !== undefined && may(`${act}_PROJECT_API_TOKEN`, projectId)) ||
    (type === 'admin' ? may('ADMIN') : may(`${act}_${type === 'frontend' ? 'FRONTEND' : 'CLIENT'}_API_TOKEN`));
}

interface ApiTokensProps {
  /** Whose tokens they are; without it, all that the person may see. */
  projectId?: string;
}

/** The tokens by which SDKs ask for flags. */
export function ApiTokens({ projectId }: ApiTokensProps) {
  const tokens = useQuery(apiTokensQuery(projectId));
  const mayDo = useMayTokens(projectId);
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<ApiToken | null>(null);
  return (
    <>
      <WordedList
        query={tokens}
        words={words}
        icon={<KeyIcon size={24} />}
        create={
          <MayButton
            may={mayDo('CREATE', 'backend') || mayDo('CREATE', 'frontend')}
            why={words.mayNotCreate}
            leftSection={<PlusIcon />}
            onClick={() => setCreating(true)}
          >
            {words.create}
          </MayButton>
        }
        columns={[
          { key: 'name', label: words.columns.name },
          { key: 'type', label: words.columns.type },
          { key: 'environment', label: words.columns.environment },
          { key: 'projects', label: words.columns.projects, wide: true },
          { key: 'seen', label: words.columns.seen, wide: true },
          { key: 'more', label: texts.actions, quiet: true },
        ]}
        keep={(token, word) => has(word, token.tokenName, token.environment, ...token.projects)}
        row={(token) => (
          <Row key={`${token.tokenName} ${token.createdAt} ${token.environment}`} token={token} projectId={projectId} may={mayDo('DELETE', token.type)} />
        )}
      />
      {creating && (
        <CreateToken
          projectId={projectId}
          onCreated={(token) => {
            setCreating(false);
            setMade(token);
          }}
          onClose={() => setCreating(false)}
        />
      )}
      {made && (
        <SecretDialog
          title={words.madeTitle(made.tokenName)}
          words={words.madeWords}
          secret={made.secret ?? ''}
          label={words.copy}
          onClose={() => setMade(null)}
        >
          <Usage token={made} />
        </SecretDialog>
      )}
    </>
  );
}

function Row({ token, projectId, may }: { token: ApiToken; projectId: string | undefined; may: boolean }) {
  const [shown, setShown] = useState(false);
  const name = token.tokenName;
  return (
    <tr>
      <MainCell words={token.expiresAt && `${words.expires} ${words.expiresOn(formatTime(token.expiresAt, 'day'))}`}>{name}</MainCell>
      <td>
        <Chip tone={token.type === 'admin' ? 'red' : 'plain'}>{words.types[token.type] ?? token.type}</Chip>
      </td>
      <td>{token.environment === '*' ? texts.all : token.environment}</td>
      <td data-wide>{token.projects.includes('*') ? words.all : token.projects.join(', ')}</td>
      <td data-wide>{token.seenAt ? <Ago at={token.seenAt} /> : words.never}</td>
      <td data-align="right">
        <RowMenu
          label={words.more(name)}
          deletable={{
            may,
            why: words.mayNotDelete,
            title: words.removeTitle(name),
            words: words.removeWords,
            act: words.removeAct(name),
            write: () => deleteApiToken(projectId, token.secret ?? name),
            touches: [['api-tokens']],
            said: words.removed,
          }}
        >
          <Menu.Item leftSection={<CodeIcon />} onClick={() => setShown(true)}>
            {words.show}
          </Menu.Item>
        </RowMenu>
        {shown && (
          <Modal opened onClose={() => setShown(false)} title={name} size="lg">
            <Stack gap="sm">
              {token.secret ? <Copyable text={token.secret} label={words.copy} /> : <Words>{words.hidden}</Words>}
              <Usage token={token} />
            </Stack>
          </Modal>
        )}
      </td>
    </tr>
  );
}

/** How an application uses a token, in the words of each SDK that takes it. */
function Usage({ token }: { token: ApiToken }) {
  const snippets = snippetsFor(token.type);
  const [name, setName] = useState(snippets[0]?.name ?? '');
  const snippet = snippets.find((one) => one.name === name) ?? snippets[0];
  const url = new URL('api/', document.baseURI).toString();
  return (
    <Stack gap={8} component="section" aria-label={words.use}>
      <Select
        label={words.use}
        maw={220}
        data={snippets.map((one) => one.name)}
        value={name}
        onChange={(value) => value !== null && setName(value)}
      />
      {snippet?.install && <Copyable text={snippet.install} label={words.copyInstall} />}
      {snippet && <Copyable text={snippet.code(url, token.secret ?? words.yours)} label={words.copyCode} />}
    </Stack>
  );
}

interface CreateTokenProps {
  projectId: string | undefined;
  onCreated: (token: ApiToken) => void;
  onClose: () => void;
}

function CreateToken({ projectId, onCreated, onClose }: CreateTokenProps) {
  const mayDo = useMayTokens(projectId);
  const instance = useQuery({ ...allEnvironmentsQuery, enabled: projectId === undefined });
  const ofProject = useQuery({ ...environmentsQuery(projectId ?? ''), enabled: projectId !== undefined });
  const projects = useQuery(projectsQuery);
  const environments = (projectId === undefined ? instance.data : ofProject.data)?.filter(({ enabled }) => enabled).map(({ name }) => name) ?? [];
  const [tokenName, setName] = useState('');
  const [type, setType] = useState<TokenType>(mayDo('CREATE', 'backend') ? 'backend' : 'frontend');
  const [chosen, setEnvironment] = useState<string | null>(null);
  const [among, setAmong] = useState<string[]>([]);
  const [expiry, setExpiry] = useState('never');
  const environment = chosen ?? environments[0] ?? null;
  const create = useWrite({
    write: (where: string) =>
      createApiToken(projectId, {
        tokenName,
        type,
        environment: where,
        ...(among.length > 0 ? { projects: among } : {}),
        ...(expiry === 'never' ? {} : { expiresAt: new Date(Date.now() + Number(expiry) * day).toISOString() }),
      }),
    touches: [['api-tokens']],
    then: onCreated,
    shown: true,
  });
  const problem = create.error instanceof Problem ? create.error : undefined;
  return (
    <FormDialog
      title={words.create}
      act={words.create}
      pending={create.isPending}
      error={problem?.of('tokenName') ? null : create.error}
      onSubmit={() => environment !== null && create.mutate(environment)}
      onClose={onClose}
    >
      <TextInput
        label={words.name}
        description={words.nameWords}
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        value={tokenName}
        error={problem?.of('tokenName')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Radio.Group label={words.kind} value={type} onChange={(value) => setType(value as TokenType)}>
        <Stack gap={8} mt={4}>
          {(['backend', 'frontend'] as const).map((kind) => (
            <Radio
              key={kind}
              size="xs"
              value={kind}
              label={words.kinds[kind][0]}
              description={words.kinds[kind][1]}
              disabled={!mayDo('CREATE', kind)}
            />
          ))}
        </Stack>
      </Radio.Group>
      <Select label={words.environment} data={environments} value={environment} onChange={setEnvironment} />
      {projectId === undefined && (
        <MultiSelect
          label={words.projects}
          placeholder={among.length === 0 ? words.all : ''}
          searchable
          data={projects.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={among}
          onChange={setAmong}
        />
      )}
      <Select
        label={words.expires}
        data={['never', '30', '90', '365'].map((value) => ({ value, label: words.expiry[value] ?? value }))}
        value={expiry}
        onChange={(value) => value !== null && setExpiry(value)}
      />
    </FormDialog>
  );
}
