import { Alert, Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, ok } from '../../client/client';
import { signIn } from '../../client/me';
import { Problem, sentence } from '../../client/problem';
import { signedIn } from '../../client/session';
import { Loading } from '../../components/states';
import { texts } from '../../texts';
import { BadLink, Door } from './Door';

/** Lets somebody who came by an invite link make an account. */
export function Join({ invite }: { invite: string }) {
  const navigate = useNavigate();
  const at = { params: { path: { token: invite } } };
  const [person, setPerson] = useState({ name: '', email: '', username: '', password: '' });
  const link = useQuery({
    queryKey: ['invite', invite],
    queryFn: async () => {
      await ok(api.GET('/invite/{token}/validate', at));
      return true;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const join = useMutation({
    mutationFn: async () => {
      const { username, ...rest } = person;
      await ok(api.POST('/invite/{token}/signup', { ...at, body: username === '' ? rest : person }));
      await signIn(person.email, person.password);
    },
    onSuccess: () => {
      signedIn();
      return navigate({ to: '/projects' });
    },
  });

  if (link.isPending) {
    return (
      <Door title={texts.join.title}>
        <Loading lines={4} />
      </Door>
    );
  }
  if (link.error) return <BadLink words={sentence(link.error)} />;

  const problem = join.error instanceof Problem ? join.error : undefined;
  const field = (name: keyof typeof person) => ({
    name,
    size: 'sm',
    value: person[name],
    error: problem?.of(name),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget;
      setPerson((before) => ({ ...before, [name]: value }));
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    join.mutate();
  }

  return (
    <Door title={texts.join.title} words={texts.join.words}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {join.isError && (
            <Alert color="red" role="alert" p="xs">
              {sentence(join.error)}
            </Alert>
          )}
          <TextInput {...field('name')} label={texts.join.name} autoComplete="name" required withAsterisk={false} autoFocus />
          <TextInput {...field('email')} label={texts.join.email} type="email" autoComplete="email" required withAsterisk={false} />
          <TextInput {...field('username')} label={texts.join.username} placeholder={texts.join.optional} autoComplete="username" />
          <PasswordInput
            {...field('password')}
            label={texts.choose.password}
            description={texts.choose.rule}
            autoComplete="new-password"
            required
            withAsterisk={false}
          />
          <Button type="submit" size="sm" mt="xs" fullWidth loading={join.isPending}>
            {texts.join.submit}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
