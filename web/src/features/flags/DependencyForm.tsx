import { Button, MultiSelect, SegmentedControl, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Change } from '../../client/change';
import { useProtection } from '../../client/change-requests';
import { type Flag, parentVariantsQuery, possibleParentsQuery } from '../../client/flags';
import { FormDialog } from '../../components/FormDialog';
import { ProposalNotice } from '../../components/ProposalDialog';
import { useEdit } from '../../components/use-edit';
import { texts } from '../../texts';
import { flagTexts } from '../../texts/flags';

type Must = 'on' | 'variants' | 'off';

const words = flagTexts.dependency;

/** Says on which flag another depends, and how that one has to be. */
export function DependencyForm({ flag, onClose }: { flag: Flag; onClose: () => void }) {
  const { project: projectId, name } = flag;
  const before = flag.dependencies[0];
  const parents = useQuery(possibleParentsQuery(projectId, name));
  const [parent, setParent] = useState(before?.feature ?? '');
  const [must, setMust] = useState<Must>(before && !before.enabled ? 'off' : before?.variants?.length ? 'variants' : 'on');
  const [chosen, setChosen] = useState(before?.variants ?? []);
  const variants = useQuery(parentVariantsQuery(projectId, parent));
  const edit = useEdit(projectId);
  const guarded = useProtection(projectId).anywhere;
  const offered = [...new Set([...(parents.data ?? []), ...(before ? [before.feature] : [])])];

  function save(change: Change, said: string) {
    // It takes effect in all environments; a request for it needs one.
    edit.mutate({ environment: guarded?.environment ?? '', change, said, asked: true, shown: true }, { onSuccess: onClose });
  }

  function submit() {
    if (parent === '') return;
    const payload = { feature: parent, enabled: must !== 'off', ...(must === 'variants' ? { variants: chosen } : {}) };
    save({ feature: name, action: 'addDependency', payload }, words.saved);
  }

  return (
    <FormDialog
      title={words.title(name)}
      act={guarded ? texts.request.addToDraft : texts.save}
      pending={edit.isPending}
      error={edit.error}
      aside={
        before && (
          <Button variant="subtle" color="red" onClick={() => save({ feature: name, action: 'deleteDependency' }, words.removed)}>
            {words.remove}
          </Button>
        )
      }
      onSubmit={submit}
      onClose={onClose}
    >
      <Text size="sm">{parents.data && offered.length === 0 ? words.noParents : words.words}</Text>
      {guarded && <ProposalNotice projectId={projectId} environment={guarded.environment} />}
      <Select
        label={words.parent}
        searchable
        required
        withAsterisk={false}
        data={offered}
        value={parent === '' ? null : parent}
        onChange={(value) => {
          setParent(value ?? '');
          setChosen([]);
        }}
      />
      <div>
        <Text size="xs" fw={550} mb={3} id="must-label">
          {words.must}
        </Text>
        <SegmentedControl
          aria-labelledby="must-label"
          value={must}
          onChange={(value) => setMust(value as Must)}
          data={[
            { value: 'on', label: words.on },
            { value: 'variants', label: words.variants },
            { value: 'off', label: words.off },
          ]}
        />
      </div>
      {must === 'variants' && <MultiSelect label={words.which} data={[...new Set([...(variants.data ?? []), ...chosen])]} value={chosen} onChange={setChosen} />}
    </FormDialog>
  );
}
