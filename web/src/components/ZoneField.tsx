import { Select } from '@mantine/core';
import { systemZone } from './time';

interface ZoneFieldProps {
  label: string;
  description?: string;
  value: string;
  onChange: (zone: string) => void;
  error?: string | undefined;
}

/** Chooses a time zone by its IANA name. */
export function ZoneField({ value, onChange, ...props }: ZoneFieldProps) {
  const zones = [...new Set([value, systemZone, 'UTC', ...Intl.supportedValuesOf('timeZone')])];
  return <Select {...props} searchable limit={100} data={zones} value={value} onChange={(zone) => zone !== null && onChange(zone)} />;
}
