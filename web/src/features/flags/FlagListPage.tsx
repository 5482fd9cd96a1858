import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { PlusIcon, SearchIcon, FlagIcon, TriangleDownIcon, TriangleUpIcon } from '@primer/octicons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, useState } from 'react';
import { type FlagSearch, type FoundFlag, flagsQuery } from '../../client/flags';
import { useMay } from '../../client/me';
import { environmentsQuery } from '../../client/projects';
import { flagTypesQuery, tagsQuery } from '../../client/vocabulary';
import { Ago } from '../../components/Ago';
import { Chip } from '../../components/Chip';
import { FlagSwitch } from '../../components/FlagSwitch';
import { FlagTypeIcon } from '../../components/FlagTypeIcon';
import { MayButton } from '../../components/MayButton';
import { ProjectPage } from '../../components/ProjectPage';
import { Empty, Failed, Loading } from '../../components/states';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { CreateFlag } from './CreateFlag';
import styles from './FlagListPage.module.css';

/** The filters of a list of flags, as they stand in the address. */
interface Filters {
  q?: string;
  type?: string;
  state?: 'stale' | 'active' | 'archived';
  tag?: string;
  sort?: 'name' | 'createdAt';
  order?: 'asc' | 'desc';
  create?: true;
}

/** Returns what to ask the server for. */
function searchOf(projectId: string, filters: Filters): FlagSearch {
  return {
    project: `IS:${projectId}`,
    sortBy: filters.sort ?? 'name',
    sortOrder: filters.order ?? 'asc',
    ...(filters.q ? { query: filters.q } : {}),
    ...(filters.type ? { type: `IS:${filters.type}` } : {}),
    ...(filters.tag ? { tag: `INCLUDE:${filters.tag}` } : {}),
    ...(filters.state === 'archived' ? { archived: 'IS:true' } : {}),
    ...(filters.state === 'stale' || filters.state === 'active' ? { state: `IS:${filters.state}` } : {}),
  };
}

/** A project's flags, with a switch for each environment. */
export function FlagListPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId' });
  const filters = useSearch({ from: '/inside/projects/$projectId' });
  const navigate = useNavigate({ from: '/projects/$projectId' });
  const mayCreate = useMay()('CREATE_FEATURE', projectId);
  const flags = useInfiniteQuery({ ...flagsQuery(searchOf(projectId, filters)), refetchInterval: 30_000 });
  const found = flags.data?.pages.flatMap((page) => page.features) ?? [];
  const total = flags.data?.pages[0]?.total ?? 0;
  const filtered = Boolean(filters.q || filters.type || filters.tag || filters.state);

  /** Changes some filters; undefined takes one away. */
  function choose(changed: { [K in keyof Filters]?: Filters[K] | undefined }) {
    const next = Object.entries({ ...filters, ...changed }).filter(([, value]) => value !== undefined && value !== '');
    return navigate({ search: Object.fromEntries(next) as Filters, replace: !('create' in changed) });
  }

  const create = (
    <MayButton may={mayCreate} why={texts.flag.mayNotCreate} leftSection={<PlusIcon />} onClick={() => choose({ create: true })}>
      {texts.flag.create}
    </MayButton>
  );
  return (
    <ProjectPage projectId={projectId} tab="flags" actions={create}>
      <Filtering filters={filters} choose={choose} />
      {flags.isPending && <Loading lines={8} height={42} />}
      {flags.error && !flags.data && <Failed error={flags.error} retry={() => flags.refetch()} />}
      {flags.data && found.length === 0 && (
        <Empty
          icon={filtered ? <SearchIcon size={24} /> : <FlagIcon size={24} />}
          title={filters.state === 'archived' && !filters.q ? texts.flag.noneArchived : filtered ? texts.flag.noneFound : texts.flag.none}
          action={
            filtered ? (
              <Button variant="default" onClick={() => navigate({ search: {}, replace: true })}>
                {texts.flag.filters.clear}
              </Button>
            ) : (
              create
            )
          }
        >
          {filtered ? texts.flag.noneFoundWords : texts.flag.noneWords}
        </Empty>
      )}
      {found.length > 0 && (
        <>
          <Table projectId={projectId} flags={found} filters={filters} choose={choose} />
          <footer className={styles.footer}>
            <span>{texts.shownOf(found.length, total)}</span>
            {flags.hasNextPage && (
              <Button variant="default" loading={flags.isFetchingNextPage} onClick={() => flags.fetchNextPage()}>
                {texts.showMore}
              </Button>
            )}
          </footer>
        </>
      )}
      {filters.create && mayCreate && <CreateFlag projectId={projectId} onClose={() => choose({ create: undefined })} />}
    </ProjectPage>
  );
}

type Choose = (changed: { [K in keyof Filters]?: Filters[K] | undefined }) => void;

function Filtering({ filters, choose }: { filters: Filters; choose: Choose }) {
  const types = useQuery(flagTypesQuery);
  const tags = useQuery(tagsQuery);
  const [word, setWord] = useState(filters.q ?? '');
  const [asked, setAsked] = useState(filters.q);
  // Somebody went back, or cleared the filters.
  if (filters.q !== asked) {
    setAsked(filters.q);
    setWord(filters.q ?? '');
  }
  const search = useDebouncedCallback((value: string) => {
    setAsked(value || undefined);
    choose({ q: value || undefined });
  }, 200);

  return (
    <Toolbar>
      <TextInput
        type="search"
        aria-label={texts.flag.search}
        placeholder={texts.flag.search}
        leftSection={<SearchIcon />}
        value={word}
        onChange={(event) => {
          setWord(event.currentTarget.value);
          search(event.currentTarget.value);
        }}
      />
      <Select
        aria-label={texts.flag.filters.type}
        placeholder={texts.flag.filters.type}
        clearable
        data={types.data?.map((type) => ({ value: type.id, label: type.name })) ?? []}
        value={filters.type ?? null}
        onChange={(value) => choose({ type: value ?? undefined })}
      />
      <Select
        aria-label={texts.flag.filters.state}
        placeholder={texts.flag.filters.state}
        clearable
        data={[
          { value: 'active', label: texts.flag.states.active },
          { value: 'stale', label: texts.flag.states.stale },
          { value: 'archived', label: texts.flag.states.archived },
        ]}
        value={filters.state ?? null}
        onChange={(value) => choose({ state: (value ?? undefined) as Filters['state'] })}
      />
      <Select
        aria-label={texts.flag.filters.tag}
        placeholder={texts.flag.filters.tag}
        clearable
        searchable
        data={tags.data?.map((tag) => texts.flag.tag(tag.type, tag.value)) ?? []}
        value={filters.tag ?? null}
        onChange={(value) => choose({ tag: value ?? undefined })}
      />
    </Toolbar>
  );
}

/** Moves between the rows by the arrow keys. */
function walk(event: KeyboardEvent<HTMLElement>) {
  const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
  if (step === 0 || !(event.target instanceof HTMLElement) || !event.target.matches('[data-row]')) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
  rows[rows.indexOf(event.target) + step]?.focus();
  event.preventDefault();
}

function Table({ projectId, flags, filters, choose }: { projectId: string; flags: FoundFlag[]; filters: Filters; choose: Choose }) {
  const environments = useQuery(environmentsQuery(projectId));
  const sort = filters.sort ?? 'name';
  const order = filters.order ?? 'asc';

  function column(key: 'name' | 'createdAt') {
    const on = sort === key;
    return (
      <button
        type="button"
        className={styles.sort}
        aria-label={texts.flag.sort.label(texts.flag.sort[key])}
        onClick={() => choose({ sort: key, order: on && order === 'asc' ? 'desc' : 'asc' })}
      >
        {texts.flag.sort[key]}
        {on && (order === 'asc' ? <TriangleUpIcon /> : <TriangleDownIcon />)}
      </button>
    );
  }

  const sorted = (key: string) => (sort === key ? (order === 'asc' ? 'ascending' : 'descending') : 'none');
  return (
    <div className={styles.frame}>
      <table className={styles.table} aria-label={texts.flag.list} onKeyDown={walk}>
        <thead>
          <tr>
            <th scope="col" aria-sort={sorted('name')}>
              {column('name')}
            </th>
            <th scope="col" className={styles.created} aria-sort={sorted('createdAt')}>
              {column('createdAt')}
            </th>
            {environments.data?.map((environment) => (
              <th scope="col" key={environment.name} className={styles.switch}>
                {environment.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {flags.map((flag) => (
            <tr key={flag.name}>
              <td>
                <div className={styles.name}>
                  <FlagTypeIcon type={flag.type} />
                  <Link
                    to="/projects/$projectId/features/$featureName"
                    params={{ projectId, featureName: flag.name }}
                    className={styles.link}
                    data-row
                  >
                    {flag.name}
                  </Link>
                  {flag.stale && <Chip tone="amber">{texts.flag.stale}</Chip>}
                  {flag.tags?.map((tag) => (
                    <Chip key={`${tag.type}:${tag.value}`}>{texts.flag.tag(tag.type, tag.value)}</Chip>
                  ))}
                  {flag.description && <span className={styles.description}>{flag.description}</span>}
                </div>
              </td>
              <td className={styles.created}>
                <Ago at={flag.archivedAt ?? flag.createdAt} />
              </td>
              {environments.data?.map((environment) => {
                const here = flag.environments.find((one) => one.name === environment.name);
                return (
                  <td key={environment.name} className={styles.switch}>
                    {here && (
                      <FlagSwitch
                        projectId={projectId}
                        flag={flag.name}
                        environment={environment.name}
                        enabled={here.enabled}
                        allDisabled={here.hasStrategies && !here.hasEnabledStrategies}
                        archived={flag.archivedAt !== null}
                      />
                    )}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
