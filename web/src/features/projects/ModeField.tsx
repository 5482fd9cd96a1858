import { Radio, Stack } from '@mantine/core';
import { projectTexts } from '../../texts/projects';

export type Mode = 'open' | 'protected' | 'private';

const modes: Mode[] = ['open', 'protected', 'private'];

/** Chooses who sees a project and proposes changes. */
export function ModeField({ value, onChange }: { value: Mode; onChange: (mode: Mode) => void }) {
  return (
    <Radio.Group label={projectTexts.mode} value={value} onChange={(next) => onChange(next as Mode)}>
      <Stack gap={8} mt={4}>
        {modes.map((mode) => (
          <Radio key={mode} size="xs" value={mode} label={projectTexts.modes[mode][0]} description={projectTexts.modes[mode][1]} />
        ))}
      </Stack>
    </Radio.Group>
  );
}
