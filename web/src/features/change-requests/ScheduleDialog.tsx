import { Alert, SimpleGrid, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type ChangeRequest, changeRequestsKey, setState } from '../../client/change-requests';
import { Problem } from '../../client/problem';
import { FormDialog } from '../../components/FormDialog';
import { formatIn, instantsOf, readersZone, toField } from '../../components/time';
import { useWrite } from '../../components/use-write';
import { ZoneField } from '../../components/ZoneField';
import { texts } from '../../texts';
import { DriftList } from './DriftList';
import styles from './ScheduleDialog.module.css';

/** The next full hour that is an hour away at least. */
function soon(): string {
  const hour = 3_600_000;
  return new Date(Math.ceil((Date.now() + hour) / hour) * hour).toISOString();
}

/** Asks when a request is to be applied, and schedules it, or schedules it again. */
export function ScheduleDialog({ request, onClose }: { request: ChangeRequest; onClose: () => void }) {
  const { project, id, environment, driftId, schedule, scheduleDetails } = request;
  const [zone, setZone] = useState(scheduleDetails?.zone || readersZone());
  const [[date = '', time = ''], setEntered] = useState(() => {
    const planned = schedule && Date.parse(schedule.scheduledAt) > Date.now() ? schedule.scheduledAt : soon();
    return toField(planned, zone).slice(0, 16).split('T');
  });
  const [strict, setStrict] = useState(false);
  const meant = instantsOf(`${date}T${time}`, zone);
  const at = meant.length === 1 ? (meant[0] ?? '') : '';
  const save = useWrite({
    write: () => setState(project, id, { state: 'Scheduled', scheduledAt: at, scheduledZone: zone, ...(driftId ? { overwrite: driftId } : {}) }),
    touches: [changeRequestsKey, ['inbox']],
    said: () => texts.schedule.done(id, formatIn(at, readersZone())),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const wrongTime = date && time ? texts.schedule.shown(meant.map((one) => formatIn(one, 'UTC'))) : strict ? texts.schedule.needsTime : undefined;
  const aboutTime = at === '' ? wrongTime : problem?.of('scheduledAt');
  const aboutZone = problem?.of('scheduledZone');

  function submit() {
    setStrict(true);
    if (at !== '') save.mutate();
  }

  return (
    <FormDialog
      title={texts.schedule.title(environment)}
      act={schedule?.status === 'pending' ? texts.schedule.move : schedule ? texts.schedule.again : texts.schedule.schedule}
      pending={save.isPending}
      error={aboutTime || aboutZone ? null : save.error}
      onSubmit={submit}
      onClose={onClose}
    >
      <p>{schedule ? texts.schedule.againWords : texts.schedule.words}</p>
      {driftId && (
        <Alert color="yellow" p="xs" title={texts.request.overwriteWords}>
          <DriftList moved={request.drift} />
        </Alert>
      )}
      <SimpleGrid cols={2} spacing="sm">
        <TextInput
          type="date"
          label={texts.schedule.date}
          data-autofocus
          value={date}
          error={aboutTime !== undefined}
          onChange={(event) => setEntered([event.currentTarget.value, time])}
        />
        <TextInput
          type="time"
          label={texts.schedule.time}
          value={time}
          error={aboutTime !== undefined}
          onChange={(event) => setEntered([date, event.currentTarget.value])}
        />
      </SimpleGrid>
      {aboutTime && (
        <p className={styles.error} role="alert">
          {aboutTime}
        </p>
      )}
      <ZoneField label={texts.schedule.zone} value={zone} onChange={setZone} error={aboutZone} />
      {at !== '' && (
        <dl className={styles.instant} aria-live="polite">
          <dt>{texts.schedule.yours}</dt>
          <dd>
            {formatIn(at, readersZone())} <span>{readersZone()}</span>
          </dd>
          <dt>{texts.schedule.utc}</dt>
          <dd>{formatIn(at, 'UTC')}</dd>
        </dl>
      )}
    </FormDialog>
  );
}
