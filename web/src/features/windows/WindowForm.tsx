import { Checkbox, Group, MultiSelect, NumberInput, SegmentedControl, Select, SimpleGrid, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { changeRequestsKey } from '../../client/change-requests';
import { Problem } from '../../client/problem';
import { projectsQuery } from '../../client/projects';
import { deleteWindow, type Recurrence, saveWindow, type Window, type WindowBody, windowsKey } from '../../client/windows';
import { DeleteButton } from '../../components/DeleteButton';
import { FormDialog } from '../../components/FormDialog';
import { readersZone } from '../../components/time';
import { useWrite } from '../../components/use-write';
import { ZoneField } from '../../components/ZoneField';
import { texts } from '../../texts';
import { windowTexts } from '../../texts/windows';

type Frequency = keyof typeof windowTexts.frequencies;

const minute = 60_000;

/** What a clock on a wall shows some minutes later, as a field for local times has it. */
function later(wall: string, minutes: number): string {
  const start = Date.parse(`${wall}Z`);
  return Number.isNaN(start) ? '' : new Date(start + minutes * minute).toISOString().slice(0, 16);
}

function frequencyOf(recurrence: Recurrence | undefined): Frequency {
  if (!recurrence) return 'once';
  if (recurrence.frequency !== 'monthly') return recurrence.frequency;
  return recurrence.week === undefined ? 'monthlyDay' : 'monthlyWeek';
}

/** Makes a window of an environment, or changes one. Its times are those of a clock on a wall in its zone, as the API has them. */
export function WindowForm({ environment, window, onClose }: { environment: string; window: Window | undefined; onClose: () => void }) {
  const projects = useQuery(projectsQuery);
  const [name, setName] = useState(window?.name ?? '');
  const [kind, setKind] = useState<WindowBody['kind']>(window?.kind ?? 'freeze');
  const [start, setStart] = useState(window?.start.slice(0, 16) ?? '');
  const [end, setEnd] = useState(window ? later(window.start, window.durationMinutes) : '');
  const [zone, setZone] = useState(window?.zone ?? readersZone());
  const [chosen, setChosen] = useState(window?.projects ?? []);
  const [frequency, setFrequency] = useState<Frequency>(frequencyOf(window?.recurrence));
  const [weekdays, setWeekdays] = useState(window?.recurrence?.weekdays ?? []);
  const [week, setWeek] = useState(String(window?.recurrence?.week ?? 1));
  const [day, setDay] = useState(window?.recurrence?.dayOfMonth ?? 1);
  const [until, setUntil] = useState(window?.recurrence?.until ?? '');
  const [strict, setStrict] = useState(false);
  const durationMinutes = (Date.parse(`${end}Z`) - Date.parse(`${start}Z`)) / minute;
  const timed = durationMinutes > 0;

  function recurrence(): Recurrence | undefined {
    const last = until === '' ? {} : { until };
    switch (frequency) {
      case 'once':
        return undefined;
      case 'weekly':
        return { frequency, weekdays, ...last };
      case 'monthlyDay':
        return { frequency: 'monthly', dayOfMonth: day, ...last };
      case 'monthlyWeek':
        return { frequency: 'monthly', week: Number(week), weekdays, ...last };
      case 'yearly':
        return { frequency, ...last };
    }
  }

  const save = useWrite({
    write: () => {
      const again = recurrence();
      return saveWindow(environment, window?.id, {
        name,
        kind,
        start,
        durationMinutes,
        zone,
        ...(chosen.length > 0 ? { projects: chosen } : {}),
        ...(again ? { recurrence: again } : {}),
      });
    },
    touches: [windowsKey, changeRequestsKey],
    said: windowTexts.saved(name),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const about = {
    name: problem?.of('name'),
    start: problem?.of('start') ?? (strict && !timed ? windowTexts.needsTimes : undefined),
    end: problem?.of('durationMinutes'),
    zone: problem?.of('zone'),
    projects: problem?.of('projects'),
    repeats: problem?.of('recurrence'),
  };
  const weekdayChoices = Object.entries(windowTexts.days).map(([value, label]) => ({ value, label }));

  return (
    <FormDialog
      title={window ? windowTexts.edit(window.name) : windowTexts.createIn(environment)}
      act={window ? texts.save : windowTexts.create}
      pending={save.isPending}
      error={Object.values(about).some(Boolean) ? null : save.error}
      aside={
        window && (
          <DeleteButton
            may
            why=""
            title={windowTexts.removeTitle(window.name)}
            words={windowTexts.removeWords}
            act={windowTexts.removeAct(window.name)}
            write={() => deleteWindow(environment, window.id)}
            touches={[windowsKey, changeRequestsKey]}
            said={windowTexts.removed(window.name)}
            onDone={onClose}
          />
        )
      }
      onSubmit={() => {
        setStrict(true);
        if (timed) save.mutate();
      }}
      onClose={onClose}
    >
      <div>
        <SegmentedControl
          fullWidth
          aria-label={windowTexts.kind}
          value={kind}
          onChange={(value) => setKind(value as WindowBody['kind'])}
          data={['freeze', 'maintenance'].map((value) => ({ value, label: windowTexts.kinds[value] }))}
        />
        <Text size="xs" c="dimmed" mt={4}>
          {windowTexts.kindWords[kind]}
        </Text>
      </div>
      <TextInput
        label={windowTexts.name}
        required
        withAsterisk={false}
        data-autofocus
        value={name}
        error={about.name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
        <TextInput
          type="datetime-local"
          label={windowTexts.begins}
          value={start}
          error={about.start}
          onChange={(event) => setStart(event.currentTarget.value)}
        />
        <TextInput type="datetime-local" label={windowTexts.ends} value={end} error={about.end} onChange={(event) => setEnd(event.currentTarget.value)} />
      </SimpleGrid>
      <ZoneField label={windowTexts.zone} value={zone} onChange={setZone} error={about.zone} />
      <Select
        label={windowTexts.repeats}
        data={Object.entries(windowTexts.frequencies).map(([value, label]) => ({ value, label }))}
        value={frequency}
        error={about.repeats}
        onChange={(value) => value !== null && setFrequency(value as Frequency)}
      />
      {frequency === 'monthlyDay' && (
        <NumberInput
          label={windowTexts.day}
          description={windowTexts.dayWords}
          min={-1}
          max={31}
          value={day}
          onChange={(value) => typeof value === 'number' && setDay(value)}
        />
      )}
      {frequency === 'monthlyWeek' && (
        <Select
          label={windowTexts.week}
          data={['1', '2', '3', '4', '-1'].map((value) => ({ value, label: windowTexts.weeks[value] ?? value }))}
          value={week}
          onChange={(value) => value !== null && setWeek(value)}
        />
      )}
      {(frequency === 'weekly' || frequency === 'monthlyWeek') && (
        <Checkbox.Group label={windowTexts.weekdays} value={weekdays} onChange={setWeekdays}>
          <Group gap="xs" mt={4}>
            {weekdayChoices.map((choice) => (
              <Checkbox key={choice.value} {...choice} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
      {frequency !== 'once' && (
        <TextInput
          type="date"
          label={windowTexts.until}
          description={windowTexts.untilWords}
          value={until}
          onChange={(event) => setUntil(event.currentTarget.value)}
        />
      )}
      <MultiSelect
        label={windowTexts.projects}
        description={windowTexts.projectsWords}
        searchable
        clearable
        data={projects.data?.map(({ id, name: label }) => ({ value: id, label })) ?? []}
        value={chosen}
        error={about.projects}
        onChange={setChosen}
      />
    </FormDialog>
  );
}
