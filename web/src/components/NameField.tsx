import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';

interface NameFieldProps {
  label: string;
  description?: ReactNode;
  value: string;
  /** What is wrong with it. */
  error: string | undefined;
  onChange: (name: string) => void;
}

/** The name that something new is known by to programs: it is written as it is, and chosen once. */
export function NameField({ label, description, value, error, onChange }: NameFieldProps) {
  return (
    <TextInput
      label={label}
      description={description}
      required
      withAsterisk={false}
      data-autofocus
      autoCapitalize="none"
      autoComplete="off"
      spellCheck={false}
      value={value}
      error={error}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
