import { CalendarIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../client/me';
import { type Window, windowsQuery } from '../../client/windows';
import { Chip } from '../../components/Chip';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { Empty } from '../../components/states';
import { MainCell, Table } from '../../components/Table';
import { formatTime, useTimeZone } from '../../components/time';
import { texts } from '../../texts';
import { windowTexts } from '../../texts/windows';
import { WindowForm } from './WindowForm';

/** When an environment takes no changes: its freezes and maintenance windows. */
export function WindowListPage() {
  useTimeZone();
  const { name: environment } = useParams({ from: '/inside/admin/environments/$name/windows' });
  const may = useMay()('ADMIN');
  const windows = useQuery(windowsQuery(environment));
  const [editing, setEditing] = useState<Window | 'new' | null>(null);
  return (
    <Page
      title={windowTexts.title(environment)}
      about={windowTexts.about}
      above={<Link to="/admin/environments">{texts.frame.sections.environments}</Link>}
      actions={
        <MayButton may={may} why={texts.mayNot} leftSection={<PlusIcon />} onClick={() => setEditing('new')}>
          {windowTexts.create}
        </MayButton>
      }
    >
      <Loaded query={windows}>
        {(all) =>
          all.length === 0 ? (
            <Empty icon={<CalendarIcon size={24} />} title={windowTexts.none}>
              {windowTexts.noneWords}
            </Empty>
          ) : (
            <Table
              label={windowTexts.title(environment)}
              columns={[
                { key: 'name', label: windowTexts.columns.name },
                { key: 'next', label: windowTexts.columns.next },
                { key: 'projects', label: windowTexts.columns.projects, wide: true },
              ]}
            >
              {all.map((one) => (
                <tr key={one.id}>
                  <MainCell words={one.recurrence && windowTexts.repeatsWords(one.recurrence.frequency)}>
                    {may ? (
                      <button type="button" onClick={() => setEditing(one)}>
                        {one.name}
                      </button>
                    ) : (
                      one.name
                    )}
                    <Chip tone={one.kind === 'freeze' ? 'accent' : 'green'}>{windowTexts.kinds[one.kind]}</Chip>
                  </MainCell>
                  <td>{nextOf(one)}</td>
                  <td data-wide>{one.projects?.join(', ') || windowTexts.all}</td>
                </tr>
              ))}
            </Table>
          )
        }
      </Loaded>
      {editing !== null && (
        <WindowForm environment={environment} window={editing === 'new' ? undefined : editing} onClose={() => setEditing(null)} />
      )}
    </Page>
  );
}

function nextOf({ next }: Window): string {
  if (!next) return windowTexts.over;
  const to = formatTime(next.to, 'short');
  return Date.parse(next.from) <= Date.now() ? windowTexts.now(to) : windowTexts.span(formatTime(next.from, 'short'), to);
}
