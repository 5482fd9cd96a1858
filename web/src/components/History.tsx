import { SegmentedControl } from '@mantine/core';
import type { EventSearch } from '../client/events';
import type { Scope } from '../client/history';
import { texts } from '../texts';
import { EventList } from './EventList';
import { type Moments, TimeTravel } from './TimeTravel';

/** What of the history is shown, as it stands in the address. */
export interface HistoryView extends Moments {
  view?: 'past';
}

interface HistoryProps extends HistoryView {
  search: EventSearch;
  scope: Scope;
  /** What to say when nothing has happened yet. */
  empty: string;
  here?: { flag?: string };
  onChange: (view: HistoryView) => void;
}

/** What has happened, event by event, or what was and what differs. */
export function History({ search, scope, empty, here, view, from, to, onChange }: HistoryProps) {
  return (
    <>
      <SegmentedControl
        mb="md"
        aria-label={texts.past.label}
        value={view ?? 'events'}
        onChange={(value) => onChange(value === 'past' ? { view: 'past' } : {})}
        data={[
          { value: 'events', label: texts.past.events },
          { value: 'past', label: texts.past.title },
        ]}
      />
      {view === 'past' ? (
        <TimeTravel
          scope={scope}
          {...(from ? { from } : {})}
          {...(to ? { to } : {})}
          onChange={(moments) => onChange({ view: 'past', ...moments })}
        />
      ) : (
        <EventList search={search} empty={empty} {...(here ? { here } : {})} since={(id) => onChange({ view: 'past', from: String(id) })} />
      )}
    </>
  );
}
