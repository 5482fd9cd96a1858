import { Alert, Button, Drawer, Group, Select, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { changeRequestsKey, useSegmentProtection } from '../../client/change-requests';
import { useMay } from '../../client/me';
import { Problem, sentence } from '../../client/problem';
import { projectsQuery } from '../../client/projects';
import { deleteSegment, type Segment, saveSegment, segmentsQuery, segmentUsesQuery } from '../../client/segments';
import { Confirm } from '../../components/Confirm';
import { ConstraintsField, constraintsOf, draftsOf, missingIn } from '../../components/ConstraintsField';
import { MayButton } from '../../components/MayButton';
import { ProposalNotice, ProposeButton } from '../../components/ProposalDialog';
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
  const projects = useQuery(projectsQuery);
  const [name, setName] = useState(segment?.name ?? '');
  const [description, setDescription] = useState(segment?.description ?? '');
  const [project, setProject] = useState(segment?.project ?? '');
  const [constraints, setConstraints] = useState(() => draftsOf(segment?.constraints ?? []));
  const [strict, setStrict] = useState(false);
  const [removing, setRemoving] = useState(false);
  const ownProject = project !== '' && may('UPDATE_PROJECT_SEGMENT', project);
  const { place, loading } = useSegmentProtection(segment);
  // Anybody may propose.
  const maySave = may(segment ? 'UPDATE_SEGMENT' : 'CREATE_SEGMENT') || ownProject || place !== undefined;
  const mayRemove = may('DELETE_SEGMENT') || ownProject || place !== undefined;
  const refresh = () =>
    Promise.all([segmentsQuery.queryKey, ['events'], changeRequestsKey].map((queryKey) => queryClient.invalidateQueries({ queryKey })));

  const save = useMutation({
    mutationFn: async () => {
      const body = { name, description, project: project === '' ? null : project, constraints: constraintsOf(constraints) };
      if (segment && place) {
        await proposeChange(place, { action: 'updateSegment', payload: { id: segment.id, ...body } });
        onProposed(place.projectId);
        return;
      }
      await saveSegment(segment?.id, body);
      done(segment ? texts.segment.saved(name) : texts.segment.created(name));
    },
    onSuccess: async () => {
      await refresh();
      onClose();
    },
  });
  const remove = useMutation({
    mutationFn: async (id: number) => {
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
  const problem = save.error instanceof Problem ? save.error : undefined;
  const aboutName = problem && (problem.of('name') ?? (problem.kind === 'NameExistsError' ? problem.message : undefined));

  function submit(event: FormEvent) {
    event.preventDefault();
    setStrict(true);
    if (!constraints.some((draft) => missingIn(draft.constraint))) save.mutate();
  }

  return (
    <Drawer opened onClose={onClose} size={620} title={segment ? texts.segment.edit(segment.name) : texts.segment.create} classNames={{ body: styles.drawer ?? '' }}>
      <form onSubmit={submit} className={styles.form}>
        <div className={styles.fields}>
          {save.error && !aboutName && !problem?.of('constraints') && (
            <Alert color="red" role="alert" p="xs">
              {sentence(save.error)}
            </Alert>
          )}
          {!maySave && (
            <Alert color="gray" p="xs">
              {texts.segment.mayNot}
            </Alert>
          )}
          {place && <ProposalNotice {...place} />}
          <TextInput
            label={texts.segment.name}
            required
            withAsterisk={false}
            data-autofocus
            spellCheck={false}
            value={name}
            error={aboutName}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Textarea label={texts.segment.description} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
          <Select
            label={texts.segment.project}
            searchable
            data={[{ value: '', label: texts.segment.everywhere }, ...(projects.data?.map((one) => ({ value: one.id, label: one.name })) ?? [])]}
            value={project}
            onChange={(value) => setProject(value ?? '')}
          />
          <section>
            <h3>{texts.strategy.constraints}</h3>
            <Text size="xs" c="dimmed" mb={8}>
              {texts.strategy.constraintsWords}
            </Text>
            <ConstraintsField
              {...(project === '' ? {} : { projectId: project })}
              value={constraints}
              onChange={setConstraints}
              strict={strict}
              problem={(index) => problem?.of(`constraints/${index}`) ?? (constraints.length === 1 ? problem?.of('constraints') : undefined)}
            />
          </section>
          {segment && segment.usedInFeatures > 0 && <Uses id={segment.id} />}
        </div>
        <Group justify="flex-end" gap="xs" className={styles.foot ?? ''}>
          {segment && (
            <div className={styles.remove}>
              <MayButton
                may={mayRemove && segment.usedInFeatures === 0}
                why={segment.usedInFeatures > 0 ? texts.segment.inUse : texts.segment.mayNot}
                variant="subtle"
                color="red"
                onClick={() => setRemoving(true)}
              >
                {texts.remove}
              </MayButton>
            </div>
          )}
          <Button variant="default" onClick={onClose}>
            {texts.cancel}
          </Button>
          {place ? (
            <ProposeButton {...place} loading={save.isPending} />
          ) : (
            <Button type="submit" disabled={!maySave} loading={save.isPending || loading}>
              {segment ? texts.save : texts.segment.create}
            </Button>
          )}
        </Group>
      </form>
      {removing && segment && (
        <Confirm
          title={texts.segment.removeTitle(segment.name)}
          words={texts.segment.removeWords}
          act={place ? texts.request.addToDraft : texts.segment.removeAct(segment.name)}
          {...(place ? { notice: <ProposalNotice {...place} /> } : {})}
          danger
          pending={remove.isPending}
          onConfirm={() => remove.mutate(segment.id)}
          onClose={() => setRemoving(false)}
        />
      )}
    </Drawer>
  );
}

function Uses({ id }: { id: number }) {
  const uses = useQuery(segmentUsesQuery(id));
  return (
    <section>
      <h3>{texts.segment.usedBy}</h3>
      <ul className={styles.uses}>
        {uses.data?.map((use) => (
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
      </ul>
    </section>
  );
}
