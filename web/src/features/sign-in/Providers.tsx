import { Button, Divider, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { basePath } from '../../client/client';
import { texts } from '../../texts';

interface Ways {
  /** Whether nobody signs in by a password here. */
  defaultHidden?: boolean;
  options?: { type: string; path: string }[];
}

/** Asks how one can sign in: whoever is not signed in is told with every refusal. */
async function ways(): Promise<Ways> {
  const response = await fetch(`${basePath}/api/admin/user`);
  return response.status === 401 ? response.json() : {};
}

/** Offers to sign in by identity providers, below the form for a password if there is a use for it. */
export function Providers({ children }: { children: ReactNode }) {
  const { data } = useQuery({ queryKey: ['ways-to-sign-in'], queryFn: ways });
  const options = data?.options ?? [];
  const here = `${window.location.pathname.slice(basePath.length)}${window.location.search}`;
  const back = here.startsWith('/signed-out') ? '/' : here;
  return (
    <Stack gap="sm">
      {!(data?.defaultHidden && options.length > 0) && children}
      {options.length > 0 && !data?.defaultHidden && <Divider label={texts.signIn.or} />}
      {options.map((option) => (
        <Button
          key={option.type}
          component="a"
          variant="default"
          size="sm"
          fullWidth
          href={`${option.path}?return=${encodeURIComponent(back)}`}
        >
          {texts.signIn.by(option.type)}
        </Button>
      ))}
    </Stack>
  );
}
