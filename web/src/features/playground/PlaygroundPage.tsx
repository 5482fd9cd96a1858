import { ActionIcon, Alert, Autocomplete, Button, MultiSelect, SegmentedControl, Stack, TextInput, Tooltip } from '@mantine/core';
import { BeakerIcon, CheckCircleIcon, PlusIcon, SearchIcon, XCircleIcon, XIcon } from '@primer/octicons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { type Answer, type Asked, ask, tryRequest } from '../../client/playground';
import { projectsQuery } from '../../client/projects';
import { allEnvironmentsQuery, contextFieldsQuery } from '../../client/vocabulary';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { has, Search } from '../../components/Search';
import { Empty } from '../../components/states';
import { MainCell, Table, TableFoot } from '../../components/Table';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import styles from './PlaygroundPage.module.css';
import { Reasons } from './Reasons';
import { playgroundTexts } from '../../texts/playground';

/** A field of the context that is being written. */
interface Field {
  key: number;
  name: string;
  values: string;
}

let keys = 0;

// Fields that have a place of their own in a context; all others are properties.
const own = ['userId', 'sessionId', 'remoteAddress', 'currentTime', 'appName'];
const app = 'playground';

/** Returns the fields that an address holds, as name=values lines. */
function fieldsOf(text: string | undefined): Field[] {
  const found = [...new URLSearchParams(text ?? 'userId=')].map(([name, values]) => ({ key: keys++, name, values }));
  return found.length > 0 ? found : [{ key: keys++, name: 'userId', values: '' }];
}

function askedOf(environments: string, projects: string | undefined, text: string | undefined): Asked {
  const context: Asked['context'] = { appName: app };
  const properties: Record<string, string> = {};
  for (const [name, values] of new URLSearchParams(text ?? '')) {
    if (values.trim() === '') continue;
    if (own.includes(name)) context[name] = values;
    else properties[name] = values;
  }
  return { environments: environments.split(','), context: { ...context, properties }, projects: projects ? projects.split(',') : '*' };
}

/** Asks flags as an SDK would, and says why they answer so. What is asked stands in the address. */
export function PlaygroundPage() {
  const search = useSearch({ from: '/inside/playground' });
  const { changeRequest } = search;
  const queryClient = useQueryClient();
  const asked = changeRequest === undefined && search.environments ? askedOf(search.environments, search.projects, search.context) : undefined;
  const answers = useQuery({
    queryKey: ['playground', search],
    queryFn: () => ask(asked as Asked),
    enabled: asked !== undefined,
    staleTime: 0,
  });
  return (
    <Page title={playgroundTexts.title} about={playgroundTexts.about}>
      <div className={styles.columns}>
        <Form key={JSON.stringify(search)} onAgain={() => queryClient.invalidateQueries({ queryKey: ['playground'] })} />
        <div className={styles.answers}>
          {changeRequest !== undefined && <RequestAnswers id={changeRequest} context={search.context} />}
          {changeRequest === undefined && !asked && (
            <Empty icon={<BeakerIcon size={24} />} title={playgroundTexts.start}>
              {playgroundTexts.startWords}
            </Empty>
          )}
          {asked && (
            <Loaded query={answers}>
              {({ features, warnings }) => (
                <>
                  {warnings.invalidContextProperties.length > 0 && (
                    <Alert color="yellow" p="xs" mb="sm">
                      {playgroundTexts.warnings(warnings.invalidContextProperties.join(', '))}
                    </Alert>
                  )}
                  <Answers environments={asked.environments} features={features} />
                </>
              )}
            </Loaded>
          )}
        </div>
      </div>
    </Page>
  );
}

/** What flags answer as they are, and what they would with a change request applied. */
function RequestAnswers({ id, context }: { id: number; context: string | undefined }) {
  const answers = useQuery({ queryKey: ['playground', 'request', id, context], queryFn: () => tryRequest(id, askedOf('', undefined, context).context), staleTime: 0 });
  return (
    <Loaded query={answers}>
      {({ input, before, features, differs }) => {
        const [project = ''] = input.projects === '*' ? [] : (input.projects as string[]);
        const [environment = ''] = input.environments;
        const [now, then] = [playgroundTexts.asItIs(environment), playgroundTexts.withRequest(environment, id)];
        const were = new Map(before.map((flag) => [flag.name, flag.environments[environment] ?? []]));
        return (
          <>
            <Alert color="indigo" p="xs" mb="sm">
              <Link to="/projects/$projectId/change-requests/$id" params={{ projectId: project, id }} className={styles.request}>
                {texts.request.defaultTitle(id)}
              </Link>
              . {playgroundTexts.requestWords(environment, project)} {playgroundTexts.differs(differs.length)}
            </Alert>
            <Answers
              environments={[now, then]}
              features={features.map((flag) => ({ ...flag, environments: { [now]: were.get(flag.name) ?? [], [then]: flag.environments[environment] ?? [] } }))}
              first={differs.length > 0 ? 'differs' : 'all'}
            />
          </>
        );
      }}
    </Loaded>
  );
}

function Form({ onAgain }: { onAgain: () => void }) {
  const search = useSearch({ from: '/inside/playground' });
  const navigate = useNavigate({ from: '/playground' });
  const environments = useQuery(allEnvironmentsQuery);
  const projects = useQuery(projectsQuery);
  const contextFields = useQuery(contextFieldsQuery());
  const [where, setWhere] = useState(search.environments?.split(',') ?? []);
  const [among, setAmong] = useState(search.projects?.split(',') ?? []);
  const [fields, setFields] = useState(() => fieldsOf(search.context));
  const set = (key: number, changed: Partial<Field>) => setFields(fields.map((field) => (field.key === key ? { ...field, ...changed } : field)));
  const offered = [...new Set([...own, ...(contextFields.data?.map(({ name }) => name) ?? [])])].filter((name) => name !== 'environment');

  function submit(event: FormEvent) {
    event.preventDefault();
    const context = new URLSearchParams(fields.filter(({ name }) => name !== '').map(({ name, values }): [string, string] => [name, values])).toString();
    const next = {
      ...(search.changeRequest === undefined ? {} : { changeRequest: search.changeRequest }),
      ...(where.length === 0 ? {} : { environments: where.join(',') }),
      ...(among.length === 0 ? {} : { projects: among.join(',') }),
      ...(context === '' ? {} : { context }),
    };
    if (JSON.stringify(next) === JSON.stringify(search)) onAgain();
    else navigate({ search: next });
  }

  return (
    <form className={styles.form} onSubmit={submit} aria-label={playgroundTexts.form}>
      <Stack gap="sm">
        {search.changeRequest !== undefined && (
          <TextInput
            label={playgroundTexts.request}
            readOnly
            value={texts.request.number(search.changeRequest)}
            rightSection={
              <ActionIcon aria-label={playgroundTexts.noRequest} onClick={() => navigate({ search: search.context ? { context: search.context } : {} })}>
                <XIcon />
              </ActionIcon>
            }
          />
        )}
        {search.changeRequest === undefined && (
          <>
            <MultiSelect
              label={playgroundTexts.environments}
              required={where.length === 0}
              withAsterisk={false}
              data={environments.data?.map(({ name }) => name) ?? []}
              value={where}
              onChange={setWhere}
            />
            <MultiSelect
              label={playgroundTexts.projects}
              placeholder={among.length === 0 ? playgroundTexts.all : ''}
              searchable
              data={projects.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
              value={among}
              onChange={setAmong}
            />
          </>
        )}
        <fieldset className={styles.context}>
          <legend>{playgroundTexts.context}</legend>
          <p className={styles.dim}>{playgroundTexts.contextWords}</p>
          {fields.map(({ key, name, values }, index) => (
            <div key={key} className={styles.field}>
              <Autocomplete
                size="xs"
                aria-label={playgroundTexts.field(index + 1)}
                placeholder={playgroundTexts.fieldHint}
                data={offered}
                value={name}
                onChange={(value) => set(key, { name: value })}
              />
              <TextInput
                aria-label={playgroundTexts.value(index + 1)}
                placeholder={playgroundTexts.valueHint}
                spellCheck={false}
                value={values}
                onChange={(event) => set(key, { values: event.currentTarget.value })}
              />
              <ActionIcon aria-label={playgroundTexts.remove(index + 1)} onClick={() => setFields(fields.filter((field) => field.key !== key))}>
                <XIcon />
              </ActionIcon>
            </div>
          ))}
          <div>
            <Button variant="default" leftSection={<PlusIcon />} onClick={() => setFields([...fields, { key: keys++, name: '', values: '' }])}>
              {playgroundTexts.add}
            </Button>
          </div>
        </fieldset>
        <div>
          <Button type="submit">{playgroundTexts.submit}</Button>
        </div>
      </Stack>
    </form>
  );
}

interface Found {
  name: string;
  projectId: string;
  environments: Record<string, Answer[]>;
}

type Only = keyof typeof playgroundTexts.only;

/** Whether a flag answers as asked for; it differs if not all of its answers are the same. */
function answersAs(only: Only, { environments }: Found): boolean {
  const all = Object.values(environments).flat();
  if (only === 'all') return true;
  if (only === 'on') return all.some(({ isEnabled }) => isEnabled);
  if (only === 'off') return all.some(({ isEnabled }) => !isEnabled);
  return new Set(all.map(({ isEnabled, variant }) => `${isEnabled} ${variant.name}`)).size > 1;
}

function Answers({ environments, features, first = 'all' }: { environments: string[]; features: Found[]; first?: Only }) {
  const projects = useQuery(projectsQuery);
  const [word, setWord] = useState('');
  const [only, setOnly] = useState<Only>(first);
  const [why, setWhy] = useState<{ flag: Found; environment: string } | null>(null);
  const shown = features.filter((flag) => has(word, flag.name) && answersAs(only, flag));
  return (
    <>
      <Toolbar>
        <Search label={playgroundTexts.filter} value={word} onChange={setWord} />
        <SegmentedControl
          aria-label={playgroundTexts.show}
          value={only}
          onChange={(value) => setOnly(value as Only)}
          data={(Object.keys(playgroundTexts.only) as Only[]).map((value) => ({ value, label: playgroundTexts.only[value] }))}
        />
      </Toolbar>
      {shown.length === 0 ? (
        <Empty icon={<SearchIcon size={24} />} title={playgroundTexts.none}>
          {playgroundTexts.noneWords}
        </Empty>
      ) : (
        <>
          <Table
            label={playgroundTexts.list}
            columns={[
              { key: 'flag', label: playgroundTexts.columns.flag },
              ...environments.map((environment) => ({ key: `in ${environment}`, label: environment })),
            ]}
          >
            {shown.map((flag) => (
              <tr key={`${flag.projectId} ${flag.name}`}>
                <MainCell words={projects.data?.find(({ id }) => id === flag.projectId)?.name ?? flag.projectId}>
                  <Link to="/projects/$projectId/features/$featureName" params={{ projectId: flag.projectId, featureName: flag.name }}>
                    {flag.name}
                  </Link>
                </MainCell>
                {environments.map((environment) => (
                  <td key={environment}>
                    <Result
                      answers={flag.environments[environment] ?? []}
                      label={playgroundTexts.why(flag.name, environment)}
                      onClick={() => setWhy({ flag, environment })}
                    />
                  </td>
                ))}
              </tr>
            ))}
          </Table>
          <TableFoot>{texts.shownOf(shown.length, features.length)}</TableFoot>
        </>
      )}
      {why && <Reasons name={why.flag.name} environment={why.environment} answers={why.flag.environments[why.environment] ?? []} onClose={() => setWhy(null)} />}
    </>
  );
}

/** What a flag answers in an environment, to all combinations; pressing it says why. */
function Result({ answers, label, onClick }: { answers: Answer[]; label: string; onClick: () => void }) {
  const on = answers.filter(({ isEnabled }) => isEnabled);
  const variants = [...new Set(on.filter(({ variant }) => variant.enabled).map(({ variant }) => variant.name))];
  const tone = on.length === 0 ? 'off' : on.length === answers.length ? 'on' : 'some';
  return (
    <Tooltip label={label}>
      <button type="button" className={styles.result} data-tone={tone} aria-label={label} onClick={onClick}>
        {tone === 'off' ? <XCircleIcon /> : <CheckCircleIcon />}
        {answers.length === 1
          ? tone === 'on'
            ? playgroundTexts.on
            : playgroundTexts.off
          : playgroundTexts.onOf(on.length, answers.length)}
        {variants.length > 0 && <code>{variants.join(', ')}</code>}
      </button>
    </Tooltip>
  );
}
