import { ActionIcon, Button, Checkbox, Textarea, TextInput, Tooltip } from '@mantine/core';
import { PlusIcon, SlidersIcon, XIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../client/me';
import { Problem } from '../client/problem';
import { type ContextField, contextFieldsQuery, deleteContextField, saveContextField } from '../client/vocabulary';
import { texts } from '../texts';
import { Chip } from './Chip';
import styles from './ContextFields.module.css';
import { DeleteButton } from './DeleteButton';
import { Fields } from './Fields';
import { FormDialog } from './FormDialog';
import { MayButton } from './MayButton';
import { NameField } from './NameField';
import { NumberField } from './NumberField';
import { has } from './Search';
import { MainCell } from './Table';
import { useWrite } from './use-write';
import { WordedList } from './WordedList';

const words = texts.contextField;

/** The fields of the context: all global ones, or those of a project alone. */
export function ContextFields({ projectId }: { projectId?: string }) {
  const may = useMay();
  const fields = useQuery(contextFieldsQuery(projectId));
  const [form, setForm] = useState<ContextField | 'new' | null>(null);
  const mayDo = (permission: string) => (projectId === undefined ? may(permission) : may('UPDATE_PROJECT_CONTEXT', projectId));
  const why = projectId === undefined ? words.mayNot : words.mayNotHere;
  return (
    <>
      <WordedList
        query={fields}
        words={words}
        icon={<SlidersIcon size={24} />}
        create={
          <MayButton may={mayDo('CREATE_CONTEXT_FIELD')} why={why} leftSection={<PlusIcon />} onClick={() => setForm('new')}>
            {words.create}
          </MayButton>
        }
        columns={[
          { key: 'name', label: words.columns.name },
          { key: 'values', label: words.columns.values },
          { key: 'use', label: words.columns.use, wide: true },
        ]}
        // A project may use the global fields as well; they are not its own.
        keep={(field, word) => (field.project ?? undefined) === projectId && has(word, field.name, field.description)}
        row={(field) => (
          <tr key={field.name}>
            <MainCell words={field.description}>
              <button type="button" onClick={() => setForm(field)}>
                {field.name}
              </button>
              {field.stickiness && <Chip>{words.sticky}</Chip>}
            </MainCell>
            <td>{words.values(field.legalValues.length)}</td>
            <td data-wide>{texts.segment.uses(field.usedInFeatures)}</td>
          </tr>
        )}
      />
      {form !== null && (
        <FieldForm
          projectId={projectId}
          field={form === 'new' ? undefined : form}
          may={mayDo('UPDATE_CONTEXT_FIELD')}
          mayDelete={mayDo('DELETE_CONTEXT_FIELD')}
          why={why}
          onClose={() => setForm(null)}
        />
      )}
    </>
  );
}

interface LegalValue {
  key: number;
  value: string;
  description: string;
}

let keys = 0;

interface FieldFormProps {
  projectId: string | undefined;
  field: ContextField | undefined;
  may: boolean;
  mayDelete: boolean;
  why: string;
  onClose: () => void;
}

function FieldForm({ projectId, field, may, mayDelete, why, onClose }: FieldFormProps) {
  const [name, setName] = useState(field?.name ?? '');
  const [description, setDescription] = useState(field?.description ?? '');
  const [stickiness, setSticky] = useState(field?.stickiness ?? false);
  const [sortOrder, setOrder] = useState(field?.sortOrder ?? 0);
  const [values, setValues] = useState<LegalValue[]>(
    () => field?.legalValues.map(({ value, description: words = '' }) => ({ key: keys++, value, description: words ?? '' })) ?? [],
  );
  const touches = [['context-fields']];
  const save = useWrite({
    write: () =>
      saveContextField(projectId, field === undefined, {
        name,
        description,
        stickiness,
        sortOrder,
        legalValues: values
          .filter(({ value }) => value.trim() !== '')
          .map(({ value, description: about }) => ({ value: value.trim(), ...(about.trim() === '' ? {} : { description: about.trim() }) })),
      }),
    touches,
    said: words.saved(name),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const aboutName = problem?.ofName;
  const set = (key: number, changed: Partial<LegalValue>) => setValues(values.map((one) => (one.key === key ? { ...one, ...changed } : one)));
  return (
    <FormDialog
      title={field ? words.edit(field.name) : words.create}
      act={field ? texts.save : words.create}
      may={may}
      why={why}
      size="lg"
      pending={save.isPending}
      error={aboutName ? null : save.error}
      aside={
        field && (
          <DeleteButton
            may={mayDelete}
            why={why}
            title={words.removeTitle(field.name)}
            words={words.removeWords}
            act={words.removeAct(field.name)}
            write={() => deleteContextField(projectId, field.name)}
            touches={touches}
            said={words.removed(field.name)}
            onDone={onClose}
          />
        )
      }
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {!field && <NameField label={words.name} description={words.nameWords} value={name} error={aboutName} onChange={setName} />}
      <Textarea label={words.description} minRows={1} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
      <Checkbox
        label={words.stickiness}
        description={words.stickinessWords}
        checked={stickiness}
        onChange={(event) => setSticky(event.currentTarget.checked)}
      />
      <Fields title={words.legal} words={words.legalWords}>
        {values.map(({ key, value, description: about }, index) => (
          <div key={key} className={styles.value}>
            <TextInput
              aria-label={words.value(index + 1)}
              placeholder={words.valueHint}
              spellCheck={false}
              value={value}
              error={problem?.of(`legalValues/${index}`)}
              onChange={(event) => set(key, { value: event.currentTarget.value })}
            />
            <TextInput
              aria-label={words.about(index + 1)}
              placeholder={words.description}
              value={about}
              onChange={(event) => set(key, { description: event.currentTarget.value })}
            />
            <Tooltip label={texts.remove}>
              <ActionIcon aria-label={words.removeValue(index + 1)} onClick={() => setValues(values.filter((one) => one.key !== key))}>
                <XIcon />
              </ActionIcon>
            </Tooltip>
          </div>
        ))}
        <div>
          <Button variant="default" leftSection={<PlusIcon />} onClick={() => setValues([...values, { key: keys++, value: '', description: '' }])}>
            {words.addValue}
          </Button>
        </div>
      </Fields>
      <NumberField label={words.order} description={words.orderWords} step={1} value={String(sortOrder)} onChange={(value) => setOrder(Math.round(Number(value)))} />
    </FormDialog>
  );
}
