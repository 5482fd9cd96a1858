import { Button, Checkbox, Select, Textarea, TextInput } from '@mantine/core';
import { PlusIcon } from '@primer/octicons-react';
import type { Variant } from '../client/flags';
import { totalWeight, withWeights } from '../client/strategy';
import { Entries, Entry, EntryRow, grow } from './Entry';
import { NumberField } from './NumberField';
import { SharesBar } from './StrategyView';
import { texts } from '../texts';
import styles from './VariantsField.module.css';

/** A variant that is being written, with a key of its own. */
export interface VariantDraft {
  key: number;
  variant: Variant;
}

type PayloadType = NonNullable<Variant['payload']>['type'];

let keys = 0;

export function variantDraftsOf(variants: Variant[]): VariantDraft[] {
  return variants.map((variant) => ({ key: keys++, variant }));
}

/** Returns the variants as the server takes them; all are as sticky as their strategy. */
export function variantsOf(drafts: VariantDraft[], stickiness: string): Variant[] {
  return drafts.map(({ variant }) => ({ ...variant, name: variant.name.trim(), stickiness, weightType: variant.weightType ?? 'variable' }));
}

/** What is wrong with a variant, and with which of its fields. */
export interface VariantProblem {
  at: 'name' | 'weight' | 'payload';
  words: string;
}

/** Returns what is wrong, by the keys of the variants. */
export function problemsIn(drafts: VariantDraft[]): Map<number, VariantProblem> {
  const problems = new Map<number, VariantProblem>();
  const fixed = drafts.filter(({ variant }) => variant.weightType === 'fix');
  const fixedWeight = fixed.reduce((sum, { variant }) => sum + variant.weight, 0);
  const last = fixed.at(-1);
  if (last && fixedWeight > totalWeight) problems.set(last.key, { at: 'weight', words: texts.variant.tooMuch });
  else if (last && fixed.length === drafts.length && fixedWeight !== totalWeight) problems.set(last.key, { at: 'weight', words: texts.variant.allFixed });
  for (const { key, variant } of drafts) {
    const name = variant.name.trim();
    const payload = wrongIn(variant.payload);
    if (payload !== undefined) problems.set(key, { at: 'payload', words: payload });
    else if (name === '') problems.set(key, { at: 'name', words: texts.variant.needsName });
    else if (drafts.some((other) => other.key !== key && other.variant.name.trim() === name)) problems.set(key, { at: 'name', words: texts.variant.twice });
  }
  return problems;
}

function wrongIn(payload: Variant['payload']): string | undefined {
  if (payload?.type === 'json' && !isJson(payload.value)) return texts.variant.badJson;
  if (payload?.type === 'number' && (payload.value.trim() === '' || Number.isNaN(Number(payload.value)))) return texts.variant.badNumber;
  return undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

interface VariantsFieldProps {
  value: VariantDraft[];
  onChange: (drafts: VariantDraft[]) => void;
  problems: Map<number, VariantProblem>;
  /** Whether to say all that is wrong, since somebody has tried to save; until then only of payloads that are written. */
  strict: boolean;
}

/** Edits the variants of a strategy: names, shares and payloads. */
export function VariantsField({ value, onChange, problems, strict }: VariantsFieldProps) {
  const weighted = withWeights(value.map(({ variant }) => variant));

  function set(key: number, changed: Partial<Variant>) {
    onChange(value.map((draft) => (draft.key === key ? { key, variant: { ...draft.variant, ...changed } } : draft)));
  }

  function setPayload(key: number, type: PayloadType | undefined, text: string) {
    onChange(
      value.map((draft) => {
        if (draft.key !== key) return draft;
        const { payload: _before, ...rest } = draft.variant;
        return { key, variant: type === undefined ? rest : { ...rest, payload: { type, value: text } } };
      }),
    );
  }

  return (
    <Entries>
      {value.length > 0 && <SharesBar variants={weighted} />}
      {value.map(({ key, variant }, index) => {
        const name = variant.name || texts.variant.number(index + 1);
        const fixed = variant.weightType === 'fix';
        const type = variant.payload?.type;
        const problem = problems.get(key);
        const error = (at: VariantProblem['at']) => (strict && problem?.at === at ? problem.words : undefined);
        const payload = {
          error: variant.payload?.value && problem?.at === 'payload' ? problem.words : error('payload'),
          'aria-label': texts.variant.payloadOf(name),
          value: variant.payload?.value ?? '',
          spellCheck: false,
          onChange: (event: { currentTarget: { value: string } }) => setPayload(key, type, event.currentTarget.value),
        };
        return (
          <Entry
            key={key}
            name={texts.variant.number(index + 1)}
            remove={texts.variant.remove(name)}
            onRemove={() => onChange(value.filter((draft) => draft.key !== key))}
          >
            <EntryRow>
              <TextInput
                flex={grow}
                label={texts.variant.name}
                spellCheck={false}
                value={variant.name}
                error={error('name')}
                onChange={(event) => set(key, { name: event.currentTarget.value })}
              />
              <NumberField
                w={error('weight') ? 200 : 92}
                error={error('weight')}
                label={texts.variant.weight}
                percent
                disabled={!fixed}
                value={String((weighted[index]?.weight ?? 0) / 10)}
                onChange={(percent) => set(key, { weight: Math.round(Number(percent) * 10) })}
              />
              <Checkbox
                className={styles.fixed}
                label={texts.variant.fixed}
                checked={fixed}
                onChange={(event) =>
                  set(key, { weightType: event.currentTarget.checked ? 'fix' : 'variable', weight: weighted[index]?.weight ?? 0 })
                }
              />
            </EntryRow>
            <EntryRow>
              <Select
                w={132}
                aria-label={texts.variant.payloadType}
                data={(['none', 'string', 'json', 'csv', 'number'] as const).map((one) => ({ value: one, label: texts.variant.payloadTypes[one] }))}
                value={type ?? 'none'}
                onChange={(next) => setPayload(key, next === 'none' ? undefined : (next as PayloadType), variant.payload?.value ?? '')}
              />
              {(type === 'json' || type === 'csv') && <Textarea flex={grow} maxRows={12} ff="monospace" {...payload} />}
              {(type === 'string' || type === 'number') && <TextInput flex={grow} inputMode={type === 'number' ? 'decimal' : 'text'} {...payload} />}
            </EntryRow>
          </Entry>
        );
      })}
      <Button
        variant="default"
        leftSection={<PlusIcon />}
        onClick={() => onChange([...value, ...variantDraftsOf([{ name: '', weight: 0, weightType: 'variable', stickiness: 'default' }])])}
      >
        {texts.variant.add}
      </Button>
    </Entries>
  );
}
