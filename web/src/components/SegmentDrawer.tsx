import { Alert, Select, Text, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../client/client';
import { Problem, sentence } from '../client/problem';
import { projectsQuery } from '../client/projects';
import { texts } from '../texts';
import { ConstraintsField, constraintsOf, draftsOf, missingIn } from './ConstraintsField';
import { DrawerForm, FormDrawer } from './DrawerForm';

/** What is written of a segment. */
export type WrittenSegment = Schemas['upsertSegmentSchema'];

interface SegmentDrawerProps {
  title: string;
  /** What is edited; without it, a new one is written. */
  segment?: WrittenSegment | undefined;
  /** What is to be known before. */
  notice?: ReactNode;
  /** What is to be known besides, below the fields. */
  beside?: ReactNode;
  /** What else can be done, on the left of the buttons. */
  aside?: ReactNode;
  /** The button that submits the form. */
  button: ReactNode;
  /** Why it was refused. */
  error?: Error | null | undefined;
  onSave: (segment: WrittenSegment) => void;
  onClose: () => void;
}

/** Edits a segment, or makes one, in a drawer beside the page. */
export function SegmentDrawer({ title, segment, notice, beside, aside, button, error, onSave, onClose }: SegmentDrawerProps) {
  const projects = useQuery(projectsQuery);
  const [name, setName] = useState(segment?.name ?? '');
  const [description, setDescription] = useState(segment?.description ?? '');
  const [project, setProject] = useState(segment?.project ?? '');
  const [constraints, setConstraints] = useState(() => draftsOf(segment?.constraints ?? []));
  const [strict, setStrict] = useState(false);
  const problem = error instanceof Problem ? error : undefined;
  const aboutName = problem?.ofName;

  function submit() {
    setStrict(true);
    if (constraints.some((draft) => missingIn(draft.constraint))) return;
    onSave({ name, description, project: project === '' ? null : project, constraints: constraintsOf(constraints) });
  }

  return (
    <FormDrawer title={title} size={620} onClose={onClose}>
      <DrawerForm button={button} aside={aside} onSubmit={submit} onCancel={onClose}>
        {error && !aboutName && !problem?.of('constraints') && (
          <Alert color="red" role="alert" p="xs">
            {sentence(error)}
          </Alert>
        )}
        {notice}
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
        {beside}
      </DrawerForm>
    </FormDrawer>
  );
}
