import { Alert, Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { signIn } from '../../client/me';
import { Problem, sentence } from '../../client/problem';
import { keep, kept } from '../../components/kept';
import { texts } from '../../texts';

/** Says what is wrong with an attempt to sign in. */
function reason(error: unknown): string {
  if (error instanceof Problem && error.kind === 'PasswordMismatch') return texts.signIn.wrong;
  return sentence(error);
}

// Who signed in last in this browser.
const key = 'quorate-username';

// Where one begins to write: on a page, and in a dialog.
const focused = { autoFocus: true, 'data-autofocus': true };

interface SignInFormProps {
  words?: string;
  onSignedIn: (id: number) => void;
}

/** Username and password. The name is that of who signed in last, unless another is written. */
export function SignInForm({ words, onSignedIn }: SignInFormProps) {
  const [last] = useState(() => kept(key) ?? '');
  const [username, setUsername] = useState(last);
  const [password, setPassword] = useState('');
  const attempt = useMutation({
    mutationFn: () => signIn(username, password),
    onSuccess: (person) => {
      keep(key, username);
      onSignedIn(person.id);
    },
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    attempt.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {words && (
          <Text size="sm" c="dimmed">
            {words}
          </Text>
        )}
        {attempt.isError && (
          <Alert color="red" role="alert" p="xs">
            {reason(attempt.error)}
          </Alert>
        )}
        <TextInput
          size="sm"
          label={texts.signIn.username}
          name="username"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          withAsterisk={false}
          {...(last === '' ? focused : {})}
          value={username}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
        <PasswordInput
          size="sm"
          label={texts.signIn.password}
          name="password"
          autoComplete="current-password"
          required
          withAsterisk={false}
          {...(last === '' ? {} : focused)}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" size="sm" mt="xs" fullWidth loading={attempt.isPending}>
          {texts.signIn.submit}
        </Button>
      </Stack>
    </form>
  );
}
