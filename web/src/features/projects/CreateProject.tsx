import { Alert, Button, Group, Modal, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { Problem, sentence } from '../../client/problem';
import { createProject, projectsQuery } from '../../client/projects';
import { done } from '../../components/toast';
import { texts } from '../../texts';

/** Asks for what a new project needs, makes it and goes there. */
export function CreateProject({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [id, setId] = useState('');
  const [description, setDescription] = useState('');
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: () => createProject({ name, ...(id === '' ? {} : { id }), ...(description === '' ? {} : { description }) }),
    onSuccess: async (project) => {
      done(texts.project.created(project.name));
      await queryClient.invalidateQueries({ queryKey: projectsQuery.queryKey });
      await navigate({ to: '/projects/$projectId', params: { projectId: project.id } });
    },
  });
  const problem = create.error instanceof Problem ? create.error : undefined;
  const placed = problem?.of('name') ?? problem?.of('id');

  function submit(event: FormEvent) {
    event.preventDefault();
    create.mutate();
  }

  return (
    <Modal opened onClose={onClose} title={texts.project.create}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {create.error && !placed && (
            <Alert color="red" role="alert" p="xs">
              {sentence(create.error)}
            </Alert>
          )}
          <TextInput
            label={texts.project.name}
            required
            withAsterisk={false}
            data-autofocus
            value={name}
            error={problem?.of('name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={texts.project.id}
            description={texts.project.idWords}
            autoCapitalize="none"
            spellCheck={false}
            value={id}
            error={problem?.of('id')}
            onChange={(event) => setId(event.currentTarget.value)}
          />
          <Textarea label={texts.project.description} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
          <Group justify="flex-end" gap="xs" mt="xs">
            <Button variant="default" onClick={onClose}>
              {texts.cancel}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {texts.project.create}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
