import { Button } from '@mantine/core';
import { ChevronDownIcon, ChevronRightIcon, HistoryIcon } from '@primer/octicons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { type Event, type EventSearch, eventsQuery } from '../client/events';
import { texts } from '../texts';
import { Ago } from './Ago';
import { Avatar } from './Avatar';
import { Chip } from './Chip';
import styles from './EventList.module.css';
import { JsonDiff } from './JsonDiff';
import { Markdown } from './Markdown';
import { Empty, Failed, Loading } from './states';

interface EventListProps {
  search: EventSearch;
  /** What to say when there is nothing. */
  empty: string;
  words?: string;
  /** What the page is about, and so need not be said with each event. */
  here?: { flag?: string };
  /** Shows what has changed since an event. */
  since?: (revision: number) => void;
}

/** Events, newest first: who did what, when, and what it changed. */
export function EventList({ search, empty, words, here, since }: EventListProps) {
  const events = useInfiniteQuery({ ...eventsQuery(search), refetchInterval: 15_000 });
  const found = events.data?.pages.flatMap((page) => page.events) ?? [];
  const total = events.data?.pages[0]?.total ?? 0;
  if (events.isPending) return <Loading lines={8} height={44} />;
  if (events.error && !events.data) return <Failed error={events.error} retry={() => events.refetch()} />;
  if (found.length === 0) {
    return (
      <Empty icon={<HistoryIcon size={24} />} title={empty}>
        {words}
      </Empty>
    );
  }
  return (
    <>
      <ol className={styles.list}>
        {found.map((event) => (
          <Entry key={event.id} event={event} {...(here ? { here } : {})} {...(since ? { since } : {})} />
        ))}
      </ol>
      <footer className={styles.footer}>
        <span>{texts.shownOf(found.length, total)}</span>
        {events.hasNextPage && (
          <Button variant="default" loading={events.isFetchingNextPage} onClick={() => events.fetchNextPage()}>
            {texts.showMore}
          </Button>
        )}
      </footer>
    </>
  );
}

function Entry({ event, here, since }: { event: Event } & Pick<EventListProps, 'here' | 'since'>) {
  const [open, setOpen] = useState(false);
  const changed = event.data !== null || event.preData !== null;
  return (
    <li className={styles.event}>
      <Avatar name={event.createdBy} size={24} />
      <div className={styles.body}>
        <p className={styles.summary}>{event.summary ? <Markdown text={event.summary} /> : (event.label ?? event.type)}</p>
        <p className={styles.facts}>
          <Ago at={event.createdAt} />
          {event.environment && <Chip>{event.environment}</Chip>}
          {event.project && event.featureName && event.featureName !== here?.flag && (
            <Link
              to="/projects/$projectId/features/$featureName"
              params={{ projectId: event.project, featureName: event.featureName }}
              className={styles.link}
            >
              {event.featureName}
            </Link>
          )}
          <span>{texts.event.revision(event.id)}</span>
          {event.ip && <span>{texts.event.origin(event.ip)}</span>}
          {changed && (
            <button type="button" className={styles.toggle} aria-expanded={open} onClick={() => setOpen(!open)}>
              {open ? <ChevronDownIcon size={12} /> : <ChevronRightIcon size={12} />}
              {texts.event.show}
            </button>
          )}
          {since && (
            <button type="button" className={styles.toggle} aria-label={texts.past.sinceRevision(event.id)} onClick={() => since(event.id)}>
              {texts.past.since}
            </button>
          )}
        </p>
        {open && <JsonDiff before={event.preData} after={event.data} />}
      </div>
    </li>
  );
}
