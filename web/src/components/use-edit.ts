import { useMutation, useQueryClient } from '@tanstack/react-query';
import { applyBulk, applyChange, type BulkAct, bulkChange, type Change, type Place, type SegmentChange } from '../client/change';
import { changeRequestsKey, propose, useProtection } from '../client/change-requests';
import type { Flag, FoundFlag } from '../client/flags';
import { CalledOff } from '../client/reason';
import { texts } from '../texts';
import { askToPropose } from './ask';
import { foresee, type Foresight, ofFlag } from './foresee';
import { done, failed } from './toast';

/** An edit of a flag in an environment. */
export interface Edit {
  environment: string;
  change: Change;
  /** What to say when it has taken effect. */
  said: string;
  /** Whether somebody has already been told that it will be proposed, and wants it. */
  asked?: boolean;
  /** Whether who asks for the edit shows why it was refused. */
  shown?: boolean;
}

/** What became of an edit. */
export type Outcome = 'applied' | 'proposed';

/** Proposes changes, and says what they have become a part of. */
export async function proposeChange({ projectId, environment }: Place, ...changes: (Change | SegmentChange)[]): Promise<void> {
  const request = await propose(projectId, environment, changes);
  done(request.state === 'Draft' ? texts.request.addedToDraft(environment) : texts.request.addedTo(request.id));
}

/** What an edit that takes effect at once will make of what is shown, where that is known before the server answers. */
function foresights(projectId: string, { environment, change }: Edit): Foresight[] {
  /** The same of a flag in the environment alone. */
  const here = (alter: <E extends Flag['environments'][number] | FoundFlag['environments'][number]>(one: E) => E) =>
    ofFlag(projectId, change.feature, (flag) => ({
      ...flag,
      environments: flag.environments.map((one) => (one.name === environment ? alter(one) : one)),
    }));
  switch (change.action) {
    case 'updateEnabled':
      return here((one) => ({ ...one, enabled: change.payload.enabled }));
    case 'reorderStrategy': {
      const places = new Map(change.payload.map(({ id, sortOrder }) => [id, sortOrder]));
      return here((one) =>
        'strategies' in one
          ? { ...one, strategies: one.strategies.map((strategy) => ({ ...strategy, sortOrder: places.get(strategy.id) ?? strategy.sortOrder })) }
          : one,
      );
    }
    default:
      return [];
  }
}

/**
 * The one way in which the app edits flags in environments. Where the environment is
 * protected, the edit is proposed instead. It is under way until what is shown is up to
 * date again; where it is known what it does, that is shown at once, and taken back if it
 * is refused.
 */
export function useEdit(projectId: string) {
  const queryClient = useQueryClient();
  const protection = useProtection(projectId);
  const mutationKey = ['edit', projectId];
  return useMutation({
    mutationKey,
    // One after the other, as they were made.
    scope: { id: mutationKey.join(' ') },
    mutationFn: async ({ environment, change, said, asked = false }: Edit): Promise<Outcome> => {
      if (!protection.of(environment)) {
        await applyChange({ projectId, environment }, change);
        done(said);
        return 'applied';
      }
      if (!asked && !(await askToPropose(projectId, environment, change))) throw new CalledOff();
      await proposeChange({ projectId, environment }, change);
      return 'proposed';
    },
    onMutate: (edit) => foresee(queryClient, protection.of(edit.environment) ? [] : foresights(projectId, edit)),
    onError: (error: Error, { shown = false }, takeBack) => {
      takeBack?.();
      if (!shown) failed(error);
    },
    onSettled: async () => {
      // The last one of those under way reads what all of them have done.
      if (queryClient.isMutating({ mutationKey }) > 1) return;
      await Promise.all([['flag', projectId], ['flags'], ['events'], changeRequestsKey].map((queryKey) => queryClient.invalidateQueries({ queryKey })));
    },
  });
}

/** An edit of many flags at once. What acts in all environments is proposed in the one that it names. */
interface BulkEdit {
  environment: string;
  act: BulkAct;
  features: string[];
  said: string;
}

/** The same for many flags at once. Who asks for it has said already that it will be proposed. */
export function useBulkEdit(projectId: string) {
  const queryClient = useQueryClient();
  const protection = useProtection(projectId);
  return useMutation({
    mutationFn: async ({ environment, act, features, said }: BulkEdit) => {
      if (protection.of(environment)) {
        await proposeChange({ projectId, environment }, ...features.map((feature) => bulkChange(act, feature)));
        return;
      }
      await applyBulk({ projectId, environment }, act, features);
      done(said);
    },
    onSettled: () =>
      Promise.all([['flag'], ['flags'], ['projects'], ['events'], changeRequestsKey].map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
    onError: failed,
  });
}
