import { ActionIcon, Alert, Button, Menu, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { ArchiveIcon, CheckIcon, CopyIcon, HourglassIcon, KebabHorizontalIcon, StarFillIcon, StarIcon } from '@primer/octicons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useProtection } from '../../client/change-requests';
import { type Flag, flagQuery, reviveFlag, setFavoriteFlag, updateFlag } from '../../client/flags';
import { useMay } from '../../client/me';
import { projectQuery } from '../../client/projects';
import { Chip } from '../../components/Chip';
import { Confirm } from '../../components/Confirm';
import { DraftBanner } from '../../components/DraftBanner';
import { EventList } from '../../components/EventList';
import { FlagTypeIcon } from '../../components/FlagTypeIcon';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { ProposalNotice } from '../../components/ProposalDialog';
import { Failed, Loading } from '../../components/states';
import { Tabs } from '../../components/Tabs';
import { done, failed } from '../../components/toast';
import { useEdit } from '../../components/use-edit';
import { texts } from '../../texts';
import { FlagEnvironments } from './FlagEnvironments';
import styles from './FlagPage.module.css';
import { FlagSettings } from './FlagSettings';

/** A flag: what it does in each environment, its settings and its history. */
export function FlagPage() {
  const { projectId, featureName } = useParams({ from: '/inside/projects/$projectId/features/$featureName' });
  const { tab } = useSearch({ from: '/inside/projects/$projectId/features/$featureName' });
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
      {flag && tab === 'settings' && <FlagSettings flag={flag} />}
      {flag && tab === 'history' && <EventList search={{ feature: `IS:${featureName}` }} empty={texts.event.noneYet} here={{ flag: featureName }} />}
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

function Favorite({ flag }: { flag: Flag }) {
  const queryClient = useQueryClient();
  const favor = useMutation({
    mutationFn: () => setFavoriteFlag(flag.project, flag.name, !flag.favorite),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: flagQuery(flag.project, flag.name).queryKey }),
    onError: failed,
  });
  const label = flag.favorite ? texts.flag.unfavorite : texts.flag.favorite;
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={() => favor.mutate()} {...(flag.favorite ? { c: 'yellow.8' } : {})}>
        {flag.favorite ? <StarFillIcon /> : <StarIcon />}
      </ActionIcon>
    </Tooltip>
  );
}

function Actions({ flag }: { flag: Flag }) {
  const { project: projectId, name } = flag;
  const may = useMay();
  const mayUpdate = may('UPDATE_FEATURE', projectId);
  const mayArchive = may('DELETE_FEATURE', projectId);
  const [archiving, setArchiving] = useState(false);
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
    mutationFn: () => reviveFlag(projectId, name),
    onSuccess: () => {
      done(texts.flag.reviveDone(name));
      return refresh();
    },
    onError: failed,
  });
  const archive = useEdit(projectId);
  const guarded = useProtection(projectId).anywhere;

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
          <Menu.Item leftSection={<ArchiveIcon />} disabled={!mayArchive} onClick={() => setArchiving(true)}>
            {texts.flag.archive}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {archiving && (
        <Confirm
          title={texts.flag.archiveTitle(name)}
          words={texts.flag.archiveWords}
          act={guarded ? texts.request.addToDraft : texts.flag.archiveAct(name)}
          {...(guarded ? { notice: <ProposalNotice projectId={projectId} environment={guarded.environment} /> } : {})}
          danger
          pending={archive.isPending}
          onClose={() => setArchiving(false)}
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
                onSuccess: (outcome) => (outcome === 'applied' ? navigate({ to: '/projects/$projectId', params: { projectId } }) : setArchiving(false)),
                onError: () => setArchiving(false),
              },
            )
          }
        />
      )}
    </>
  );
}
