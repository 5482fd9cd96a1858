import { Alert, Button, Checkbox, Group, Select, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { Schemas } from '../../client/client';
import { type Flag, flagQuery, flagTagsQuery, type Tag, updateFlag, updateFlagTags } from '../../client/flags';
import { useMay } from '../../client/me';
import { sentence } from '../../client/problem';
import { flagTypesQuery } from '../../client/vocabulary';
import { Failed, Loading } from '../../components/states';
import { TagsField } from '../../components/TagsField';
import { done } from '../../components/toast';
import { texts } from '../../texts';

type Type = NonNullable<Schemas['updateFeatureSchema']['type']>;

/** What is said about a flag; it changes no evaluation. */
export function FlagSettings({ flag }: { flag: Flag }) {
  const tags = useQuery(flagTagsQuery(flag.name));
  if (tags.error) return <Failed error={tags.error} retry={() => tags.refetch()} />;
  if (!tags.data) return <Loading />;
  return <Form flag={flag} tags={tags.data} />;
}

const without = (some: Tag[], others: Tag[]) => some.filter((tag) => !others.some((other) => other.type === tag.type && other.value === tag.value));

function Form({ flag, tags }: { flag: Flag; tags: Tag[] }) {
  const may = useMay()('UPDATE_FEATURE', flag.project) && !flag.archived;
  const types = useQuery(flagTypesQuery);
  const queryClient = useQueryClient();
  const [description, setDescription] = useState(flag.description ?? '');
  const [type, setType] = useState(flag.type as Type);
  const [impressionData, setImpressionData] = useState(flag.impressionData);
  const [chosen, setChosen] = useState(tags);
  const save = useMutation({
    mutationFn: async () => {
      await updateFlag(flag.project, flag.name, { description, type, impressionData, stale: flag.stale });
      const addedTags = without(chosen, tags).map(({ type, value }) => ({ type, value }));
      const removedTags = without(tags, chosen).map(({ type, value }) => ({ type, value }));
      if (addedTags.length + removedTags.length > 0) await updateFlagTags(flag.name, { addedTags, removedTags });
    },
    onSuccess: async () => {
      await Promise.all([
        queryClient.invalidateQueries({ queryKey: flagQuery(flag.project, flag.name).queryKey }),
        queryClient.invalidateQueries({ queryKey: flagTagsQuery(flag.name).queryKey }),
        queryClient.invalidateQueries({ queryKey: ['flags'] }),
        queryClient.invalidateQueries({ queryKey: ['tags'] }),
        queryClient.invalidateQueries({ queryKey: ['events'] }),
      ]);
      done(texts.flag.saved);
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form onSubmit={submit}>
      <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0, maxWidth: 560 }}>
        <Stack gap="md">
          {!may && (
            <Alert color="gray" p="xs">
              {flag.archived ? texts.flag.archivedNotice : texts.flag.mayNotEdit}
            </Alert>
          )}
          {save.error && (
            <Alert color="red" role="alert" p="xs">
              {sentence(save.error)}
            </Alert>
          )}
          <Textarea label={texts.flag.description} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
          <Select
            label={texts.flag.type}
            data={types.data?.map((one) => ({ value: one.id, label: one.name })) ?? []}
            description={types.data?.find((one) => one.id === type)?.description}
            value={type}
            onChange={(value) => value !== null && setType(value as Type)}
          />
          <TagsField value={chosen} onChange={setChosen} />
          <Checkbox
            label={texts.flag.impressions}
            description={texts.flag.impressionsWords}
            checked={impressionData}
            onChange={(event) => setImpressionData(event.currentTarget.checked)}
          />
          <Group>
            <Button type="submit" loading={save.isPending}>
              {texts.save}
            </Button>
          </Group>
        </Stack>
      </fieldset>
    </form>
  );
}
