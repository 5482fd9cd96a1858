import type { Constraint, Strategy, Variant } from './flags';

export type Operator = Constraint['operator'];

/** The strategy that is on for a share of the users. */
export const flexibleRollout = 'flexibleRollout';

/** How an operator is given what it compares with. */
export type OperatorKind = 'values' | 'text' | 'number' | 'date' | 'version';

const kinds: Record<Operator, OperatorKind> = {
  IN: 'values',
  NOT_IN: 'values',
  STR_CONTAINS: 'values',
  STR_STARTS_WITH: 'values',
  STR_ENDS_WITH: 'values',
  IN_CIDR: 'values',
  REGEX: 'text',
  NUM_EQ: 'number',
  NUM_GT: 'number',
  NUM_GTE: 'number',
  NUM_LT: 'number',
  NUM_LTE: 'number',
  DATE_AFTER: 'date',
  DATE_BEFORE: 'date',
  SEMVER_EQ: 'version',
  SEMVER_GT: 'version',
  SEMVER_GTE: 'version',
  SEMVER_LT: 'version',
  SEMVER_LTE: 'version',
};

export function kindOf(operator: Operator): OperatorKind {
  return kinds[operator];
}

/** Says whether an operator can ignore case. */
export function hasCase(operator: Operator): boolean {
  return operator.startsWith('STR_') || operator === 'REGEX';
}

/** Says whether an operator can be turned round; the server refuses it for regular expressions. */
export function canInvert(operator: Operator): boolean {
  return operator !== 'REGEX';
}

/** Operators as they are offered, by what they compare. */
export const operatorGroups: { group: 'set' | 'text' | 'number' | 'date' | 'version' | 'address'; operators: Operator[] }[] = [
  { group: 'set', operators: ['IN', 'NOT_IN'] },
  { group: 'text', operators: ['STR_CONTAINS', 'STR_STARTS_WITH', 'STR_ENDS_WITH', 'REGEX'] },
  { group: 'number', operators: ['NUM_EQ', 'NUM_GT', 'NUM_GTE', 'NUM_LT', 'NUM_LTE'] },
  { group: 'date', operators: ['DATE_AFTER', 'DATE_BEFORE'] },
  { group: 'version', operators: ['SEMVER_EQ', 'SEMVER_GT', 'SEMVER_GTE', 'SEMVER_LT', 'SEMVER_LTE'] },
  { group: 'address', operators: ['IN_CIDR'] },
];

/** All weights of a strategy's variants together. */
export const totalWeight = 1000;

/**
 * Returns the variants with the weights that the server gives them: fixed ones keep theirs,
 * the others share the rest evenly, and what cannot be divided goes to the first of them.
 */
export function withWeights(variants: Variant[]): Variant[] {
  const fixed = variants.filter((variant) => variant.weightType === 'fix');
  const free = variants.length - fixed.length;
  const rest = Math.max(0, totalWeight - fixed.reduce((sum, variant) => sum + variant.weight, 0));
  let odd = free === 0 ? 0 : rest % free;
  return variants.map((variant) => {
    if (variant.weightType === 'fix') return variant;
    const weight = Math.floor(rest / free) + (odd > 0 ? 1 : 0);
    odd--;
    return { ...variant, weight };
  });
}

/** What can be written of a strategy: all but what the server says of it. */
export function writable({ id: _id, featureName: _name, ...rest }: Strategy) {
  return rest;
}
