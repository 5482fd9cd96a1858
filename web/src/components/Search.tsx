import { TextInput } from '@mantine/core';
import { SearchIcon } from '@primer/octicons-react';

interface SearchProps {
  label: string;
  value: string;
  onChange: (word: string) => void;
}

/** The field that narrows a list down to what has a word. */
export function Search({ label, value, onChange }: SearchProps) {
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<SearchIcon />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** Says whether any of some texts has a word, in whichever case. */
export function has(word: string, ...among: (string | null | undefined)[]): boolean {
  const sought = word.trim().toLowerCase();
  return among.some((text) => text?.toLowerCase().includes(sought));
}
