import { Button, Checkbox, MultiSelect, Select, TextInput } from '@mantine/core';
import { PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Constraint } from '../client/flags';
import { canInvert, hasCase, kindOf, type Operator, operatorGroups } from '../client/strategy';
import { type ContextField, contextFieldsQuery } from '../client/vocabulary';
import { texts } from '../texts';
import styles from './ConstraintsField.module.css';
import { Entries, Entry, EntryRow, grow } from './Entry';
import { NumberField } from './NumberField';
import { fromField, systemZone, toField, useTimeZone } from './time';
import { ValuesField } from './ValuesField';

/** A constraint that is being written, with a key of its own. */
export interface Draft {
  key: number;
  constraint: Constraint;
}

let keys = 0;

export function draftsOf(constraints: Constraint[]): Draft[] {
  return constraints.map((constraint) => ({ key: keys++, constraint }));
}

/** Returns the constraints as the server takes them: without what their operators do not use. */
export function constraintsOf(drafts: Draft[]): Constraint[] {
  return drafts.map(({ constraint: { contextName, operator, inverted = false, caseInsensitive = false, value, values } }) => ({
    contextName,
    operator,
    inverted: inverted && canInvert(operator),
    caseInsensitive: caseInsensitive && hasCase(operator),
    ...(kindOf(operator) === 'values' ? { values: values ?? [] } : { value: value ?? '' }),
  }));
}

/** Returns what is missing in a constraint, if anything is. */
export function missingIn(constraint: Constraint): string | undefined {
  if (constraint.contextName === '') return texts.constraint.needsField;
  if (kindOf(constraint.operator) === 'values') return constraint.values?.length ? undefined : texts.constraint.needsValues;
  return constraint.value ? undefined : texts.constraint.needsValue;
}

interface ConstraintsFieldProps {
  projectId?: string;
  value: Draft[];
  onChange: (drafts: Draft[]) => void;
  /** Whether to say what is missing, since somebody has tried to save. */
  strict: boolean;
  /** What the server said about the constraint at an index. */
  problem?: (index: number) => string | undefined;
}

/** Edits constraints: each a field, an operator, and what that operator compares with. */
export function ConstraintsField({ projectId, value, onChange, strict, problem }: ConstraintsFieldProps) {
  const fields = useQuery(contextFieldsQuery(projectId));
  const list = useRef<HTMLUListElement>(null);

  function add() {
    onChange([...value, ...draftsOf([{ contextName: '', operator: 'IN', values: [] }])]);
    requestAnimationFrame(() => list.current?.querySelector<HTMLInputElement>('li:last-child input')?.focus());
  }

  return (
    <Entries>
      <ul className={styles.list} ref={list}>
        {value.map(({ key, constraint }, index) => (
          <li key={key}>
            <Entry
              name={texts.constraint.number(index + 1)}
              remove={texts.constraint.remove(index + 1)}
              onRemove={() => onChange(value.filter((draft) => draft.key !== key))}
            >
              <Row
                constraint={constraint}
                fields={fields.data ?? []}
                error={(strict ? missingIn(constraint) : undefined) ?? problem?.(index)}
                onChange={(changed) => onChange(value.map((draft) => (draft.key === key ? { key, constraint: changed } : draft)))}
              />
            </Entry>
          </li>
        ))}
      </ul>
      <Button variant="default" leftSection={<PlusIcon />} onClick={add}>
        {texts.constraint.add}
      </Button>
    </Entries>
  );
}

interface RowProps {
  constraint: Constraint;
  fields: ContextField[];
  error: string | undefined;
  onChange: (constraint: Constraint) => void;
}

function Row({ constraint, fields, error, onChange }: RowProps) {
  const { contextName, operator } = constraint;
  const set = (changed: Partial<Constraint>) => onChange({ ...constraint, ...changed });
  const names = fields.map((field) => field.name);
  const field = fields.find((one) => one.name === contextName);

  function choose(next: Operator) {
    // What was written is kept as long as the new operator can use it.
    if (kindOf(next) === kindOf(operator)) set({ operator: next });
    else set({ operator: next, values: [], value: kindOf(next) === 'date' ? new Date().toISOString() : '' });
  }

  return (
    <>
      <EntryRow>
        <Select
          flex={grow}
          aria-label={texts.constraint.field}
          placeholder={texts.constraint.field}
          searchable
          data={contextName === '' || names.includes(contextName) ? names : [contextName, ...names]}
          value={contextName === '' ? null : contextName}
          onChange={(name) => set({ contextName: name ?? '', values: [], ...(name === 'currentTime' && kindOf(operator) !== 'date' ? { operator: 'DATE_AFTER', value: new Date().toISOString() } : {}) })}
          error={error !== undefined && contextName === ''}
        />
        <Select
          flex={grow}
          aria-label={texts.constraint.operator}
          searchable
          data={operatorGroups.map(({ group, operators }) => ({
            group: texts.constraint.groups[group],
            items: operators.map((one) => ({ value: one, label: texts.constraint.operators[one] })),
          }))}
          value={operator}
          onChange={(next) => choose(next as Operator)}
        />
      </EntryRow>
      <Value constraint={constraint} field={field} error={error} onChange={set} />
      <div className={styles.options}>
        {canInvert(operator) && (
          <Checkbox
            label={texts.constraint.invertedWords}
            checked={constraint.inverted ?? false}
            onChange={(event) => set({ inverted: event.currentTarget.checked })}
          />
        )}
        {hasCase(operator) && (
          <Checkbox
            label={texts.constraint.caseInsensitive}
            checked={constraint.caseInsensitive ?? false}
            onChange={(event) => set({ caseInsensitive: event.currentTarget.checked })}
          />
        )}
      </div>
    </>
  );
}

interface ValueProps {
  constraint: Constraint;
  field: ContextField | undefined;
  error: string | undefined;
  onChange: (changed: Partial<Constraint>) => void;
}

/** What an operator compares with. */
function Value({ constraint, field, error, onChange }: ValueProps) {
  const { operator, value = '', values = [] } = constraint;
  const legal = field?.legalValues ?? [];
  const zone = useTimeZone() ?? systemZone;
  const shared = { error, ...hint(operator) };
  switch (kindOf(operator)) {
    case 'values':
      if (legal.length > 0 && (operator === 'IN' || operator === 'NOT_IN')) {
        return (
          <MultiSelect
            {...shared}
            aria-label={texts.constraint.values}
            placeholder={values.length === 0 ? texts.constraint.values : ''}
            description={texts.constraint.legal}
            searchable
            data={legal.map((one) => ({ value: one.value, label: one.description ? `${one.value} (${one.description})` : one.value }))}
            value={values}
            onChange={(next) => onChange({ values: next })}
          />
        );
      }
      return (
        <ValuesField
          {...shared}
          aria-label={texts.constraint.values}
          data={legal.map((one) => one.value)}
          value={values}
          onChange={(next) => onChange({ values: next })}
        />
      );
    case 'number':
      return (
        <NumberField
          {...shared}
          aria-label={texts.constraint.value}
          placeholder={texts.constraint.value}
          value={value}
          onChange={(next) => onChange({ value: next })}
        />
      );
    case 'date':
      return (
        <TextInput
          {...shared}
          type="datetime-local"
          step={1}
          label={texts.constraint.time(zone)}
          value={toField(value)}
          onChange={(event) => onChange({ value: fromField(event.currentTarget.value) })}
        />
      );
    default:
      return (
        <TextInput
          {...shared}
          aria-label={texts.constraint.value}
          placeholder={texts.constraint.value}
          spellCheck={false}
          autoCapitalize="none"
          value={value}
          onChange={(event) => onChange({ value: event.currentTarget.value })}
        />
      );
  }
}

function hint(operator: Operator): { description?: string } {
  if (operator === 'REGEX') return { description: texts.constraint.hints.REGEX };
  if (operator === 'IN_CIDR') return { description: texts.constraint.hints.IN_CIDR };
  if (kindOf(operator) === 'version') return { description: texts.constraint.hints.SEMVER };
  return {};
}
