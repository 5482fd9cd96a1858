import { Alert, Button } from '@mantine/core';
import { type ChangeRequest, changeRequestsKey, editChange, type Entry } from '../client/change-requests';
import { texts } from '../texts';
import { field } from './change-words';
import { StrategyDrawer, type WrittenStrategy } from './StrategyDrawer';
import { useWrite } from './use-write';

interface ChangeFormProps {
  request: ChangeRequest;
  /** The change; it adds a strategy or changes one. */
  entry: Entry;
  feature: string;
  onClose: () => void;
}

/** Edits a change of a request in place. */
export function ChangeForm({ request, entry, feature, onClose }: ChangeFormProps) {
  const id = field(entry.payload, 'id');
  // What the server says of the strategy as it is live is no part of what is proposed.
  const { snapshot: _snapshot, id: _id, sortOrder: _order, ...strategy } = entry.payload as Record<string, unknown>;
  const save = useWrite({
    write: (written: WrittenStrategy) =>
      editChange(request, entry.id, { action: entry.action, feature, payload: { ...written, ...(id === undefined ? {} : { id }) } as never }),
    touches: [changeRequestsKey],
    said: texts.request.changeSaved,
    then: onClose,
    shown: true,
  });
  return (
    <StrategyDrawer
      projectId={request.project}
      flag={feature}
      title={texts.request.editTitle(feature, request.environment)}
      strategy={strategy as unknown as WrittenStrategy}
      notice={
        request.state !== 'Draft' && (
          <Alert color="yellow" p="xs">
            {texts.request.newRound}
          </Alert>
        )
      }
      button={
        <Button type="submit" loading={save.isPending}>
          {texts.request.saveChange}
        </Button>
      }
      error={save.error}
      onSave={(written) => save.mutate(written)}
      onClose={onClose}
    />
  );
}
