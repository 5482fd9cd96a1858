import { Button, ColorInput, Select, Textarea, TextInput } from '@mantine/core';
import { PlusIcon, TagIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../client/me';
import { Problem } from '../../client/problem';
import {
  createTag,
  deleteTag,
  deleteTagType,
  flagTypesQuery,
  saveTagType,
  setLifetime,
  type TagType,
  tagsQuery,
  tagTypesQuery,
} from '../../client/vocabulary';
import { Chip } from '../../components/Chip';
import { DeleteButton } from '../../components/DeleteButton';
import { FlagTypeIcon } from '../../components/FlagTypeIcon';
import { FormDialog } from '../../components/FormDialog';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { NameField } from '../../components/NameField';
import { NumberField } from '../../components/NumberField';
import { Page } from '../../components/Page';
import { Panel, Panels } from '../../components/Panel';
import { Empty } from '../../components/states';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './TagPage.module.css';
import { tagTexts } from '../../texts/tags';

/** Tags, their types, and the types of flags. */
export function TagPage() {
  return (
    <Page title={tagTexts.list} about={tagTexts.about}>
      <Panels>
        <Types />
        <Tags />
        <FlagTypes />
      </Panels>
    </Page>
  );
}

const touches = [tagTypesQuery.queryKey, tagsQuery.queryKey, ['flags'], ['flag-tags']];

function Types() {
  const may = useMay();
  const types = useQuery(tagTypesQuery);
  const [form, setForm] = useState<TagType | 'new' | null>(null);
  return (
    <Panel
      title={tagTexts.types}
      flush
      actions={
        <MayButton variant="default" may={may('CREATE_TAG_TYPE')} why={tagTexts.mayNot} leftSection={<PlusIcon />} onClick={() => setForm('new')}>
          {tagTexts.createType}
        </MayButton>
      }
    >
      <Loaded query={types} lines={2}>
        {(all) => (
          <Table label={tagTexts.types} columns={[{ key: 'name', label: tagTexts.columns.name }]}>
            {all.map((type) => (
              <tr key={type.name}>
                <MainCell words={type.description}>
                  {type.color && <span className={styles.color} style={{ background: type.color }} aria-hidden="true" />}
                  <button type="button" onClick={() => setForm(type)}>
                    {type.name}
                  </button>
                </MainCell>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
      {form !== null && <TypeForm type={form === 'new' ? undefined : form} onClose={() => setForm(null)} />}
    </Panel>
  );
}

function TypeForm({ type, onClose }: { type: TagType | undefined; onClose: () => void }) {
  const may = useMay();
  const [name, setName] = useState(type?.name ?? '');
  const [description, setDescription] = useState(type?.description ?? '');
  const [color, setColor] = useState(type?.color ?? '');
  const save = useWrite({
    write: () => saveTagType(type === undefined, { name, description, icon: type?.icon ?? '', ...(color === '' ? {} : { color }) }),
    touches,
    said: tagTexts.savedType(name),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const aboutName = problem?.ofName;
  return (
    <FormDialog
      title={type ? tagTexts.editType(type.name) : tagTexts.createType}
      act={type ? texts.save : tagTexts.createType}
      may={may(type ? 'UPDATE_TAG_TYPE' : 'CREATE_TAG_TYPE')}
      why={tagTexts.mayNot}
      pending={save.isPending}
      error={aboutName ? null : save.error}
      aside={
        type && (
          <DeleteButton
            may={may('DELETE_TAG_TYPE')}
            why={tagTexts.mayNot}
            title={tagTexts.removeTypeTitle(type.name)}
            words={tagTexts.removeTypeWords}
            act={tagTexts.removeAct(type.name)}
            write={() => deleteTagType(type.name)}
            touches={touches}
            said={tagTexts.removedType(type.name)}
            onDone={onClose}
          />
        )
      }
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {!type && <NameField label={tagTexts.name} description={tagTexts.nameWords} value={name} error={aboutName} onChange={setName} />}
      <Textarea label={tagTexts.description} minRows={1} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
      <ColorInput label={tagTexts.color} size="xs" withEyeDropper={false} format="hex" value={color} onChange={setColor} />
    </FormDialog>
  );
}

function Tags() {
  const may = useMay();
  const tags = useQuery(tagsQuery);
  const [creating, setCreating] = useState(false);
  return (
    <Panel
      title={tagTexts.tags}
      flush
      words={tagTexts.tagsWords}
      actions={
        <Button variant="default" leftSection={<PlusIcon />} onClick={() => setCreating(true)}>
          {tagTexts.createTag}
        </Button>
      }
    >
      <Loaded query={tags} lines={2}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={<TagIcon size={24} />} title={tagTexts.noTags}>
              {tagTexts.noTagsWords}
            </Empty>
          ) : (
            <Table
              label={tagTexts.tags}
              columns={[
                { key: 'value', label: tagTexts.columns.value },
                { key: 'more', label: texts.actions, quiet: true },
              ]}
            >
              {all.map(({ type, value }) => {
                const tag = texts.flag.tag(type, value);
                return (
                  <tr key={tag}>
                    <MainCell>
                      <Chip>{tag}</Chip>
                    </MainCell>
                    <td data-align="right">
                      <DeleteButton
                        may={may('UPDATE_FEATURE')}
                        why={tagTexts.mayNotDelete}
                        title={tagTexts.removeTitle(tag)}
                        words={tagTexts.removeWords}
                        act={tagTexts.removeAct(tag)}
                        write={() => deleteTag(type, value)}
                        touches={touches}
                        said={tagTexts.removed(tag)}
                      />
                    </td>
                  </tr>
                );
              })}
            </Table>
          )
        }
      </Loaded>
      {creating && <CreateTag onClose={() => setCreating(false)} />}
    </Panel>
  );
}

function CreateTag({ onClose }: { onClose: () => void }) {
  const types = useQuery(tagTypesQuery);
  const [type, setType] = useState('simple');
  const [value, setValue] = useState('');
  const create = useWrite({
    write: () => createTag(type, value),
    touches,
    said: tagTexts.created(texts.flag.tag(type, value)),
    then: onClose,
    shown: true,
  });
  return (
    <FormDialog
      title={tagTexts.createTag}
      act={tagTexts.createTag}
      pending={create.isPending}
      error={create.error}
      onSubmit={() => create.mutate()}
      onClose={onClose}
    >
      <Select label={tagTexts.type} data={types.data?.map(({ name }) => name) ?? []} value={type} onChange={(next) => next !== null && setType(next)} />
      <TextInput
        label={tagTexts.value}
        required
        withAsterisk={false}
        data-autofocus
        value={value}
        onChange={(event) => setValue(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function FlagTypes() {
  const types = useQuery(flagTypesQuery);
  return (
    <Panel title={tagTexts.flagTypes} words={tagTexts.flagTypesWords} flush>
      <Loaded query={types} lines={3}>
        {(all) => (
          <Table
            label={tagTexts.flagTypes}
            columns={[
              { key: 'name', label: tagTexts.columns.name },
              { key: 'days', label: tagTexts.days, align: 'right' },
            ]}
          >
            {all.map((type) => (
              <tr key={type.id}>
                <MainCell words={type.description}>
                  <FlagTypeIcon type={type.id} />
                  {type.name}
                </MainCell>
                <td>
                  <Lifetime id={type.id} name={type.name} days={type.lifetimeDays} />
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}

function Lifetime({ id, name, days }: { id: string; name: string; days: number | null }) {
  const may = useMay()('ADMIN');
  const [written, setWritten] = useState(days === null ? '' : String(days));
  const save = useWrite({
    write: (next: number | null) => setLifetime(id, next),
    touches: [flagTypesQuery.queryKey],
    said: tagTexts.savedLifetime(name),
  });
  const asked = written.trim() === '' || Number(written) <= 0 ? null : Math.round(Number(written));
  return (
    <NumberField
      w={110}
      aria-label={tagTexts.lifetime(name)}
      placeholder={tagTexts.forever}
      disabled={!may}
      min={1}
      step={1}
      value={written}
      onChange={setWritten}
      onBlur={() => asked !== days && save.mutate(asked)}
    />
  );
}
