import { Button } from '@mantine/core';
import { LinkIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { createInviteLink, endInviteLink, inviteLinksQuery } from '../../client/people';
import { Panel } from '../../components/Panel';
import { Copyable } from '../../components/Secret';
import { formatTime } from '../../components/time';
import { useWrite } from '../../components/use-write';
import { userTexts } from '../../texts/users';

const week = 7 * 24 * 3600 * 1000;
const words = userTexts.invite;

/** The link by which people make accounts of their own. */
export function InviteLink() {
  const links = useQuery(inviteLinksQuery);
  const link = links.data?.find(({ enabled, expiresAt }) => enabled && new Date(expiresAt).getTime() > Date.now());
  const touches = [inviteLinksQuery.queryKey];
  const create = useWrite({
    write: () => createInviteLink({ name: words.name, expiresAt: new Date(Date.now() + week).toISOString() }),
    touches,
    said: words.made,
  });
  const end = useWrite({ write: (secret: string) => endInviteLink(secret), touches, said: words.ended });
  return (
    <Panel
      title={words.title}
      words={link ? `${words.until} ${formatTime(link.expiresAt, 'short')}. ${words.used(link.users.length)}` : words.words}
      actions={
        link ? (
          <Button variant="default" loading={end.isPending} onClick={() => end.mutate(link.secret)}>
            {words.end}
          </Button>
        ) : (
          <Button variant="default" leftSection={<LinkIcon />} loading={create.isPending} onClick={() => create.mutate()}>
            {words.create}
          </Button>
        )
      }
    >
      {link && <Copyable text={link.url} label={words.copy} />}
    </Panel>
  );
}
