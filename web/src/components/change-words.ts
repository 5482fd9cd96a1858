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

/** What a change does, as a sentence without its flag. */
export function changeSentence({ action, payload }: AnyChange): string {
  const words = texts.change;
  const titled = (of: unknown) => {
    const title = field(of, 'title') ?? field(of, 'name');
    return typeof title === 'string' ? title : '';
  };
  switch (action) {
    case 'updateEnabled':
      return field(payload, 'enabled') === true ? words.switchOn : words.switchOff;
    case 'addStrategy':
      return words.addStrategy(titled(payload));
    case 'updateStrategy': {
      const before = titled(field(payload, 'snapshot')) || titled(payload);
      return words.updateStrategy(before);
    }
    case 'deleteStrategy':
      return words.deleteStrategy(titled(field(payload, 'snapshot')) || titled(payload));
    case 'reorderStrategy':
      return words.reorderStrategy;
    case 'patchVariant':
      return words.patchVariant;
    case 'archiveFeature':
      return words.archiveFeature;
    case 'addDependency':
      return words.addDependency(String(field(payload, 'feature') ?? ''));
    case 'deleteDependency':
      return words.deleteDependency;
    case 'updateSegment':
      return words.updateSegment;
    case 'deleteSegment':
      return words.deleteSegment;
    default:
      return action;
  }
}
