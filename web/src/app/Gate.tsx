import { Modal } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouterState } from '@tanstack/react-router';
import { type ReactNode, useSyncExternalStore } from 'react';
import { meQuery } from '../client/me';
import { getSession, signedIn, subscribe } from '../client/session';
import { Failed, Loading } from '../components/states';
import { Providers } from '../features/sign-in/Providers';
import { SignInForm } from '../features/sign-in/SignInForm';
import { SignInPage } from '../features/sign-in/SignInPage';
import { texts } from '../texts';

/**
 * Shows what is inside to those who are signed in. When a session ends while somebody is
 * at work, signing in lies above the page, which keeps all that is in it.
 */
export function Gate({ children }: { children: ReactNode }) {
  const session = useSyncExternalStore(subscribe, getSession);
  const queryClient = useQueryClient();
  const me = useQuery(meQuery);
  const left = useRouterState({ select: (state) => state.location.pathname.endsWith('/signed-out') });

  async function enter(id: number) {
    const before = me.data?.user.id;
    if (before !== undefined && before !== id) {
      // What is on the page was another person's.
      window.location.reload();
      return;
    }
    signedIn();
    await queryClient.invalidateQueries();
  }

  if (!me.data) {
    if (session === 'out') return <SignInPage onSignedIn={enter} left={left} />;
    if (me.error) return <Failed error={me.error} retry={() => me.refetch()} />;
    return (
      <div style={{ padding: 28 }}>
        <Loading />
      </div>
    );
  }
  return (
    <>
      {children}
      <Modal
        opened={session === 'out'}
        onClose={() => {}}
        withCloseButton={false}
        closeOnEscape={false}
        closeOnClickOutside={false}
        title={texts.signIn.again}
        zIndex={500}
        centered
        size="sm"
      >
        <Providers>
          <SignInForm words={texts.signIn.againWords} onSignedIn={enter} />
        </Providers>
      </Modal>
    </>
  );
}
