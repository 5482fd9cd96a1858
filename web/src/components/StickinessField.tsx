import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { contextFieldsQuery } from '../client/vocabulary';
import { texts } from '../texts';

interface StickinessFieldProps {
  label: string;
  description: string;
  projectId?: string;
  value: string;
  onChange: (stickiness: string) => void;
}

/** Chooses the field by which the same user always gets the same answer. */
export function StickinessField({ projectId, value, onChange, ...props }: StickinessFieldProps) {
  const fields = useQuery(contextFieldsQuery(projectId));
  const sticky = fields.data?.filter((field) => field.stickiness).map((field) => field.name) ?? [];
  const labels: Record<string, string> = { default: texts.strategy.stickinessDefault, random: texts.strategy.stickinessRandom };
  return (
    <Select
      {...props}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      data={[...new Set(['default', 'random', ...sticky, 'userId', value])].map((name) => ({ value: name, label: labels[name] ?? name }))}
      value={value}
      onChange={(next) => next !== null && onChange(next)}
    />
  );
}
