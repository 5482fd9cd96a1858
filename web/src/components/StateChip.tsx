import { AlertIcon, CheckIcon, CircleSlashIcon, ClockIcon, EyeIcon, GitMergeIcon, PencilIcon, XIcon } from '@primer/octicons-react';
import type { ReactNode } from 'react';
import { texts } from '../texts';
import { Chip, type Tone } from './Chip';

const looks: Record<string, [Tone, ReactNode]> = {
  Draft: ['plain', <PencilIcon key="draft" size={12} />],
  'In review': ['amber', <EyeIcon key="review" size={12} />],
  Approved: ['green', <CheckIcon key="approved" size={12} />],
  suspended: ['amber', <CircleSlashIcon key="suspended" size={12} />],
  failed: ['red', <AlertIcon key="failed" size={12} />],
  Scheduled: ['accent', <ClockIcon key="scheduled" size={12} />],
  Applied: ['violet', <GitMergeIcon key="applied" size={12} />],
  Rejected: ['red', <XIcon key="rejected" size={12} />],
  Cancelled: ['plain', <CircleSlashIcon key="cancelled" size={12} />],
};

interface StateChipProps {
  state: string;
  /** What became of its schedule, if it has one. */
  schedule?: { status: string } | undefined;
  /** What it says, if not the state's name. */
  words?: string;
}

/** The state of a change request. Of a scheduled one that is not going to be applied, it says so instead. */
export function StateChip({ state, schedule, words }: StateChipProps) {
  const broken = schedule && schedule.status !== 'pending' ? schedule.status : undefined;
  const [tone, icon] = looks[broken ?? state] ?? ['plain', null];
  return (
    <Chip tone={tone} icon={icon}>
      {words ?? (broken ? texts.schedule.statuses[broken] : (texts.request.states[state] ?? state))}
    </Chip>
  );
}
