import { Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { Problem } from '../../client/problem';
import { createProject, projectsQuery } from '../../client/projects';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { FormDialog } from '../../components/FormDialog';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './CreateProject.module.css';
import { type Mode, ModeField } from './ModeField';
import { projectTexts } from '../../texts/projects';

const mostApprovals = 10;
const open = '0';

/** Asks for what a new project needs, makes it and goes there. */
export function CreateProject({ onClose }: { onClose: () => void }) {
  const environments = useQuery(allEnvironmentsQuery);
  const offered = environments.data?.filter(({ enabled }) => enabled) ?? [];
  const [name, setName] = useState('');
  const [id, setId] = useState('');
  const [description, setDescription] = useState('');
  const [mode, setMode] = useState<Mode>('open');
  const [left, setLeft] = useState<string[]>([]);
  const [approvals, setApprovals] = useState<Record<string, string>>({});
  const navigate = useNavigate();
  const chosen = offered.filter((environment) => !left.includes(environment.name));
  // What the instance demands of new projects is what one begins with.
  const needed = (environment: { name: string; requiredApprovals: number | null }) =>
    Number(approvals[environment.name] ?? environment.requiredApprovals ?? 0);
  const create = useWrite({
    write: () =>
      createProject({
        name,
        mode,
        ...(id === '' ? {} : { id }),
        ...(description === '' ? {} : { description }),
        environments: chosen.map((environment) => environment.name),
        changeRequestEnvironments: chosen
          .filter((environment) => needed(environment) > 0)
          .map((environment) => ({ name: environment.name, requiredApprovals: needed(environment) })),
      }),
    touches: [projectsQuery.queryKey, ['me']],
    said: texts.project.created(name),
    then: (project) => navigate({ to: '/projects/$projectId', params: { projectId: project.id } }),
    shown: true,
  });
  const problem = create.error instanceof Problem ? create.error : undefined;
  const placed = problem?.of('name') ?? problem?.of('id');
  return (
    <FormDialog
      title={texts.project.create}
      act={texts.project.create}
      size="lg"
      pending={create.isPending}
      error={placed ? null : create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={texts.project.name}
        required
        withAsterisk={false}
        data-autofocus
        value={name}
        error={problem?.of('name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={texts.project.id}
        description={texts.project.idWords}
        autoCapitalize="none"
        spellCheck={false}
        value={id}
        error={problem?.of('id')}
        onChange={(event) => setId(event.currentTarget.value)}
      />
      <Textarea label={texts.project.description} minRows={1} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
      <ModeField value={mode} onChange={setMode} />
      <fieldset className={styles.environments}>
        <legend>{projectTexts.environments}</legend>
        {offered.map((environment) => {
          const used = !left.includes(environment.name);
          const least = environment.requiredApprovals ?? 0;
          return (
            <div key={environment.name} className={styles.environment}>
              <Checkbox
                label={environment.name}
                description={least > 0 ? projectTexts.demanded : undefined}
                checked={used}
                onChange={(event) => setLeft(event.currentTarget.checked ? left.filter((one) => one !== environment.name) : [...left, environment.name])}
              />
              <Select
                w={250}
                aria-label={projectTexts.approvals(environment.name)}
                disabled={!used}
                data={Array.from({ length: mostApprovals + 1 }, (_, n) => ({
                  value: String(n),
                  label: n === 0 ? projectTexts.open : projectTexts.approvalsShort(n),
                })).filter(({ value }) => Number(value) >= least)}
                value={String(needed(environment))}
                onChange={(value) => setApprovals({ ...approvals, [environment.name]: value ?? open })}
              />
            </div>
          );
        })}
      </fieldset>
    </FormDialog>
  );
}
