import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { SearchIcon } from '@primer/octicons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';

interface SearchProps {
  label: string;
  /** What the field says while it is empty, if not its label. */
  hint?: string;
  value: string;
  onChange: (word: string) => void;
}

/** The field that narrows a list down to what has a word. */
export function Search({ label, hint = label, value, onChange }: SearchProps) {
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={hint}
      leftSection={<SearchIcon />}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** The same for the list of a page: the word stands in the address, as q, once typing pauses, so that going back and reloading keep it. */
export function AddressSearch({ label, hint }: Pick<SearchProps, 'label' | 'hint'>) {
  const { q: asked = '' } = useSearch({ strict: false });
  const navigate = useNavigate();
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
  const ask = useDebouncedCallback((q: string) => {
    seek(q);
    return navigate({ to: '.', search: ({ q: _, ...others }) => (q === '' ? others : { ...others, q }), replace: true });
  }, 200);
  return (
    <Search
      label={label}
      {...(hint === undefined ? {} : { hint })}
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
