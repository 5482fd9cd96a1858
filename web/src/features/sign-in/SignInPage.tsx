import { Alert, Anchor, Button, Stack, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { api, ok } from '../../client/client';
import { sentence } from '../../client/problem';
import { texts } from '../../texts';
import { Door } from './Door';
import { Providers } from './Providers';
import { SignInForm } from './SignInForm';

interface SignInPageProps {
  /** Whether somebody has just signed out. */
  left: boolean;
  onSignedIn: (id: number) => void;
}

/** What somebody sees who is not signed in. */
export function SignInPage({ left, onSignedIn }: SignInPageProps) {
  const [forgot, setForgot] = useState(false);
  if (forgot) return <Forgot back={() => setForgot(false)} />;
  return (
    <Door title={texts.signIn.to}>
      <Providers>
        <SignInForm onSignedIn={onSignedIn} {...(left ? { words: texts.signIn.out } : {})} />
        <Anchor component="button" size="xs" onClick={() => setForgot(true)}>
          {texts.signIn.forgot}
        </Anchor>
      </Providers>
    </Door>
  );
}

function Forgot({ back }: { back: () => void }) {
  const [email, setEmail] = useState('');
  const ask = useMutation({ mutationFn: () => ok(api.POST('/auth/reset/password-email', { body: { email } })) });

  function submit(event: FormEvent) {
    event.preventDefault();
    ask.mutate();
  }

  return (
    <Door title={texts.signIn.forgotTitle} words={texts.signIn.forgotWords}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {ask.isSuccess && (
            <Alert color="teal" role="status" p="xs">
              {texts.signIn.forgotDone}
            </Alert>
          )}
          {ask.isError && (
            <Alert color="red" role="alert" p="xs">
              {sentence(ask.error)}
            </Alert>
          )}
          <TextInput
            size="sm"
            type="email"
            label={texts.signIn.forgotEmail}
            autoComplete="email"
            required
            withAsterisk={false}
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
          <Button type="submit" size="sm" fullWidth loading={ask.isPending}>
            {texts.signIn.forgotSubmit}
          </Button>
        </Stack>
      </form>
      <Anchor component="button" size="xs" mt="md" onClick={back}>
        {texts.signIn.back}
      </Anchor>
    </Door>
  );
}
