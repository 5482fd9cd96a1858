import { flexibleRollout } from '../client/strategy';
import { texts } from '../texts';

/** A change as it stands in a request, or is about to. */
export interface AnyChange {
  action: string;
  payload?: unknown;
}

/** Reads a field of a payload that may have it. */
export function field(payload: unknown, key: string): unknown {
  return typeof payload === 'object' && payload !== null ? (payload as Record<string, unknown>)[key] : undefined;
}

/** What a strategy is called: its title, or else its type. */
export function strategyName(strategy: unknown): string {
  const [title, name] = [field(strategy, 'title'), field(strategy, 'name')];
  if (typeof title === 'string' && title !== '') return title;
  return name === flexibleRollout ? texts.strategy.gradual : typeof name === 'string' ? name : '';
}

/** What a change does, as a sentence without its flag. */
export function changeSentence({ action, payload }: AnyChange): string {
  const words = texts.change;
  switch (action) {
    case 'updateEnabled':
      return field(payload, 'enabled') === true ? words.switchOn : words.switchOff;
    case 'addStrategy':
      return words.addStrategy(strategyName(payload));
    case 'updateStrategy': {
      const snapshot = field(payload, 'snapshot');
      const before = strategyName(snapshot) || strategyName(payload);
      const disabled = field(payload, 'disabled') === true;
      if (snapshot && disabled !== (field(snapshot, 'disabled') === true)) return disabled ? words.disableStrategy(before) : words.enableStrategy(before);
      return words.updateStrategy(before);
    }
    case 'deleteStrategy':
      return words.deleteStrategy(strategyName(field(payload, 'snapshot')) || strategyName(payload));
    case 'reorderStrategy':
      return words.reorderStrategy;
    case 'patchVariant':
      return words.patchVariant;
    case 'archiveFeature':
      return words.archiveFeature;
    case 'addDependency':
      return words.addDependency(String(field(payload, 'feature') ?? ''), field(payload, 'enabled') !== false, (field(payload, 'variants') ?? []) as string[]);
    case 'deleteDependency':
      return words.deleteDependency;
    case 'updateSegment': {
      const [snapshot, name] = [field(payload, 'snapshot'), field(payload, 'name')];
      const same = (key: string) => JSON.stringify(field(snapshot, key)) === JSON.stringify(field(payload, key));
      if (snapshot && typeof name === 'string' && !same('name') && same('constraints')) return words.renameSegment(name);
      return words.updateSegment;
    }
    case 'deleteSegment':
      return words.deleteSegment;
    default:
      return action;
  }
}

/** Returns the ids of the strategies in the order that a change gives them. */
export function orderOf(payload: unknown): string[] {
  if (!Array.isArray(payload)) return [];
  return (payload as { id: string; sortOrder: number }[]).toSorted((a, b) => a.sortOrder - b.sortOrder).map(({ id }) => id);
}
