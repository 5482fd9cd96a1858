import { Alert, Button, Checkbox, Group, Modal, Select, Stack, Textarea } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Schemas } from '../../client/client';
import { createFlag } from '../../client/flags';
import { Problem, sentence } from '../../client/problem';
import { projectQuery } from '../../client/projects';
import { flagTypesQuery } from '../../client/vocabulary';
import { NameField } from '../../components/NameField';
import { TagsField } from '../../components/TagsField';
import { done } from '../../components/toast';
import { texts } from '../../texts';

type NewFlag = Schemas['createFeatureSchema'];

/** Asks for what a new flag needs, makes it and goes there. */
export function CreateFlag({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const project = useQuery(projectQuery(projectId));
  const types = useQuery(flagTypesQuery);
  const [flag, setFlag] = useState<NewFlag>({ name: '', type: 'release', description: '', impressionData: false, tags: [] });
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: () => createFlag(projectId, flag),
    onSuccess: async ({ name }) => {
      done(texts.flag.created(name));
      await queryClient.invalidateQueries({ queryKey: ['flags'] });
      await queryClient.invalidateQueries({ queryKey: ['tags'] });
      await navigate({ to: '/projects/$projectId/features/$featureName', params: { projectId, featureName: name } });
    },
  });
  const problem = create.error instanceof Problem ? create.error : undefined;
  // Most refusals are about the name, whether or not they say so.
  const aboutName = problem?.ofName;
  const naming = project.data?.featureNaming;

  function set<K extends keyof NewFlag>(key: K, value: NewFlag[K]) {
    setFlag((before) => ({ ...before, [key]: value }));
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }

  return (
    <Modal opened onClose={onClose} title={texts.flag.createIn(project.data?.name ?? projectId)}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {create.error && !aboutName && (
            <Alert color="red" role="alert" p="xs">
              {sentence(create.error)}
            </Alert>
          )}
          <NameField
            label={texts.flag.name}
            description={naming?.pattern ? (naming.description ?? naming.example ?? naming.pattern) : texts.flag.nameWords}
            value={flag.name}
            error={aboutName}
            onChange={(name) => set('name', name)}
          />
          <Select
            label={texts.flag.type}
            data={types.data?.map((type) => ({ value: type.id, label: type.name })) ?? []}
            value={flag.type ?? null}
            onChange={(type) => set('type', type as NonNullable<NewFlag['type']>)}
            description={types.data?.find((type) => type.id === flag.type)?.description}
          />
          <Textarea
            label={texts.flag.description}
            value={flag.description ?? ''}
            onChange={(event) => set('description', event.currentTarget.value)}
          />
          <TagsField value={flag.tags ?? []} onChange={(tags) => set('tags', tags)} />
          <Checkbox
            label={texts.flag.impressions}
            description={texts.flag.impressionsWords}
            checked={flag.impressionData ?? false}
            onChange={(event) => set('impressionData', event.currentTarget.checked)}
          />
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              {texts.cancel}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {texts.flag.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
