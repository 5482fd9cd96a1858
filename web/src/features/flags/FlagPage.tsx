import { ActionIcon, Alert, Button, Menu, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { ArchiveIcon, ArrowSwitchIcon, CheckCircleIcon, CheckIcon, CopyIcon, DuplicateIcon, HourglassIcon, KebabHorizontalIcon, StarFillIcon, StarIcon, UndoIcon } from '@primer/octicons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { useProtection } from '../../client/change-requests';
import { type Flag, flagQuery, reviveFlags, setFavoriteFlag, uncompleteFlag, updateFlag } from '../../client/flags';
import { useMay } from '../../client/me';
import { projectQuery } from '../../client/projects';
import { Chip } from '../../components/Chip';
import { Confirm } from '../../components/Confirm';
import { DraftBanner } from '../../components/DraftBanner';
import { FlagTypeIcon } from '../../components/FlagTypeIcon';
import { MayButton, MayItem } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { ProposalNotice } from '../../components/ProposalDialog';
import { Failed, Loading } from '../../components/states';
import { Tabs } from '../../components/Tabs';
import { formatTime } from '../../components/time';
import { done, failed } from '../../components/toast';
import { ScheduleNotice } from '../../components/ScheduleNotice';
import { ofFlag } from '../../components/foresee';
import { useEdit } from '../../components/use-edit';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { FlagEnvironments } from './FlagEnvironments';
import styles from './FlagPage.module.css';
import { flagTexts } from '../../texts/flags';

// Each is fetched when it is wanted, so that the flag is there sooner.
const History = lazy(() => import('../../components/History').then((module) => ({ default: module.History })));
const CopyFlag = lazy(() => import('./CopyFlag').then((module) => ({ default: module.CopyFlag })));
const CompleteFlag = lazy(() => import('./CompleteFlag').then((module) => ({ default: module.CompleteFlag })));
const FlagSettings = lazy(() => import('./FlagSettings').then((module) => ({ default: module.FlagSettings })));
const FlagUsage = lazy(() => import('./FlagUsage').then((module) => ({ default: module.FlagUsage })));
const MoveFlags = lazy(() => import('./MoveFlags').then((module) => ({ default: module.MoveFlags })));

/** A flag: what it does in each environment, its settings and its history. */
export function FlagPage() {
  const { projectId, featureName } = useParams({ from: '/inside/projects/$projectId/features/$featureName' });
  const { tab, ...view } = useSearch({ from: '/inside/projects/$projectId/features/$featureName' });
  const navigate = useNavigate();
  const project = useQuery(projectQuery(projectId));
  const query = useQuery(flagQuery(projectId, featureName));
  const flag = query.data;
  const at = { to: '/projects/$projectId/features/$featureName', params: { projectId, featureName } } as const;

  return (
    <>
    <DraftBanner projectId={projectId} />
    <Page
      title={featureName}
      above={
        <>
          <Link to="/projects">{texts.project.list}</Link>
          <span aria-hidden="true"> / </span>
          <Link to="/projects/$projectId" params={{ projectId }}>
            {project.data?.name ?? projectId}
          </Link>
        </>
      }
      heading={
        <span className={styles.heading}>
          {flag && <FlagTypeIcon type={flag.type} />}
          {featureName}
          <CopyName name={featureName} />
          {flag && <Favorite flag={flag} />}
          {flag?.lifecycle && !flag.archived && <Stage stage={flag.lifecycle} />}
          {flag?.stale && <Chip tone="amber">{texts.flag.stale}</Chip>}
          {flag?.archived && <Chip tone="red">{texts.flag.archived}</Chip>}
        </span>
      }
      about={flag?.description}
      actions={flag && <Actions flag={flag} />}
      tabs={
        <Tabs
          label={texts.flag.tabs.label}
          tabs={[
            { label: texts.flag.tabs.overview, link: <Link {...at} search={{}} replace />, on: tab === undefined },
            { label: flagTexts.use.tab, link: <Link {...at} search={{ tab: 'usage' }} replace />, on: tab === 'usage' },
            { label: texts.flag.tabs.settings, link: <Link {...at} search={{ tab: 'settings' }} replace />, on: tab === 'settings' },
            { label: texts.flag.tabs.history, link: <Link {...at} search={{ tab: 'history' }} replace />, on: tab === 'history' },
          ]}
        />
      }
    >
      {query.isPending && <Loading lines={4} height={96} />}
      {query.error && !flag && <Failed error={query.error} retry={() => query.refetch()} />}
      {flag?.archived && (
        <Alert color="red" mb="md" icon={<ArchiveIcon />}>
          {texts.flag.archivedNotice}
        </Alert>
      )}
      {flag && tab === undefined && <FlagEnvironments flag={flag} />}
      <Suspense fallback={<Loading lines={4} />}>
        {flag && tab === 'usage' && <FlagUsage flag={flag} />}
        {flag && tab === 'settings' && <FlagSettings flag={flag} />}
        {flag && tab === 'history' && (
          <History
            search={{ feature: `IS:${featureName}` }}
            scope={{ feature: featureName }}
            empty={texts.event.noneYet}
            here={{ flag: featureName }}
            {...view}
            onChange={(search) => navigate({ ...at, search: { tab, ...search }, replace: true })}
          />
        )}
      </Suspense>
    </Page>
    </>
  );
}

function CopyName({ name }: { name: string }) {
  const clipboard = useClipboard({ timeout: 1500 });
  return (
    <Tooltip label={clipboard.copied ? texts.copied : texts.copyName}>
      <ActionIcon aria-label={texts.copyName} onClick={() => clipboard.copy(name)}>
        {clipboard.copied ? <CheckIcon /> : <CopyIcon />}
      </ActionIcon>
    </Tooltip>
  );
}

/** How far the flag has come in its life, and since when. */
function Stage({ stage: { stage, enteredStageAt } }: { stage: NonNullable<Flag['lifecycle']> }) {
  const label = flagTexts.stage.since(flagTexts.stage.words[stage], formatTime(enteredStageAt, 'day'));
  return (
    <Tooltip label={label} multiline maw={300}>
      <span tabIndex={0} aria-label={`${flagTexts.stage.names[stage]}. ${label}`} role="note" className={styles.stage}>
        <Chip tone={tones[stage]}>{flagTexts.stage.names[stage]}</Chip>
      </span>
    </Tooltip>
  );
}

const tones = { initial: 'plain', 'pre-live': 'violet', live: 'green', completed: 'accent', archived: 'plain' } as const;

function Favorite({ flag }: { flag: Flag }) {
  const favor = useWrite({
    write: (favorite: boolean) => setFavoriteFlag(flag.project, flag.name, favorite),
    touches: [flagQuery(flag.project, flag.name).queryKey, ['flags']],
    foresees: (favorite) => ofFlag(flag.project, flag.name, (one) => ({ ...one, favorite })),
  });
  const label = flag.favorite ? texts.flag.unfavorite : texts.flag.favorite;
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={() => favor.mutate(!flag.favorite)} {...(flag.favorite ? { c: 'yellow.8' } : {})}>
        {flag.favorite ? <StarFillIcon /> : <StarIcon />}
      </ActionIcon>
    </Tooltip>
  );
}

function Actions({ flag }: { flag: Flag }) {
  const { project: projectId, name } = flag;
  const may = useMay();
  const mayUpdate = may('UPDATE_FEATURE', projectId);
  const [asking, setAsking] = useState<'archive' | 'complete' | 'copy' | 'move' | null>(null);
  const close = () => setAsking(null);
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const refresh = () =>
    Promise.all([
      queryClient.invalidateQueries({ queryKey: flagQuery(projectId, name).queryKey }),
      queryClient.invalidateQueries({ queryKey: ['flags'] }),
      queryClient.invalidateQueries({ queryKey: ['events'] }),
    ]);
  const mark = useMutation({
    mutationFn: () =>
      updateFlag(projectId, name, {
        description: flag.description,
        type: flag.type as 'release',
        impressionData: flag.impressionData,
        stale: !flag.stale,
      }),
    onSuccess: refresh,
    onError: failed,
  });
  const revive = useMutation({
    mutationFn: () => reviveFlags(projectId, [name]),
    onSuccess: () => {
      done(texts.flag.reviveDone(name));
      return refresh();
    },
    onError: failed,
  });
  const uncomplete = useWrite({
    write: () => uncompleteFlag(projectId, name),
    touches: [flagQuery(projectId, name).queryKey, ['flags'], ['projects']],
    said: flagTexts.complete.undone(name),
  });
  const archive = useEdit(projectId);
  const guarded = useProtection(projectId).anywhere;
  // Anybody may propose.
  const mayArchive = may('DELETE_FEATURE', projectId) || guarded !== undefined;

  if (flag.archived) {
    return (
      <MayButton may={mayUpdate} why={texts.flag.mayNotEdit} loading={revive.isPending} onClick={() => revive.mutate()}>
        {texts.flag.revive}
      </MayButton>
    );
  }
  return (
    <>
      <MayButton
        may={mayUpdate}
        why={texts.flag.mayNotEdit}
        variant="default"
        leftSection={<HourglassIcon />}
        loading={mark.isPending}
        onClick={() => mark.mutate()}
      >
        {flag.stale ? texts.flag.markActive : texts.flag.markStale}
      </MayButton>
      <Menu>
        <Menu.Target>
          <Button variant="default" px={8} aria-label={texts.moreActions}>
            <KebabHorizontalIcon />
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {flag.lifecycle?.stage === 'completed' ? (
            <MayItem may={mayUpdate} why={texts.flag.mayNotEdit} leftSection={<UndoIcon />} onClick={() => uncomplete.mutate()}>
              {flagTexts.complete.back}
            </MayItem>
          ) : (
            <MayItem may={mayUpdate} why={texts.flag.mayNotEdit} leftSection={<CheckCircleIcon />} onClick={() => setAsking('complete')}>
              {flagTexts.complete.act}
            </MayItem>
          )}
          <MayItem may={may('CREATE_FEATURE', projectId)} why={texts.flag.mayNotCreate} leftSection={<DuplicateIcon />} onClick={() => setAsking('copy')}>
            {flagTexts.copy.act}
          </MayItem>
          <MayItem
            may={may('MOVE_FEATURE_TOGGLE', projectId)}
            why={flagTexts.bulk.mayNotMove}
            leftSection={<ArrowSwitchIcon />}
            onClick={() => setAsking('move')}
          >
            {flagTexts.move.act}
          </MayItem>
          <MayItem may={mayArchive} why={flagTexts.bulk.mayNotDelete} leftSection={<ArchiveIcon />} onClick={() => setAsking('archive')}>
            {texts.flag.archive}
          </MayItem>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {asking === 'complete' && <CompleteFlag flag={flag} onClose={close} />}
        {asking === 'copy' && <CopyFlag projectId={projectId} name={name} onClose={close} />}
        {asking === 'move' && (
          <MoveFlags
            projectId={projectId}
            names={[name]}
            onMoved={(to) => navigate({ to: '/projects/$projectId/features/$featureName', params: { projectId: to, featureName: name } })}
            onClose={close}
          />
        )}
      </Suspense>
      {asking === 'archive' && (
        <Confirm
          title={texts.flag.archiveTitle(name)}
          words={texts.flag.archiveWords}
          act={guarded ? texts.request.addToDraft : texts.flag.archiveAct(name)}
          notice={
            <>
              {guarded && <ProposalNotice projectId={projectId} environment={guarded.environment} />}
              <ScheduleNotice projectId={projectId} touched={{ feature: [name] }} proposed={guarded !== undefined} />
            </>
          }
          danger={guarded === undefined}
          pending={archive.isPending}
          onClose={close}
          onConfirm={() =>
            archive.mutate(
              // Archiving takes effect in all environments; a request for it needs one.
              {
                environment: guarded?.environment ?? '',
                change: { feature: name, action: 'archiveFeature' },
                said: texts.flag.archiveDone(name),
                asked: true,
              },
              {
                onSuccess: (outcome) => (outcome === 'applied' ? navigate({ to: '/projects/$projectId', params: { projectId } }) : close()),
                onError: close,
              },
            )
          }
        />
      )}
    </>
  );
}
