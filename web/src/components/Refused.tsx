import { LockIcon } from '@primer/octicons-react';
import { texts } from '../texts';
import { Empty } from './states';

/** What stands in the place of a page that somebody may not see. */
export function Refused({ why }: { why: string }) {
  return (
    <Empty icon={<LockIcon size={24} />} title={texts.state.refused}>
      {why}
    </Empty>
  );
}
