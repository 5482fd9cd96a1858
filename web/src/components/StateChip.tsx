import { CheckIcon, CircleSlashIcon, ClockIcon, EyeIcon, GitMergeIcon, PencilIcon, XIcon } from '@primer/octicons-react';
import type { ReactNode } from 'react';
import { texts } from '../texts';
import { Chip, type Tone } from './Chip';

const looks: Record<string, [Tone, ReactNode]> = {
  Draft: ['plain', <PencilIcon key="draft" size={12} />],
  'In review': ['amber', <EyeIcon key="review" size={12} />],
  Approved: ['green', <CheckIcon key="approved" size={12} />],
  Scheduled: ['accent', <ClockIcon key="scheduled" size={12} />],
  Applied: ['violet', <GitMergeIcon key="applied" size={12} />],
  Rejected: ['red', <XIcon key="rejected" size={12} />],
  Cancelled: ['plain', <CircleSlashIcon key="cancelled" size={12} />],
};

/** The state of a change request. */
export function StateChip({ state }: { state: string }) {
  const [tone, icon] = looks[state] ?? ['plain', null];
  return (
    <Chip tone={tone} icon={icon}>
      {texts.request.states[state] ?? state}
    </Chip>
  );
}
