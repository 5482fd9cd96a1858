import { ActionIcon, Button, Menu, Tooltip } from '@mantine/core';
import { ArchiveIcon, ArrowSwitchIcon, CircleSlashIcon, DownloadIcon, HourglassIcon, LockIcon, PlayIcon, TagIcon, TrashIcon, XIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, type ReactNode, Suspense, useState } from 'react';
import { useProtection } from '../../client/change-requests';
import { deleteFlags, type FoundFlag, markStale, neededByOthers, reviveFlags, type Tag, tagFlags } from '../../client/flags';
import { useMay } from '../../client/me';
import { environmentsQuery } from '../../client/projects';
import { Confirm } from '../../components/Confirm';
import { FormDialog } from '../../components/FormDialog';
import { MayButton } from '../../components/MayButton';
import { ProposalNotice } from '../../components/ProposalDialog';
import { ScheduleNotice } from '../../components/ScheduleNotice';
import { TagsField } from '../../components/TagsField';
import { useBulkEdit } from '../../components/use-edit';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './BulkBar.module.css';
import { MoveFlags } from './MoveFlags';
import { flagTexts } from '../../texts/flags';

const ExportFlags = lazy(() => import('./ExportFlags').then((module) => ({ default: module.ExportFlags })));

interface BulkBarProps {
  projectId: string;
  flags: FoundFlag[];
  archived: boolean;
  onDone: () => void;
}

const touches = [['flags'], ['flag'], ['projects'], ['tags']];

/** What can be done to the flags that are selected. */
export function BulkBar({ projectId, flags, archived, onDone }: BulkBarProps) {
  return (
    <section className={styles.bar} aria-label={flagTexts.bulk.label}>
      <span className={styles.count} role="status">
        {flagTexts.bulk.chosen(flags.length)}
      </span>
      {archived ? <Archived projectId={projectId} flags={flags} onDone={onDone} /> : <Active projectId={projectId} flags={flags} onDone={onDone} />}
      <Tooltip label={flagTexts.bulk.clear}>
        <ActionIcon className={styles.clear ?? ''} aria-label={flagTexts.bulk.clear} onClick={onDone}>
          <XIcon />
        </ActionIcon>
      </Tooltip>
    </section>
  );
}

type PartProps = Omit<BulkBarProps, 'archived'>;

function Archived({ projectId, flags, onDone }: PartProps) {
  const may = useMay();
  const names = flags.map(({ name }) => name);
  const [deleting, setDeleting] = useState(false);
  const revive = useWrite({ write: () => reviveFlags(projectId, names), touches, said: flagTexts.bulk.revived(names.length), then: onDone });
  const remove = useWrite({ write: () => deleteFlags(projectId, names), touches, said: flagTexts.bulk.deleted(names.length), then: onDone });
  return (
    <>
      <MayButton
        variant="default"
        may={may('UPDATE_FEATURE', projectId)}
        why={texts.flag.mayNotEdit}
        loading={revive.isPending}
        onClick={() => revive.mutate()}
      >
        {flagTexts.bulk.revive}
      </MayButton>
      <MayButton
        variant="default"
        may={may('DELETE_FEATURE', projectId)}
        why={flagTexts.bulk.mayNotDelete}
        leftSection={<TrashIcon />}
        onClick={() => setDeleting(true)}
      >
        {flagTexts.bulk.delete}
      </MayButton>
      {deleting && (
        <Confirm
          title={flagTexts.bulk.deleteTitle(names.length)}
          words={flagTexts.bulk.deleteWords}
          act={flagTexts.bulk.deleteAct(names.length)}
          danger
          pending={remove.isPending}
          notice={<p className={styles.names}>{names.join(', ')}</p>}
          onConfirm={() => remove.mutate()}
          onClose={() => setDeleting(false)}
        />
      )}
    </>
  );
}

function Active({ projectId, flags, onDone }: PartProps) {
  const may = useMay();
  const names = flags.map(({ name }) => name);
  const guarded = useProtection(projectId).anywhere;
  const mayUpdate = may('UPDATE_FEATURE', projectId);
  const [asking, setAsking] = useState<'archive' | 'tags' | 'move' | 'export' | null>(null);
  const close = () => setAsking(null);
  const mark = useWrite({
    write: (stale: boolean) => markStale(projectId, names, stale),
    touches,
    said: (stale) => flagTexts.bulk.marked(names.length, stale),
    then: onDone,
  });
  return (
    <>
      <SwitchMenu projectId={projectId} names={names} on icon={<PlayIcon />} onDone={onDone} />
      <SwitchMenu projectId={projectId} names={names} on={false} icon={<CircleSlashIcon />} onDone={onDone} />
      {mayUpdate ? (
        <Menu position="top-start">
          <Menu.Target>
            <Button variant="default" leftSection={<HourglassIcon />} loading={mark.isPending}>
              {flagTexts.bulk.state}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => mark.mutate(true)}>{flagTexts.bulk.stale}</Menu.Item>
            <Menu.Item onClick={() => mark.mutate(false)}>{flagTexts.bulk.active}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      ) : (
        <MayButton variant="default" may={false} why={texts.flag.mayNotEdit} leftSection={<HourglassIcon />} onClick={close}>
          {flagTexts.bulk.state}
        </MayButton>
      )}
      <MayButton variant="default" may={mayUpdate} why={texts.flag.mayNotEdit} leftSection={<TagIcon />} onClick={() => setAsking('tags')}>
        {flagTexts.bulk.tags}
      </MayButton>
      <MayButton
        variant="default"
        may={may('MOVE_FEATURE_TOGGLE', projectId)}
        why={flagTexts.bulk.mayNotMove}
        leftSection={<ArrowSwitchIcon />}
        onClick={() => setAsking('move')}
      >
        {flagTexts.bulk.move}
      </MayButton>
      <Button variant="default" leftSection={<DownloadIcon />} onClick={() => setAsking('export')}>
        {flagTexts.export.act}
      </Button>
      <MayButton
        variant="default"
        may={may('DELETE_FEATURE', projectId) || guarded !== undefined}
        why={flagTexts.bulk.mayNotDelete}
        leftSection={<ArchiveIcon />}
        onClick={() => setAsking('archive')}
      >
        {flagTexts.bulk.archive}
      </MayButton>
      {asking === 'archive' && <ArchiveFlags projectId={projectId} names={names} onDone={onDone} onClose={close} />}
      {asking === 'tags' && <TagFlags projectId={projectId} flags={flags} onDone={onDone} onClose={close} />}
      {asking === 'move' && <MoveFlags projectId={projectId} names={names} onMoved={onDone} onClose={close} />}
      <Suspense>{asking === 'export' && <ExportFlags projectId={projectId} names={names} onClose={close} />}</Suspense>
    </>
  );
}

interface SwitchMenuProps {
  projectId: string;
  names: string[];
  on: boolean;
  icon: ReactNode;
  onDone: () => void;
}

/** Switches the flags on or off in one of the environments. */
function SwitchMenu({ projectId, names, on, icon, onDone }: SwitchMenuProps) {
  const may = useMay();
  const protection = useProtection(projectId);
  const environments = useQuery(environmentsQuery(projectId));
  const edit = useBulkEdit(projectId);
  const label = on ? flagTexts.bulk.on : flagTexts.bulk.off;
  const offered = (environments.data ?? []).filter(({ name }) => protection.of(name) || may('UPDATE_FEATURE_ENVIRONMENT', projectId, name));
  if (offered.length === 0) {
    return (
      <MayButton variant="default" may={false} why={flagTexts.bulk.mayNotSwitch} leftSection={icon} onClick={onDone}>
        {label}
      </MayButton>
    );
  }
  return (
    <Menu position="top-start" width={260}>
      <Menu.Target>
        <Button variant="default" leftSection={icon} loading={edit.isPending}>
          {label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {offered.map(({ name }) => (
          <Menu.Item
            key={name}
            rightSection={protection.of(name) && <LockIcon />}
            onClick={() =>
              edit.mutate(
                { environment: name, act: on ? 'on' : 'off', features: names, said: flagTexts.bulk.turned(names.length, name, on) },
                { onSuccess: onDone },
              )
            }
          >
            {protection.of(name) ? flagTexts.bulk.proposeIn(name) : flagTexts.bulk.in(name)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

interface DialogProps {
  projectId: string;
  names: string[];
  onDone: () => void;
  onClose: () => void;
}

function ArchiveFlags({ projectId, names, onDone, onClose }: DialogProps) {
  const guarded = useProtection(projectId).anywhere;
  const edit = useBulkEdit(projectId);
  const needed = useQuery({ queryKey: ['flags', 'needed', projectId, names], queryFn: () => neededByOthers(projectId, names) });
  return (
    <Confirm
      title={flagTexts.bulk.archiveTitle(names.length)}
      words={names.length === 1 ? texts.flag.archiveWords : flagTexts.bulk.archiveWords}
      act={guarded ? texts.request.addToDraft : flagTexts.bulk.archiveAct(names.length)}
      danger={guarded === undefined}
      pending={edit.isPending}
      notice={
        <>
          <p className={styles.names}>{names.join(', ')}</p>
          {needed.data && needed.data.length > 0 && (
            <p className={styles.needed} role="alert">
              {flagTexts.bulk.needed(needed.data.join(', '))}
            </p>
          )}
          {guarded && <ProposalNotice projectId={projectId} environment={guarded.environment} />}
          <ScheduleNotice projectId={projectId} touched={{ feature: names }} proposed={guarded !== undefined} />
        </>
      }
      onConfirm={() =>
        edit.mutate(
          { environment: guarded?.environment ?? '', act: 'archive', features: names, said: flagTexts.bulk.archived(names.length) },
          { onSuccess: onDone, onSettled: onClose },
        )
      }
      onClose={onClose}
    />
  );
}

interface TagFlagsProps {
  projectId: string;
  flags: FoundFlag[];
  onDone: () => void;
  onClose: () => void;
}

function TagFlags({ projectId, flags, onDone, onClose }: TagFlagsProps) {
  const [addedTags, setAdded] = useState<Tag[]>([]);
  const [removedTags, setRemoved] = useState<Tag[]>([]);
  const names = flags.map(({ name }) => name);
  const save = useWrite({
    write: () => tagFlags(projectId, names, { addedTags, removedTags }),
    touches: [...touches, ['flag-tags']],
    said: flagTexts.bulk.tagged(names.length),
    then: onDone,
    shown: true,
  });
  return (
    <FormDialog
      title={flagTexts.bulk.tagsTitle(names.length)}
      act={texts.save}
      pending={save.isPending}
      error={save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <TagsField label={flagTexts.bulk.add} value={addedTags} onChange={setAdded} />
      <TagsField label={flagTexts.bulk.takeAway} value={removedTags} onChange={setRemoved} />
    </FormDialog>
  );
}
