import { ActionIcon, Button, Tooltip } from '@mantine/core';
import { BellIcon, CheckIcon, ClockIcon, EyeIcon, GearIcon, GitMergeIcon, InboxIcon } from '@primer/octicons-react';
import { type InfiniteData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { type InboxItem, inboxKey, inboxQuery, markRead, unreadQuery, type Waiting } from '../../client/inbox';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import type { Foresight } from '../../components/foresee';
import { Markdown } from '../../components/Markdown';
import { Page } from '../../components/Page';
import { Panel } from '../../components/Panel';
import { Empty, Failed, Loading } from '../../components/states';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './InboxPage.module.css';
import { inboxTexts } from '../../texts/inbox';

/** What waits for somebody, and what they were told. */
export function InboxPage() {
  const inbox = useInfiniteQuery(inboxQuery);
  const read = useWrite({ write: markRead, touches: [inboxKey], foresees: readForesights });
  const first = inbox.data?.pages[0];
  const items = inbox.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Page
      title={inboxTexts.title}
      about={inboxTexts.about}
      actions={
        <>
          <Button variant="default" leftSection={<GearIcon />} renderRoot={(props) => <Link to="/profile/notifications" {...props} />}>
            {inboxTexts.settings}
          </Button>
          {first !== undefined && first.unread > 0 && (
            <Button variant="default" leftSection={<CheckIcon />} loading={read.isPending} onClick={() => read.mutate({ all: true })}>
              {inboxTexts.allRead}
            </Button>
          )}
        </>
      }
    >
      {inbox.isPending && <Loading lines={5} height={52} />}
      {inbox.error && !first && <Failed error={inbox.error} retry={() => inbox.refetch()} />}
      {first && (
        <div className={styles.parts}>
          <Panel title={inboxTexts.waiting} flush>
            {first.waiting.length === 0 ? (
              <p className={styles.nothing}>{inboxTexts.nothingWaits}</p>
            ) : (
              <ul className={styles.list}>
                {first.waiting.map((one) => (
                  <WaitingRow key={`${one.for} ${one.changeRequest.id}`} waiting={one} />
                ))}
              </ul>
            )}
          </Panel>
          <Panel title={inboxTexts.told} words={inboxTexts.count(first.unread)} flush>
            {items.length === 0 ? (
              <Empty icon={<InboxIcon size={24} />} title={inboxTexts.none}>
                {inboxTexts.noneWords}
              </Empty>
            ) : (
              <ul className={styles.list}>
                {items.map((item) => (
                  <ItemRow key={item.id} item={item} onRead={() => read.mutate({ ids: [item.id] })} />
                ))}
              </ul>
            )}
          </Panel>
          {inbox.hasNextPage && (
            <Button variant="default" loading={inbox.isFetchingNextPage} onClick={() => inbox.fetchNextPage()}>
              {texts.showMore} ({texts.shownOf(items.length, first.total)})
            </Button>
          )}
        </div>
      )}
    </Page>
  );
}

/** What marking as read will make of what is shown. */
function readForesights({ all = false, ids = [] }: Parameters<typeof markRead>[0]): Foresight[] {
  const left = (unread: number) => (all ? 0 : Math.max(0, unread - ids.length));
  const readAt = new Date().toISOString();
  return [
    { queryKey: unreadQuery.queryKey, change: left },
    {
      queryKey: inboxQuery.queryKey,
      change: (inbox: InfiniteData<{ unread: number; items: InboxItem[] }>) => ({
        ...inbox,
        pages: inbox.pages.map((page) => ({
          ...page,
          unread: left(page.unread),
          items: page.items.map((item) => (item.readAt === null && (all || ids.includes(item.id)) ? { ...item, readAt } : item)),
        })),
      }),
    },
  ];
}

const marks: Record<string, ReactNode> = {
  requestedReview: <EyeIcon />,
  review: <EyeIcon />,
  schedule: <ClockIcon />,
  apply: <GitMergeIcon />,
};

function WaitingRow({ waiting }: { waiting: Waiting }) {
  const { id, title, project, environment } = waiting.changeRequest;
  return (
    <li className={styles.row} data-strong={waiting.for === 'requestedReview' || waiting.for === 'schedule'}>
      <span className={styles.mark}>{marks[waiting.for]}</span>
      <div className={styles.main}>
        <Link to="/projects/$projectId/change-requests/$id" params={{ projectId: project, id }} className={styles.link}>
          {title || texts.request.defaultTitle(id)}
        </Link>
        <p className={styles.facts}>
          <span>{inboxTexts.for[waiting.for] ?? waiting.for}</span>
          <span>
            {texts.request.number(id)} {texts.request.in} {environment}, {project}
          </span>
          <span>{texts.request.by(waiting.createdBy.name)}</span>
          {waiting.deadline && (
            <span>
              {inboxTexts.expires} <Ago at={waiting.deadline} ahead />
            </span>
          )}
        </p>
      </div>
    </li>
  );
}

function ItemRow({ item, onRead }: { item: InboxItem; onRead: () => void }) {
  const unread = item.readAt === null;
  const read = unread ? onRead : undefined;
  const request = item.changeRequest;
  return (
    <li className={styles.row} data-unread={unread}>
      {item.createdBy ? (
        <Avatar name={item.createdBy.name} size={22} />
      ) : (
        <span className={styles.mark}>
          <BellIcon />
        </span>
      )}
      <div className={styles.main}>
        {request ? (
          <Link
            to="/projects/$projectId/change-requests/$id"
            params={{ projectId: request.project, id: request.id }}
            className={styles.link}
            onClick={read}
          >
            {item.message}
          </Link>
        ) : (
          <p className={styles.link}>{item.message}</p>
        )}
        {item.text && (
          <div className={styles.text}>
            <Markdown text={item.text} />
          </div>
        )}
        <p className={styles.facts}>
          <Ago at={item.createdAt} />
          {request && (
            <span>
              {texts.request.number(request.id)} {request.title}
            </span>
          )}
        </p>
      </div>
      {unread && (
        <Tooltip label={inboxTexts.markRead(item.message)} multiline maw={320}>
          <ActionIcon className={styles.dot ?? ''} aria-label={inboxTexts.markRead(item.message)} onClick={onRead}>
            <span />
          </ActionIcon>
        </Tooltip>
      )}
    </li>
  );
}
