import { useMutation, useQueryClient } from '@tanstack/react-query';
import { applyBulk, applyChange, type BulkAct, bulkChange, type Change, type Place, type SegmentChange } from '../client/change';
import { changeRequestsKey, propose, useProtection } from '../client/change-requests';
import { CalledOff } from '../client/reason';
import { texts } from '../texts';
import { askToPropose } from './ask';
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

/**
 * The one way in which the app edits flags in environments. Where the environment is
 * protected, the edit is proposed instead. It is under way until what is shown is up to
 * date again.
 */
export function useEdit(projectId: string) {
  const queryClient = useQueryClient();
  const protection = useProtection(projectId);
  return useMutation({
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
    onSettled: (_outcome, _error, { change }) =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['flag', projectId, change.feature] }),
        queryClient.invalidateQueries({ queryKey: ['flags'] }),
        queryClient.invalidateQueries({ queryKey: ['events'] }),
        queryClient.invalidateQueries({ queryKey: changeRequestsKey }),
      ]),
    onError: (error: Error, { shown = false }) => {
      if (!shown) failed(error);
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
