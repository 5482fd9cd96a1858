import { TagsInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Tag } from '../client/flags';
import { tagsQuery } from '../client/vocabulary';
import { texts } from '../texts';

/** Reads a tag as people write it. */
function parse(text: string): Tag {
  const [type, ...value] = text.split(':');
  return value.length === 0 ? { type: 'simple', value: text.trim() } : { type: (type ?? '').trim(), value: value.join(':').trim() };
}

/** Chooses tags, or makes new ones. */
export function TagsField({ label = texts.flag.tags, value, onChange }: { label?: string; value: Tag[]; onChange: (tags: Tag[]) => void }) {
  const tags = useQuery(tagsQuery);
  return (
    <TagsInput
      label={label}
      description={texts.flag.tagsWords}
      data={tags.data?.map((tag) => texts.flag.tag(tag.type, tag.value)) ?? []}
      value={value.map((tag) => texts.flag.tag(tag.type, tag.value))}
      onChange={(written) => onChange(written.map(parse))}
    />
  );
}
