import { useMutation, useQueryClient } from '@tanstack/react-query';
import { applyChange, type Change } from '../client/change';
import { failed } from './toast';

/** An edit of a flag in an environment. */
export interface Edit {
  environment: string;
  change: Change;
}

/**
 * The one way in which the app edits flags in environments. It is under way until what
 * is shown is up to date again.
 */
export function useEdit(projectId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ environment, change }: Edit) => applyChange({ projectId, environment }, change),
    onSettled: (_answer, _error, { change }) =>
      Promise.all([
        queryClient.invalidateQueries({ queryKey: ['flag', projectId, change.feature] }),
        queryClient.invalidateQueries({ queryKey: ['flags'] }),
        queryClient.invalidateQueries({ queryKey: ['events'] }),
      ]),
    onError: failed,
  });
}
