import type { Constraint } from '../client/flags';
import { kindOf } from '../client/strategy';
import { texts } from '../texts';
import { formatTime } from './time';

/** What a constraint compares with, as people read it. */
export function valuesOf(constraint: Constraint): string[] {
  if (kindOf(constraint.operator) === 'values') return constraint.values ?? [];
  const value = constraint.value ?? '';
  if (kindOf(constraint.operator) !== 'date' || value === '') return [value];
  return [formatTime(value, 'short')];
}

/** A constraint as a sentence without its field and values. */
export function operatorOf(constraint: Constraint): string {
  const words = texts.constraint.operators[constraint.operator];
  return constraint.inverted ? `${texts.constraint.not} ${words}` : words;
}
