import { Alert, Button, FileButton, Progress, Select, Stack, Textarea } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { AlertIcon, CheckCircleIcon, GitPullRequestDraftIcon, InfoIcon, PaperclipIcon, StopIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { type ChangeRequest, changeRequestsKey, pendingQuery } from '../../client/change-requests';
import { checkImport, type Export, type Import, type ImportCheck, importFlags } from '../../client/interchange';
import { sentence } from '../../client/problem';
import { environmentsQuery } from '../../client/projects';
import { Chip } from '../../components/Chip';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Panel, Panels } from '../../components/Panel';
import { ProjectPage } from '../../components/ProjectPage';
import { useWrite } from '../../components/use-write';
import styles from './ImportPage.module.css';
import { flagTexts } from '../../texts/flags';

const words = flagTexts.import;

/** Reads an export; a sentence if it is none. */
function read(text: string): Export | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && Array.isArray((value as Export).features) ? (value as Export) : words.noExport;
  } catch {
    return words.noJson;
  }
}

/** Imports flags into an environment of a project, after saying what that does. */
export function ImportPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/import' });
  const environments = useQuery(environmentsQuery(projectId));
  const [text, setText] = useState('');
  const [file, setFile] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const [settled] = useDebouncedValue(text, 300);
  const [outcome, setOutcome] = useState<{ request: ChangeRequest | undefined; flags: number } | null>(null);
  const environment = chosen ?? environments.data?.[0]?.name;
  const data = settled.trim() === '' ? undefined : read(settled);

  async function open(picked: File | null) {
    if (picked === null) return;
    setFile(picked.name);
    setText(await picked.text());
  }

  if (outcome && environment) {
    return (
      <ProjectPage projectId={projectId} tab="flags">
        <Outcome
          projectId={projectId}
          environment={environment}
          {...outcome}
          onAgain={() => {
            setOutcome(null);
            setText('');
            setFile('');
          }}
        />
      </ProjectPage>
    );
  }
  return (
    <ProjectPage projectId={projectId} tab="flags">
      <Panels>
        <Panel title={words.title} words={words.words}>
          <Stack gap="sm">
            <div className={styles.choose}>
              <FileButton accept="application/json,.json" onChange={open}>
                {(props) => (
                  <Button {...props} variant="default" leftSection={<PaperclipIcon />}>
                    {words.choose}
                  </Button>
                )}
              </FileButton>
              <span className={styles.file}>{file || words.orPaste}</span>
            </div>
            <Textarea
              className={styles.paste ?? ''}
              label={words.content}
              autosize
              minRows={4}
              maxRows={12}
              spellCheck={false}
              value={text}
              error={typeof data === 'string' && data}
              onChange={(event) => {
                setText(event.currentTarget.value);
                setFile('');
              }}
            />
            <Select
              label={words.environment}
              description={words.environmentWords}
              allowDeselect={false}
              maw={320}
              data={environments.data?.map(({ name }) => name) ?? []}
              value={environment ?? null}
              onChange={setChosen}
            />
          </Stack>
        </Panel>
        {typeof data === 'object' && environment && (
          <Check
            key={environment}
            wanted={{ project: projectId, environment, data }}
            content={settled}
            onDone={(request) => setOutcome({ request, flags: data.features.length })}
          />
        )}
      </Panels>
    </ProjectPage>
  );
}

interface CheckProps {
  wanted: Import;
  /** The text that was read, which names what is asked. */
  content: string;
  onDone: (request: ChangeRequest | undefined) => void;
}

/** What the import would do, and the button that does it. */
function Check({ wanted, content, onDone }: CheckProps) {
  const { project, environment, data } = wanted;
  const check = useQuery({
    queryKey: [...changeRequestsKey, project, 'import', environment, content],
    queryFn: () => checkImport(wanted),
    gcTime: 0,
    retry: false,
  });
  const pending = useQuery(pendingQuery(project)).data?.find((request) => request.environment === environment);
  const write = useWrite({
    write: () => importFlags(wanted),
    touches: [['flags'], ['flag'], ['projects'], ['tags'], ['tag-types'], ['context-fields'], changeRequestsKey],
    said: words.done,
    then: onDone,
    shown: true,
  });
  return (
    <Panel title={words.check} words={words.contains(data.features.length, data.featureStrategies?.length ?? 0)}>
      <Loaded query={check} lines={3}>
        {(found) => {
          const stops = found.errors.length + found.permissions.length > 0;
          return (
            <>
              <Findings found={found} />
              {stops && pending && (
                <p>
                  <Link to="/projects/$projectId/change-requests/$id" params={{ projectId: project, id: pending.id }}>
                    {words.toPending(pending.id)}
                  </Link>
                </p>
              )}
              {write.error && (
                <Alert color="red" role="alert" mt="md" icon={<AlertIcon />}>
                  {sentence(write.error)}
                </Alert>
              )}
              <div className={styles.foot} aria-live="polite">
                {write.isPending && (
                  <>
                    <p>{words.running(data.features.length)}</p>
                    <Progress className={styles.progress ?? ''} value={100} animated aria-label={words.running(data.features.length)} />
                  </>
                )}
                <MayButton may={!stops} why={words.stopped} loading={write.isPending} onClick={() => write.mutate()}>
                  {words.submit(environment)}
                </MayButton>
              </div>
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

/** First what stands in the way, then what would happen. */
function Findings({ found: { errors, permissions, warnings } }: { found: ImportCheck }) {
  const all = [
    ...[...errors, ...permissions].map((one) => ({ ...one, stops: true })),
    ...warnings.map((one) => ({ ...one, stops: false })),
  ];
  if (all.length === 0) return <p>{words.nothing}</p>;
  return (
    <ul className={styles.findings}>
      {all.map(({ message, affectedItems, stops }) => (
        <li key={message} className={styles.finding} data-stops={stops}>
          {stops ? <StopIcon aria-label={words.stops} /> : <InfoIcon />}
          <p>{message}</p>
          {affectedItems.length > 0 && (
            <ul className={styles.items}>
              {affectedItems.map((item) => (
                <li key={item}>
                  <Chip tone={stops ? 'red' : 'plain'}>{item}</Chip>
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

interface OutcomeProps {
  projectId: string;
  environment: string;
  request: ChangeRequest | undefined;
  flags: number;
  onAgain: () => void;
}

/** What became of the import. */
function Outcome({ projectId, environment, request, flags, onAgain }: OutcomeProps) {
  return (
    <Panel
      title={request ? words.proposed(request.id) : words.imported(flags, environment)}
      words={request ? words.proposedWords(environment) : words.importedWords}
    >
      <div className={styles.choose}>
        {request ? (
          <Button
            component={Link}
            to={`/projects/${projectId}/change-requests/${request.id}`}
            leftSection={<GitPullRequestDraftIcon />}
          >
            {words.toRequest(request.id)}
          </Button>
        ) : (
          <Button component={Link} to={`/projects/${projectId}`} leftSection={<CheckCircleIcon />}>
            {words.toFlags}
          </Button>
        )}
        <Button variant="default" onClick={onAgain}>
          {words.again}
        </Button>
      </div>
    </Panel>
  );
}
