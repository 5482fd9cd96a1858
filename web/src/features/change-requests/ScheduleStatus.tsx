import { AlertIcon, CircleSlashIcon, ClockIcon } from '@primer/octicons-react';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ChangeRequest, Clash } from '../../client/change-requests';
import { Ago } from '../../components/Ago';
import { called } from '../../components/Avatar';
import { formatIn, formatTime, readersZone, useTimeZone } from '../../components/time';
import { texts } from '../../texts';
import { DriftList } from './DriftList';
import styles from './ScheduleStatus.module.css';

/** The causes by which something that a request changes was changed. */
const overwritten = new Set(['strategy-updated', 'variants-updated', 'segment-updated', 'target-changed']);

/** When a scheduled request is applied; or why it was not, or will not be, and what can be done now. */
export function ScheduleStatus({ request: { project, schedule, scheduleDetails: details, conflicts } }: { request: ChangeRequest }) {
  useTimeZone();
  if (!schedule || !details) return null;
  const at = formatTime(schedule.scheduledAt, 'short');
  const zone = details.zone && details.zone !== readersZone() ? details.zone : undefined;
  if (schedule.status === 'pending') {
    return (
      <Box tone="accent" icon={<ClockIcon />} title={texts.schedule.at(at)}>
        <p>
          <Ago at={schedule.scheduledAt} ahead />
          {zone && ` · ${texts.schedule.elsewhere(formatIn(schedule.scheduledAt, zone), zone)}`}
        </p>
        <p>{texts.schedule.inTheName(details.scheduledBy.name)}</p>
      </Box>
    );
  }
  if (schedule.status === 'failed') {
    return (
      <Box tone="red" icon={<AlertIcon />} title={texts.schedule.failed}>
        <p>
          {schedule.reason} {texts.schedule.nothing}
        </p>
        <p className={styles.dim}>{texts.schedule.tried(at, details.scheduledBy.name)}</p>
        <p className={styles.remedy}>{conflicts.length > 0 ? texts.schedule.clear : texts.schedule.retry}</p>
      </Box>
    );
  }
  const { cause, remedy } = details;
  const clashes = details.clashes as Clash[];
  return (
    <Box tone="amber" icon={<CircleSlashIcon />} title={texts.schedule.suspended}>
      <p>
        {schedule.reason} {texts.schedule.notAt(at)}
      </p>
      {cause && (
        <p className={styles.dim}>
          {texts.schedule.causedBy} {called(cause.by.name)}
          {cause.changeRequest !== undefined && (
            <>
              {', '}
              <Link to="/projects/$projectId/change-requests/$id" params={{ projectId: project, id: cause.changeRequest }}>
                {texts.schedule.causedByRequest(cause.changeRequest)}
              </Link>
            </>
          )}
          {cause.feature && (
            <>
              {' · '}
              <Link to="/projects/$projectId/features/$featureName" params={{ projectId: project, featureName: cause.feature }}>
                {cause.feature}
              </Link>
            </>
          )}
        </p>
      )}
      {clashes.length > 0 ? (
        <div>
          <h3>{texts.schedule.clashes}</h3>
          <DriftList moved={clashes} />
        </div>
      ) : (
        overwritten.has(cause?.kind ?? '') && <p>{texts.schedule.noClashes}</p>
      )}
      {remedy && <p className={styles.remedy}>{remedy}</p>}
    </Box>
  );
}

function Box({ tone, icon, title, children }: { tone: string; icon: ReactNode; title: string; children: ReactNode }) {
  return (
    <section className={styles.box} data-tone={tone} aria-label={title} role="status">
      <h2 className={styles.title}>
        {icon}
        {title}
      </h2>
      {children}
    </section>
  );
}
