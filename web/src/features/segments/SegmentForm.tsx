import { Alert, Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { changeRequestsKey, useSegmentProtection } from '../../client/change-requests';
import { useMay } from '../../client/me';
import { deleteSegment, type Segment, saveSegment, segmentsQuery, segmentUsesQuery } from '../../client/segments';
import { Confirm } from '../../components/Confirm';
import { MayButton } from '../../components/MayButton';
import { ProposalNotice, ProposeButton } from '../../components/ProposalDialog';
import { RequestLinks, ScheduleNotice } from '../../components/ScheduleNotice';
import { SegmentDrawer, type WrittenSegment } from '../../components/SegmentDrawer';
import { done, failed } from '../../components/toast';
import { proposeChange } from '../../components/use-edit';
import { texts } from '../../texts';
import styles from './SegmentForm.module.css';

interface SegmentFormProps {
  segment?: Segment;
  /** An edit was proposed in a project, since it takes effect where that is protected. */
  onProposed: (projectId: string) => void;
  onClose: () => void;
}

/** Edits a segment, or makes one, and shows where it is used. */
export function SegmentForm({ segment, onProposed, onClose }: SegmentFormProps) {
  const may = useMay();
  const queryClient = useQueryClient();
  const [removing, setRemoving] = useState(false);
  const { place, projects, loading } = useSegmentProtection(segment);
  // One that is new may be for any project; the server says if it is not.
  const ownProject = segment && !segment.project ? false : may('UPDATE_PROJECT_SEGMENT', segment?.project);
  // Anybody may propose.
  const maySave = may(segment ? 'UPDATE_SEGMENT' : 'CREATE_SEGMENT') || ownProject || place !== undefined;
  const mayRemove = may('DELETE_SEGMENT') || ownProject || place !== undefined;
  const refresh = () =>
    Promise.all([segmentsQuery.queryKey, ['events'], changeRequestsKey].map((queryKey) => queryClient.invalidateQueries({ queryKey })));

  const save = useMutation({
    mutationFn: async (written: WrittenSegment) => {
      if (segment && place) {
        await proposeChange(place, { action: 'updateSegment', payload: { id: segment.id, ...written } });
        onProposed(place.projectId);
        return;
      }
      await saveSegment(segment?.id, written);
      done(segment ? texts.segment.saved(written.name) : texts.segment.created(written.name));
    },
    onSuccess: async () => {
      await refresh();
      onClose();
    },
  });
  const remove = useMutation({
    mutationFn: async ({ id, name }: Segment) => {
      if (place) {
        await proposeChange(place, { action: 'deleteSegment', payload: { id } });
        onProposed(place.projectId);
        return;
      }
      await deleteSegment(id);
      done(texts.segment.removed(name));
    },
    onSuccess: async () => {
      await refresh();
      onClose();
    },
    onError: (error) => {
      setRemoving(false);
      failed(error);
    },
  });
  const notice = (
    <>
      {place && <ProposalNotice {...place} />}
      {segment &&
        projects.map((projectId) => (
          <ScheduleNotice key={projectId} projectId={projectId} touched={{ segmentId: [segment.id] }} proposed={place !== undefined} />
        ))}
    </>
  );

  return (
    <>
      <SegmentDrawer
        title={segment ? texts.segment.edit(segment.name) : texts.segment.create}
        segment={segment}
        notice={
          <>
            {!maySave && (
              <Alert color="gray" p="xs">
                {texts.segment.mayNot}
              </Alert>
            )}
            {notice}
          </>
        }
        beside={segment && <Uses id={segment.id} />}
        aside={
          segment && (
            <MayButton
              may={mayRemove && segment.usedInFeatures === 0}
              why={segment.usedInFeatures > 0 ? texts.segment.inUse : texts.segment.mayNot}
              variant="subtle"
              color="red"
              onClick={() => setRemoving(true)}
            >
              {texts.remove}
            </MayButton>
          )
        }
        button={
          place ? (
            <ProposeButton {...place} loading={save.isPending} />
          ) : (
            <Button type="submit" disabled={!maySave} loading={save.isPending || loading}>
              {segment ? texts.save : texts.segment.create}
            </Button>
          )
        }
        error={save.error}
        onSave={(written) => save.mutate(written)}
        onClose={onClose}
      />
      {removing && segment && (
        <Confirm
          title={texts.segment.removeTitle(segment.name)}
          words={texts.segment.removeWords}
          act={place ? texts.request.addToDraft : texts.segment.removeAct(segment.name)}
          notice={notice}
          danger
          pending={remove.isPending}
          onConfirm={() => remove.mutate(segment)}
          onClose={() => setRemoving(false)}
        />
      )}
    </>
  );
}

/** The strategies that use a segment, and those that open change requests would make use it. */
function Uses({ id }: { id: number }) {
  const uses = useQuery(segmentUsesQuery(id));
  const { strategies = [], changeRequestStrategies: proposed = [] } = uses.data ?? {};
  if (strategies.length + proposed.length === 0) return null;
  return (
    <section>
      <h3>{texts.segment.usedBy}</h3>
      <ul className={styles.uses}>
        {strategies.map((use) => (
          <li key={use.id}>
            <Link
              to="/projects/$projectId/features/$featureName"
              params={{ projectId: use.projectId, featureName: use.featureName }}
              className={styles.link}
            >
              {use.featureName}
            </Link>{' '}
            <span className={styles.dim}>{use.environment}</span>
          </li>
        ))}
        {proposed.map(({ id: strategy, projectId, featureName, environment, changeRequest }, index) => (
          <li key={`${changeRequest.id} ${strategy ?? index}`}>
            {featureName}{' '}
            <span className={styles.dim}>
              {environment}, {texts.segment.onceApplied}
            </span>{' '}
            <RequestLinks projectId={projectId} requests={[changeRequest]} />
          </li>
        ))}
      </ul>
    </section>
  );
}
