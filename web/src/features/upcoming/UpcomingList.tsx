import { Button } from '@mantine/core';
import { ClockIcon } from '@primer/octicons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type Occurrence, type Upcoming, upcomingQuery } from '../../client/change-requests';
import { Ago } from '../../components/Ago';
import { Chip } from '../../components/Chip';
import { Panel } from '../../components/Panel';
import { Empty, Failed, Loading } from '../../components/states';
import { StateChip } from '../../components/StateChip';
import { formatIn, formatTime, readersZone, toField, useTimeZone } from '../../components/time';
import { texts } from '../../texts';
import { upcomingTexts } from '../../texts/upcoming';
import styles from './UpcomingList.module.css';

const daysAhead = 30;

const dayOf = (at: string) => toField(at).slice(0, 10);

/** A day of the reader's calendar in words. */
function dayWords(day: string): string {
  const now = Date.now();
  if (day === dayOf(new Date(now).toISOString())) return upcomingTexts.today;
  if (day === dayOf(new Date(now + 86_400_000).toISOString())) return upcomingTexts.tomorrow;
  return new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`));
}

/** What is scheduled in a project, or in all: first what waits for a decision, then day by day. */
export function UpcomingList({ projectId }: { projectId?: string }) {
  useTimeZone();
  const query = useInfiniteQuery(upcomingQuery(daysAhead, projectId));
  if (query.isPending) return <Loading lines={4} height={64} />;
  if (!query.data) return <Failed error={query.error} retry={() => query.refetch()} />;
  const all = query.data.pages.flatMap((page) => page.upcoming);
  const windows = query.data.pages[0]?.windows ?? [];
  const waits = all.filter(({ schedule }) => schedule?.status === 'pending');
  const broken = all.filter(({ schedule }) => schedule?.status !== 'pending');
  const days = new Map<string, Upcoming[]>();
  for (const item of waits) {
    const day = dayOf(item.schedule?.scheduledAt ?? '');
    days.set(day, [...(days.get(day) ?? []), item]);
  }
  if (all.length + windows.length === 0) {
    return (
      <Empty icon={<ClockIcon size={24} />} title={upcomingTexts.none}>
        {upcomingTexts.noneWords}
      </Empty>
    );
  }
  return (
    <div className={styles.days}>
      <p className={styles.zone}>{upcomingTexts.zone(readersZone())}</p>
      {broken.length > 0 && (
        <Panel title={upcomingTexts.broken} words={upcomingTexts.brokenWords} flush>
          <Rows items={broken} withProject={projectId === undefined} />
        </Panel>
      )}
      {[...days].map(([day, items]) => (
        <Panel key={day} title={dayWords(day)} flush>
          <Rows items={items} withProject={projectId === undefined} />
        </Panel>
      ))}
      {windows.length > 0 && <Windows occurrences={windows} />}
      {query.hasNextPage && (
        <Button variant="default" loading={query.isFetchingNextPage} onClick={() => query.fetchNextPage()}>
          {texts.showMore} ({texts.shownOf(all.length, query.data.pages[0]?.total ?? 0)})
        </Button>
      )}
    </div>
  );
}

/** When environments take no changes, or take them only then. */
function Windows({ occurrences }: { occurrences: Occurrence[] }) {
  return (
    <Panel title={upcomingTexts.windows} words={upcomingTexts.windowsWords(daysAhead)} flush>
      <ul className={styles.list}>
        {occurrences.map(({ id, name, kind, environment, projects, from, to }) => (
          <li key={`${id} ${environment} ${from}`} className={styles.row}>
            <div className={styles.main}>
              <p className={styles.link}>{name}</p>
              <p className={styles.facts}>
                <span>{upcomingTexts.span(formatTime(from, 'short'), formatTime(to, 'short'))}</span>
                {projects && projects.length > 0 && <span>{projects.join(', ')}</span>}
              </p>
            </div>
            <Chip tone={kind === 'freeze' ? 'accent' : 'green'}>{upcomingTexts.kinds[kind]}</Chip>
            <Chip>{environment}</Chip>
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Rows({ items, withProject }: { items: Upcoming[]; withProject: boolean }) {
  return (
    <ul className={styles.list}>
      {items.map(({ id, project, environment, title, schedule, scheduledBy, zone, features, segments }) => {
        const at = schedule?.scheduledAt ?? '';
        return (
          <li key={id} className={styles.row}>
            <time dateTime={at} className={styles.time}>
              {toField(at).slice(11, 16)}
            </time>
            <div className={styles.main}>
              <Link to="/projects/$projectId/change-requests/$id" params={{ projectId: project, id }} className={styles.link}>
                {title || texts.request.defaultTitle(id)}
              </Link>
              <p className={styles.facts}>
                <span>{texts.request.number(id)}</span>
                {withProject && <span>{project}</span>}
                <span>{upcomingTexts.names([...segments, ...features])}</span>
                <span>{texts.request.by(scheduledBy.name)}</span>
                {zone && zone !== readersZone() && <span>{texts.schedule.elsewhere(formatIn(at, zone), zone)}</span>}
              </p>
              {schedule?.reason && <p className={styles.reason}>{schedule.reason}</p>}
            </div>
            <span className={styles.ago}>
              <Ago at={at} ahead />
            </span>
            <Chip>{environment}</Chip>
            {schedule?.status !== 'pending' && <StateChip state="Scheduled" schedule={schedule} />}
          </li>
        );
      })}
    </ul>
  );
}
