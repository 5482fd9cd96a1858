import { Button, Menu } from '@mantine/core';
import { DownloadIcon, KebabHorizontalIcon, PlusIcon, UploadIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useCallback, useMemo, useState } from 'react';
import { type FoundFlag, flagCreatorsQuery } from '../../client/flags';
import { useMay } from '../../client/me';
import { environmentsQuery } from '../../client/projects';
import { called } from '../../components/Avatar';
import { FlagSwitch, useSwitching } from '../../components/FlagSwitch';
import { MayButton } from '../../components/MayButton';
import { ProjectPage } from '../../components/ProjectPage';
import { texts } from '../../texts';
import { flagTexts } from '../../texts/flags';
import { BulkBar } from './BulkBar';
import { CreateFlag } from './CreateFlag';
import { Filter, FlagFiltering } from './FlagFiltering';
import { FlagList } from './FlagList';
import { FlagTable } from './FlagTable';
import styles from './FlagTable.module.css';
import { changed, type FilterChanges, type FlagFilters, isFiltered } from './filters';
import { OpenRequests } from './OpenRequests';

const ExportFlags = lazy(() => import('./ExportFlags').then((module) => ({ default: module.ExportFlags })));

/** A project's flags, with a switch for each environment. */
export function FlagListPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId' });
  const { create, ...filters } = useSearch({ from: '/inside/projects/$projectId' });
  const navigate = useNavigate({ from: '/projects/$projectId' });
  const mayCreate = useMay()('CREATE_FEATURE', projectId);
  const environments = useQuery(environmentsQuery(projectId)).data;
  const creators = useQuery(flagCreatorsQuery(projectId)).data ?? [];
  const choose = useCallback((changes: FilterChanges) => navigate({ search: (before) => changed(before, changes), replace: true }), [navigate]);
  const creating = (on: boolean) => navigate({ search: { ...filters, ...(on ? { create: true } : {}) } });

  const add = (
    <MayButton may={mayCreate} why={texts.flag.mayNotCreate} leftSection={<PlusIcon />} onClick={() => creating(true)}>
      {texts.flag.create}
    </MayButton>
  );
  return (
    <ProjectPage projectId={projectId} tab="flags" actions={<>{add}<Files projectId={projectId} /></>}>
      <FlagFiltering filters={filters} choose={choose} environments={environments?.map(({ name }) => name) ?? []}>
        <Filter
          name="by"
          label={flagTexts.list.by}
          value={filters.by}
          choices={creators.map(({ id, name }) => [String(id), called(name)])}
          choose={choose}
          searchable
        />
      </FlagFiltering>
      <FlagList
        filters={{ ...filters, project: projectId }}
        filtered={isFiltered(filters)}
        clear={() => navigate({ search: {}, replace: true })}
        none={{ title: texts.flag.none, words: texts.flag.noneWords, action: add }}
      >
        {(flags, total) => <Flags projectId={projectId} flags={flags} total={total} filters={filters} choose={choose} />}
      </FlagList>
      {create && mayCreate && <CreateFlag projectId={projectId} onClose={() => creating(false)} />}
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

interface FlagsProps {
  projectId: string;
  flags: FoundFlag[];
  total: number;
  filters: FlagFilters;
  choose: (changes: FilterChanges) => unknown;
}

/** The flags that were found, and what can be done to those that are selected. */
function Flags({ projectId, flags, total, filters, choose }: FlagsProps) {
  const environments = useQuery(environmentsQuery(projectId)).data ?? [];
  const { whyNot, turn, question } = useSwitching(projectId);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const select = useCallback(
    (names: string[], on: boolean) => setChosen((before) => new Set(on ? [...before, ...names] : [...before].filter((name) => !names.includes(name)))),
    [],
  );
  // What was selected and is no longer shown is left alone.
  const selected = flags.filter(({ name }) => chosen.has(name));

  // What the switches of an environment have in common, as a text, so that rows are drawn anew only when it changes.
  const shared = JSON.stringify(environments.map(({ name }) => ({ name, whyNot: whyNot(name) })));
  const columns = useMemo(() => JSON.parse(shared) as { name: string; whyNot?: string }[], [shared]);
  const cells = useCallback(
    (flag: FoundFlag) =>
      columns.map(({ name, whyNot }) => {
        const here = flag.environments.find((one) => one.name === name);
        return (
          <td key={name} data-align="center" className={styles.switch}>
            {here && (
              <>
                <FlagSwitch
                  flag={flag.name}
                  environment={name}
                  enabled={here.enabled}
                  allDisabled={here.hasStrategies && !here.hasEnabledStrategies}
                  whyNot={flag.archivedAt === null ? whyNot : texts.flag.archivedNotice}
                  onTurn={turn}
                />
                <OpenRequests projectId={projectId} environment={name} ids={here.changeRequestIds} />
              </>
            )}
          </td>
        );
      }),
    [columns, projectId, turn],
  );
  return (
    <>
      <FlagTable
        flags={flags}
        total={total}
        filters={filters}
        choose={choose}
        choice={{ chosen: new Set(selected.map(({ name }) => name)), choose: select }}
        columns={columns.map(({ name }) => ({ key: name, label: name, align: 'center' }))}
        cells={cells}
      />
      {question}
      {selected.length > 0 && (
        <BulkBar projectId={projectId} flags={selected} archived={filters.state === 'archived'} onDone={() => setChosen(new Set())} />
      )}
    </>
  );
}
