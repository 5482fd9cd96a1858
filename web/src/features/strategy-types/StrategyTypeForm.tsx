import { Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { PlusIcon } from '@primer/octicons-react';
import { useState } from 'react';
import { useMay } from '../../client/me';
import { Problem } from '../../client/problem';
import { saveStrategyType, type StrategyParameter, type StrategyType, strategyTypesQuery } from '../../client/vocabulary';
import { Entries, Entry, EntryRow, grow } from '../../components/Entry';
import { Fields } from '../../components/Fields';
import { FormDialog } from '../../components/FormDialog';
import { NameField } from '../../components/NameField';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { strategyTypeTexts as words } from '../../texts/strategy-types';

const kinds = ['string', 'list', 'number', 'percentage', 'boolean'] as const;

/** A parameter that is being written, with a key of its own. */
interface Draft {
  key: number;
  parameter: StrategyParameter;
}

let keys = 0;

const draftOf = (parameter: StrategyParameter): Draft => ({ key: keys++, parameter });

interface StrategyTypeFormProps {
  /** What is changed, or shown if it is built in; without it, a new one is made. */
  type: StrategyType | undefined;
  onClose: () => void;
}

/** Makes a type of strategy, or changes one. */
export function StrategyTypeForm({ type, onClose }: StrategyTypeFormProps) {
  const may = useMay();
  const builtIn = type !== undefined && !type.editable;
  const [name, setName] = useState(type?.name ?? '');
  const [description, setDescription] = useState(type?.description ?? '');
  const [parameters, setParameters] = useState(() => type?.parameters.map(draftOf) ?? []);
  const save = useWrite({
    write: () => saveStrategyType(type === undefined, { name, description, parameters: parameters.map(({ parameter }) => parameter) }),
    touches: [strategyTypesQuery.queryKey],
    said: words.saved(name),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const aboutName = problem?.ofName;
  const set = (key: number, changed: Partial<StrategyParameter>) =>
    setParameters(parameters.map((draft) => (draft.key === key ? { key, parameter: { ...draft.parameter, ...changed } } : draft)));
  return (
    <FormDialog
      title={type ? words.edit(type.displayName ?? type.name) : words.create}
      act={type ? texts.save : words.create}
      may={!builtIn && may(type ? 'UPDATE_STRATEGY' : 'CREATE_STRATEGY')}
      why={builtIn ? words.fixed : words.mayNot}
      size="lg"
      pending={save.isPending}
      error={aboutName ? null : save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {!type && <NameField label={words.name} description={words.nameWords} value={name} error={aboutName} onChange={setName} />}
      <Textarea
        label={words.description}
        minRows={1}
        disabled={builtIn}
        value={description}
        onChange={(event) => setDescription(event.currentTarget.value)}
      />
      <Fields title={words.parameters} words={words.parametersWords} disabled={builtIn}>
        <Entries>
          {parameters.map(({ key, parameter }, index) => (
            <Entry
              key={key}
              name={words.parameter(index + 1)}
              remove={words.removeParameter(index + 1)}
              onRemove={() => setParameters(parameters.filter((draft) => draft.key !== key))}
            >
              <EntryRow>
                <TextInput
                  flex={grow}
                  label={words.parameterName}
                  required
                  withAsterisk={false}
                  autoCapitalize="none"
                  spellCheck={false}
                  value={parameter.name}
                  error={problem?.of(`parameters/${index}/name`)}
                  onChange={(event) => set(key, { name: event.currentTarget.value })}
                />
                <Select
                  w={140}
                  label={words.parameterType}
                  allowDeselect={false}
                  data={kinds.map((value) => ({ value, label: words.types[value] }))}
                  value={parameter.type}
                  onChange={(value) => set(key, { type: value as StrategyParameter['type'] })}
                />
              </EntryRow>
              <TextInput
                label={words.description}
                value={parameter.description ?? ''}
                onChange={(event) => set(key, { description: event.currentTarget.value })}
              />
              <Checkbox
                label={words.required}
                checked={parameter.required ?? false}
                onChange={(event) => set(key, { required: event.currentTarget.checked })}
              />
            </Entry>
          ))}
          <Button variant="default" leftSection={<PlusIcon />} onClick={() => setParameters([...parameters, draftOf({ name: '', type: 'string' })])}>
            {words.addParameter}
          </Button>
        </Entries>
      </Fields>
    </FormDialog>
  );
}
