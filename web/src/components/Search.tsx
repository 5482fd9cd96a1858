import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { SearchIcon } from '@primer/octicons-react';
import { useState } from 'react';

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

interface AddressSearchProps {
  label: string;
  /** The word that is asked for, as it stands in the address. */
  asked: string;
  /** Asks for another, once typing pauses. */
  onAsk: (word: string) => unknown;
}

/** The same for a word that stands in the address. */
export function AddressSearch({ label, asked, onAsk }: AddressSearchProps) {
  const [word, setWord] = useState(asked);
  const [last, setLast] = useState(asked);
  const [sought, seek] = useState(asked);
  if (asked !== last) {
    setLast(asked);
    // Somebody went back, or cleared the filters. What was sought here comes into the address a while after, when more may be typed.
    if (asked !== sought) {
      seek(asked);
      setWord(asked);
    }
  }
  const ask = useDebouncedCallback((value: string) => {
    seek(value);
    onAsk(value);
  }, 200);
  return (
    <Search
      label={label}
      value={word}
      onChange={(value) => {
        setWord(value);
        ask(value);
      }}
    />
  );
}

/** Says whether any of some texts has a word, in whichever case. */
export function has(word: string, ...among: (string | null | undefined)[]): boolean {
  const sought = word.trim().toLowerCase();
  return among.some((text) => text?.toLowerCase().includes(sought));
}
