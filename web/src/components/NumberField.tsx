import { TextInput, type TextInputProps } from '@mantine/core';

interface NumberFieldProps extends Omit<TextInputProps, 'value' | 'onChange' | 'type'> {
  /** What is written; an empty text is nothing. */
  value: string;
  onChange: (value: string) => void;
  percent?: boolean;
}

/** A number, by the browser's own field for them. */
export function NumberField({ value, onChange, percent = false, ...props }: NumberFieldProps) {
  return (
    <TextInput
      step="any"
      {...(percent ? { min: 0, max: 100, rightSection: <span aria-hidden="true">%</span> } : {})}
      {...props}
      type="number"
      inputMode="decimal"
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}
