import { Button, Checkbox, Menu, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { DownloadIcon, FlagIcon, KebabHorizontalIcon, PlusIcon, SearchIcon, StarFillIcon, StarIcon, UploadIcon } from '@primer/octicons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type KeyboardEvent, lazy, Suspense, useState } from 'react';
import { flagCreatorsQuery, type FlagSearch, type FoundFlag, flagsQuery } from '../../client/flags';
import { useMay } from '../../client/me';
import { environmentsQuery } from '../../client/projects';
import { flagTypesQuery, tagsQuery } from '../../client/vocabulary';
import { Ago } from '../../components/Ago';
import { called } from '../../components/Avatar';
import { Chip } from '../../components/Chip';
import { FlagSwitch } from '../../components/FlagSwitch';
import { FlagTypeIcon } from '../../components/FlagTypeIcon';
import { MayButton } from '../../components/MayButton';
import { ProjectPage } from '../../components/ProjectPage';
import { Empty, Failed, Loading } from '../../components/states';
import { Table, TableFoot } from '../../components/Table';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { BulkBar } from './BulkBar';
import { CreateFlag } from './CreateFlag';
import styles from './FlagListPage.module.css';
import { OpenRequests } from './OpenRequests';
import { flagTexts } from '../../texts/flags';

const ExportFlags = lazy(() => import('./ExportFlags').then((module) => ({ default: module.ExportFlags })));

/** The filters of a list of flags, as they stand in the address. */
interface Filters {
  q?: string;
  type?: string;
  state?: 'stale' | 'active' | 'archived';
  tag?: string;
  by?: string;
  status?: string;
  favorite?: true;
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
    favoritesFirst: 'true',
    ...(filters.q ? { query: filters.q } : {}),
    ...(filters.type ? { type: `IS:${filters.type}` } : {}),
    ...(filters.tag ? { tag: `INCLUDE:${filters.tag}` } : {}),
    ...(filters.by ? { createdBy: `IS:${filters.by}` } : {}),
    ...(filters.status ? { status: [filters.status] } : {}),
    ...(filters.favorite ? { favorite: 'IS:true' } : {}),
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
  const filtered = Boolean(filters.q || filters.type || filters.tag || filters.state || filters.by || filters.status || filters.favorite);

  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const selected = found.filter((flag) => chosen.has(flag.name));

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
    <ProjectPage projectId={projectId} tab="flags" actions={<>{create}<Files projectId={projectId} /></>}>
      <Filtering projectId={projectId} filters={filters} choose={choose} />
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
          <FlagTable projectId={projectId} flags={found} filters={filters} choose={choose} chosen={chosen} onChoose={setChosen} />
          <TableFoot>
            <span>{texts.shownOf(found.length, total)}</span>
            {flags.hasNextPage && (
              <Button variant="default" loading={flags.isFetchingNextPage} onClick={() => flags.fetchNextPage()}>
                {texts.showMore}
              </Button>
            )}
          </TableFoot>
          {selected.length > 0 && (
            <BulkBar projectId={projectId} flags={selected} archived={filters.state === 'archived'} onDone={() => setChosen(new Set())} />
          )}
        </>
      )}
      {filters.create && mayCreate && <CreateFlag projectId={projectId} onClose={() => choose({ create: undefined })} />}
    </ProjectPage>
  );
}

/** What carries flags from one place to another. */
function Files({ projectId }: { projectId: string }) {
  const [exporting, setExporting] = useState(false);
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button variant="default" px={8} aria-label={texts.moreActions}>
            <KebabHorizontalIcon />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item component={Link} to={`/projects/${projectId}/import`} leftSection={<UploadIcon />}>
            {flagTexts.import.act}
          </Menu.Item>
          <Menu.Item leftSection={<DownloadIcon />} onClick={() => setExporting(true)}>
            {flagTexts.export.all}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>{exporting && <ExportFlags projectId={projectId} onClose={() => setExporting(false)} />}</Suspense>
    </>
  );
}

type Choose = (changed: { [K in keyof Filters]?: Filters[K] | undefined }) => void;

function Filtering({ projectId, filters, choose }: { projectId: string; filters: Filters; choose: Choose }) {
  const environments = useQuery(environmentsQuery(projectId));
  const creators = useQuery(flagCreatorsQuery(projectId));
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
      <Select
        aria-label={flagTexts.list.status}
        placeholder={flagTexts.list.status}
        clearable
        data={(environments.data ?? []).flatMap(({ name }) => [
          { value: `${name}:enabled`, label: flagTexts.list.onIn(name) },
          { value: `${name}:disabled`, label: flagTexts.list.offIn(name) },
        ])}
        value={filters.status ?? null}
        onChange={(value) => choose({ status: value ?? undefined })}
      />
      <Select
        aria-label={flagTexts.list.by}
        placeholder={flagTexts.list.by}
        clearable
        searchable
        data={creators.data?.map(({ id, name }) => ({ value: String(id), label: called(name) })) ?? []}
        value={filters.by ?? null}
        onChange={(value) => choose({ by: value ?? undefined })}
      />
      <Button
        variant={filters.favorite ? 'light' : 'default'}
        aria-pressed={filters.favorite === true}
        leftSection={filters.favorite ? <StarFillIcon /> : <StarIcon />}
        onClick={() => choose({ favorite: filters.favorite ? undefined : true })}
      >
        {flagTexts.list.favorites}
      </Button>
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

interface FlagTableProps {
  projectId: string;
  flags: FoundFlag[];
  filters: Filters;
  choose: Choose;
  /** The names of the flags that are selected. */
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

function FlagTable({ projectId, flags, filters, choose, chosen, onChoose }: FlagTableProps) {
  const environments = useQuery(environmentsQuery(projectId));
  const sort = filters.sort ?? 'name';
  const order = filters.order ?? 'asc';
  const all = flags.every((flag) => chosen.has(flag.name));

  const sorted = (key: 'name' | 'createdAt') => ({
    order: sort === key ? order : undefined,
    choose: () => choose({ sort: key, order: sort === key && order === 'asc' ? 'desc' : 'asc' }),
  });

  function select(name: string, on: boolean) {
    const next = new Set(chosen);
    if (on) next.add(name);
    else next.delete(name);
    onChoose(next);
  }

  return (
    <Table
      label={texts.flag.list}
      onKeyDown={walk}
      columns={[
        {
          key: 'name',
          label: texts.flag.sort.name,
          sort: sorted('name'),
          before: (
            <Checkbox
              aria-label={flagTexts.bulk.all}
              checked={all}
              indeterminate={!all && flags.some((flag) => chosen.has(flag.name))}
              onChange={() => onChoose(all ? new Set() : new Set(flags.map((flag) => flag.name)))}
            />
          ),
        },
        { key: 'stage', label: flagTexts.stage.label, wide: true },
        { key: 'createdAt', label: texts.flag.sort.createdAt, wide: true, sort: sorted('createdAt') },
        ...(environments.data ?? []).map(({ name }) => ({ key: name, label: name, align: 'center' as const })),
      ]}
    >
      {flags.map((flag) => (
        <tr key={flag.name}>
          <td>
            <div className={styles.name}>
              <Checkbox
                aria-label={flagTexts.bulk.choose(flag.name)}
                checked={chosen.has(flag.name)}
                onChange={(event) => select(flag.name, event.currentTarget.checked)}
              />
              <FlagTypeIcon type={flag.type} />
              <Link
                to="/projects/$projectId/features/$featureName"
                params={{ projectId, featureName: flag.name }}
                className={styles.link}
                data-row
              >
                {flag.name}
              </Link>
              {flag.favorite && (
                <span className={styles.star} role="img" aria-label={flagTexts.list.favorite}>
                  <StarFillIcon />
                </span>
              )}
              {flag.stale && <Chip tone="amber">{texts.flag.stale}</Chip>}
              {flag.tags?.map((tag) => (
                <Chip key={`${tag.type}:${tag.value}`}>{texts.flag.tag(tag.type, tag.value)}</Chip>
              ))}
              {flag.description && <span className={styles.description}>{flag.description}</span>}
            </div>
          </td>
          <td data-wide>{flag.lifecycle && flagTexts.stage.names[flag.lifecycle.stage]}</td>
          <td data-wide>
            <Ago at={flag.archivedAt ?? flag.createdAt} />
          </td>
          {environments.data?.map((environment) => {
            const here = flag.environments.find((one) => one.name === environment.name);
            return (
              <td key={environment.name} data-align="center" className={styles.switch}>
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
                {here && <OpenRequests projectId={projectId} environment={environment.name} ids={here.changeRequestIds ?? []} />}
              </td>
            );
          })}
        </tr>
      ))}
    </Table>
  );
}
