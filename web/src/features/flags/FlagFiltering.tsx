import { Button, Select, type SelectProps } from '@mantine/core';
import { StarFillIcon, StarIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { memo, type ReactNode } from 'react';
import { flagTypesQuery, tagsQuery } from '../../client/vocabulary';
import { AddressSearch } from '../../components/Search';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { flagTexts } from '../../texts/flags';
import type { FilterChanges, FlagFilters } from './filters';

interface FlagFilteringProps {
  filters: FlagFilters;
  /** Changes some filters; the same function as long as the page is there. */
  choose: (changes: FilterChanges) => unknown;
  /** The environments by which the flags can be told apart. */
  environments: string[];
  /** Filters of this list alone. */
  children?: ReactNode;
}

/** What narrows a list of flags down. */
export function FlagFiltering({ filters: { type, state, stage, tag, status, favorite }, choose, environments, children }: FlagFilteringProps) {
  const types = useQuery(flagTypesQuery).data ?? [];
  const tags = useQuery(tagsQuery).data ?? [];
  return (
    <Toolbar>
      <AddressSearch label={texts.flag.search} />
      <Filter
        name="type"
        label={texts.flag.filters.type}
        value={type}
        choices={types.map(({ id, name }) => [id, name])}
        choose={choose}
      />
      <Filter name="state" label={texts.flag.filters.state} value={state} choices={Object.entries(texts.flag.states)} choose={choose} />
      <Filter name="stage" label={flagTexts.stage.label} value={stage} choices={stages} choose={choose} />
      <Filter
        name="tag"
        label={texts.flag.filters.tag}
        value={tag}
        choices={tags.map((one) => [texts.flag.tag(one.type, one.value), texts.flag.tag(one.type, one.value)])}
        choose={choose}
        searchable
      />
      <Filter
        name="status"
        label={flagTexts.list.status}
        value={status}
        choices={environments.flatMap((name) => [
          [`${name}:enabled`, flagTexts.list.onIn(name)],
          [`${name}:disabled`, flagTexts.list.offIn(name)],
        ])}
        choose={choose}
      />
      {children}
      <Button
        variant={favorite ? 'light' : 'default'}
        aria-pressed={favorite === true}
        leftSection={favorite ? <StarFillIcon /> : <StarIcon />}
        onClick={() => choose({ favorite: favorite ? undefined : true })}
      >
        {flagTexts.list.favorites}
      </Button>
    </Toolbar>
  );
}

const { archived: _, ...stageNames } = flagTexts.stage.names;
const stages = Object.entries(stageNames);

interface FilterProps extends Pick<SelectProps, 'searchable'> {
  name: keyof FlagFilters;
  label: string;
  value: string | undefined;
  /** What can be chosen: values, with their names. */
  choices: [value: string, name: string][];
  choose: FlagFilteringProps['choose'];
}

/** One filter. It is drawn anew only when something else is chosen or offered. */
export const Filter = memo(
  function Filter({ name, label, value, choices, choose, searchable = false }: FilterProps) {
    return (
      <Select
        aria-label={label}
        placeholder={label}
        clearable
        searchable={searchable}
        data={choices.map(([value, label]) => ({ value, label }))}
        value={value ?? null}
        onChange={(value) => choose({ [name]: value ?? undefined })}
      />
    );
  },
  (a, b) => a.value === b.value && a.choose === b.choose && String(a.choices) === String(b.choices),
);
