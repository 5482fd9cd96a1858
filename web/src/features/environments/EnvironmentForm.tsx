import { Checkbox, Select } from '@mantine/core';
import { useState } from 'react';
import { cloneEnvironment, createEnvironment, environmentTypes, updateEnvironment } from '../../client/environments';
import { Problem } from '../../client/problem';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { FormDialog } from '../../components/FormDialog';
import { NameField } from '../../components/NameField';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import type { Asking } from './EnvironmentListPage';
import { environmentTexts } from '../../texts/environments';

const mostApprovals = 10;

/** Makes an environment, copies one, or says what one is. */
export function EnvironmentForm({ asking, onClose }: { asking: Exclude<Asking, { act: 'delete' }>; onClose: () => void }) {
  const before = asking.act === 'create' ? undefined : asking.environment;
  const [name, setName] = useState(asking.act === 'edit' ? asking.environment.name : '');
  const [type, setType] = useState(before?.type ?? 'development');
  const [required, setRequired] = useState(before?.requiredApprovals ?? null);
  const [enforced, setEnforced] = useState(before?.approvalsEnforced ?? false);
  const save = useWrite({
    write: async () => {
      const rules = { requiredApprovals: required, approvalsEnforced: required !== null && enforced };
      if (asking.act === 'create') await createEnvironment({ name, type, ...rules });
      else if (asking.act === 'clone') await cloneEnvironment(asking.environment.name, { name, type, clonePermissions: true });
      else await updateEnvironment(asking.environment.name, { type, ...rules });
    },
    touches: [allEnvironmentsQuery.queryKey, ['projects'], ['protection'], ['permissions']],
    said: asking.act === 'edit' ? environmentTexts.saved(name) : environmentTexts.created(name),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const aboutName = problem?.ofName;
  const title = {
    create: environmentTexts.create,
    edit: environmentTexts.edit(name),
    clone: environmentTexts.cloneTitle(before?.name ?? ''),
  }[asking.act];
  return (
    <FormDialog
      title={title}
      act={asking.act === 'edit' ? texts.save : asking.act === 'clone' ? environmentTexts.clone : environmentTexts.create}
      pending={save.isPending}
      error={aboutName ? null : save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {asking.act === 'clone' && <p>{environmentTexts.cloneWords}</p>}
      {asking.act !== 'edit' && <NameField label={environmentTexts.name} description={environmentTexts.nameWords} value={name} error={aboutName} onChange={setName} />}
      <Select
        label={environmentTexts.type}
        data={[...new Set([...environmentTypes, type])].map((value) => ({ value, label: environmentTexts.types[value] ?? value }))}
        value={type}
        onChange={(value) => value !== null && setType(value)}
      />
      {asking.act !== 'clone' && (
        <>
          <Checkbox
            label={environmentTexts.predefined}
            description={environmentTexts.predefinedWords}
            checked={required !== null}
            onChange={(event) => setRequired(event.currentTarget.checked ? 1 : null)}
          />
          {required !== null && (
            <>
              <Select
                label={environmentTexts.approvals}
                data={Array.from({ length: mostApprovals }, (_, index) => String(index + 1))}
                value={String(required)}
                onChange={(value) => setRequired(Number(value))}
              />
              <Checkbox
                label={environmentTexts.enforced}
                description={environmentTexts.enforcedWords}
                checked={enforced}
                onChange={(event) => setEnforced(event.currentTarget.checked)}
              />
            </>
          )}
        </>
      )}
    </FormDialog>
  );
}
