import { Alert, Button, PasswordInput, Stack } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { api, ok } from '../../client/client';
import { signIn } from '../../client/me';
import { Problem, sentence } from '../../client/problem';
import { signedIn } from '../../client/session';
import { Failed, Loading } from '../../components/states';
import { texts } from '../../texts';
import { BadLink, Door } from './Door';

/** Lets a person who came by a link choose a password, and signs them in with it. */
export function ChoosePassword({ token, welcome }: { token: string; welcome: boolean }) {
  const navigate = useNavigate();
  const [password, setPassword] = useState('');
  const link = useQuery({
    queryKey: ['reset-link', token],
    queryFn: () => ok(api.GET('/auth/reset/validate', { params: { query: { token } } })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const account = link.data?.username || link.data?.email || '';
  const choose = useMutation({
    mutationFn: async () => {
      await ok(api.POST('/auth/reset/password', { body: { token, password } }));
      await signIn(account, password);
    },
    onSuccess: () => {
      signedIn();
      return navigate({ to: '/projects' });
    },
  });

  if (link.isPending) {
    return (
      <Door title={texts.choose.title}>
        <Loading lines={3} />
      </Door>
    );
  }
  if (link.error) {
    const refused = link.error instanceof Problem && link.error.status >= 400 && link.error.status < 500;
    if (refused) return <BadLink words={texts.choose.badWords} />;
    return (
      <Door title={texts.choose.title}>
        <Failed error={link.error} retry={() => link.refetch()} />
      </Door>
    );
  }

  function submit(event: FormEvent) {
    event.preventDefault();
    choose.mutate();
  }

  const { name } = link.data;
  return (
    <Door title={welcome && name ? texts.choose.welcome(name) : texts.choose.title} words={texts.choose.words(account)}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {choose.isError && (
            <Alert color="red" role="alert" p="xs">
              {sentence(choose.error)}
            </Alert>
          )}
          <input type="text" name="username" autoComplete="username" value={account} readOnly hidden />
          <PasswordInput
            size="sm"
            label={texts.choose.password}
            description={texts.choose.rule}
            autoComplete="new-password"
            required
            withAsterisk={false}
            autoFocus
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
          />
          <Button type="submit" size="sm" mt="xs" fullWidth loading={choose.isPending}>
            {texts.choose.submit}
          </Button>
        </Stack>
      </form>
    </Door>
  );
}
