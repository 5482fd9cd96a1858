import { MultiSelect, SegmentedControl, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../client/client';
import { parentVariantsQuery, possibleParentsQuery } from '../client/flags';
import { flagTexts } from '../texts/flags';
import { FormDialog } from './FormDialog';

/** What is written of a dependency. */
export type WrittenDependency = Schemas['createDependentFeatureSchema'];

type Must = 'on' | 'variants' | 'off';

const words = flagTexts.dependency;

interface DependencyDialogProps {
  projectId: string;
  flag: string;
  /** What is edited; without it, a new one is written. */
  dependency?: WrittenDependency | undefined;
  notice?: ReactNode;
  act: string;
  aside?: ReactNode;
  pending: boolean;
  error: Error | null;
  onSave: (dependency: WrittenDependency) => void;
  onClose: () => void;
}

/** Says on which flag another depends, and how that one has to be. */
export function DependencyDialog({ projectId, flag, dependency, notice, onSave, ...dialog }: DependencyDialogProps) {
  const parents = useQuery(possibleParentsQuery(projectId, flag));
  const [parent, setParent] = useState(dependency?.feature ?? '');
  const [must, setMust] = useState<Must>(dependency?.enabled === false ? 'off' : dependency?.variants?.length ? 'variants' : 'on');
  const [chosen, setChosen] = useState(dependency?.variants ?? []);
  const variants = useQuery(parentVariantsQuery(projectId, parent));
  const offered = [...new Set([...(parents.data ?? []), ...(dependency ? [dependency.feature] : [])])];

  function submit() {
    if (parent !== '') onSave({ feature: parent, enabled: must !== 'off', ...(must === 'variants' ? { variants: chosen } : {}) });
  }

  return (
    <FormDialog title={words.title(flag)} {...dialog} onSubmit={submit}>
      <Text size="sm">{parents.data && offered.length === 0 ? words.noParents : words.words}</Text>
      {notice}
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
