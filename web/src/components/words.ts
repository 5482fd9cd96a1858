import type { Constraint } from '../client/flags';
import { kindOf } from '../client/strategy';
import { texts } from '../texts';

const moment = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** What a constraint compares with, as people read it. */
export function valuesOf(constraint: Constraint): string[] {
  if (kindOf(constraint.operator) === 'values') return constraint.values ?? [];
  const value = constraint.value ?? '';
  if (kindOf(constraint.operator) !== 'date' || value === '') return [value];
  const time = new Date(value);
  return [Number.isNaN(time.getTime()) ? value : moment.format(time)];
}

/** A constraint as a sentence without its field and values. */
export function operatorOf(constraint: Constraint): string {
  const words = texts.constraint.operators[constraint.operator];
  return constraint.inverted ? `${texts.constraint.not} ${words}` : words;
}
