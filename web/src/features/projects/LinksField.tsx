import { Button, TextInput } from '@mantine/core';
import { PlusIcon } from '@primer/octicons-react';
import type { Schemas } from '../../client/client';
import { Entries, Entry, EntryRow, grow } from '../../components/Entry';
import { projectTexts } from '../../texts/projects';

type Template = Schemas['projectLinkTemplateSchema'];

/** A link that is being written, with a key of its own. */
interface Draft {
  key: number;
  title: string;
  urlTemplate: string;
}

let keys = 0;

export function linkDraftsOf(templates: Template[]): Draft[] {
  return templates.map(({ title, urlTemplate }) => ({ key: keys++, title: title ?? '', urlTemplate }));
}

/** Returns the links as the server takes them. */
export function templatesOf(drafts: Draft[]): Template[] {
  return drafts.map(({ title, urlTemplate }) => ({ title: title.trim() === '' ? null : title.trim(), urlTemplate: urlTemplate.trim() }));
}

interface LinksFieldProps {
  value: Draft[];
  onChange: (drafts: Draft[]) => void;
  /** What the server said about the link at an index. */
  problem: (index: number) => string | undefined;
}

/** Edits the links that each new flag of a project gets. */
export function LinksField({ value, onChange, problem }: LinksFieldProps) {
  const set = (key: number, changed: Partial<Draft>) => onChange(value.map((draft) => (draft.key === key ? { ...draft, ...changed } : draft)));
  return (
    <Entries>
      {value.map(({ key, title, urlTemplate }, index) => (
        <Entry
          key={key}
          name={projectTexts.link(index + 1)}
          remove={projectTexts.removeLink(index + 1)}
          onRemove={() => onChange(value.filter((draft) => draft.key !== key))}
        >
          <EntryRow>
            <TextInput flex={grow} label={projectTexts.linkTitle} value={title} onChange={(event) => set(key, { title: event.currentTarget.value })} />
            <TextInput
              flex="2 1 300px"
              label={projectTexts.linkAddress}
              placeholder={projectTexts.linkHint}
              required
              withAsterisk={false}
              inputMode="url"
              autoCapitalize="none"
              spellCheck={false}
              value={urlTemplate}
              error={problem(index)}
              onChange={(event) => set(key, { urlTemplate: event.currentTarget.value })}
            />
          </EntryRow>
        </Entry>
      ))}
      <Button variant="default" leftSection={<PlusIcon />} onClick={() => onChange([...value, { key: keys++, title: '', urlTemplate: '' }])}>
        {projectTexts.addLink}
      </Button>
    </Entries>
  );
}
