import { Alert, Button } from '@mantine/core';
import { type ChangeRequest, changeRequestsKey, editChange, type Entry } from '../client/change-requests';
import type { Variant } from '../client/flags';
import { texts } from '../texts';
import { flagTexts } from '../texts/flags';
import { field, orderOf } from './change-words';
import { DependencyDialog, type WrittenDependency } from './DependencyDialog';
import { OrderDialog } from './OrderDialog';
import { SegmentDrawer, type WrittenSegment } from './SegmentDrawer';
import { StrategyDrawer, type WrittenStrategy } from './StrategyDrawer';
import { useWrite } from './use-write';
import { VariantsDrawer } from './VariantsDrawer';

interface ChangeFormProps {
  request: ChangeRequest;
  /** The change, of an action that editable names. */
  entry: Entry;
  /** The flag that it changes, if it is none of a segment. */
  feature?: string | undefined;
  onClose: () => void;
}

/** Edits a change of a request in place, in the form by which it was made. */
export function ChangeForm({ request, entry: { id: changeId, action, payload }, feature, onClose }: ChangeFormProps) {
  const save = useWrite({
    write: (written: unknown) => editChange(request, changeId, { action, ...(feature === undefined ? {} : { feature }), payload: written as never }),
    touches: [changeRequestsKey],
    said: texts.request.changeSaved,
    then: onClose,
    shown: true,
  });
  // What the server says of what is live is no part of what is proposed.
  const { snapshot: _snapshot, id, sortOrder: _order, ...proposed } = (payload ?? {}) as Record<string, unknown>;
  const title = texts.request.editTitle(feature ?? texts.segment.one, request.environment);
  const notice = request.state !== 'Draft' && (
    <Alert color="yellow" p="xs">
      {texts.request.newRound}
    </Alert>
  );
  const button = (
    <Button type="submit" loading={save.isPending}>
      {texts.request.saveChange}
    </Button>
  );
  const dialog = { act: texts.request.saveChange, notice, pending: save.isPending, error: save.error, onClose };
  const drawer = { title, notice, button, error: save.error, onClose };

  if (feature === undefined) {
    return <SegmentDrawer {...drawer} segment={proposed as unknown as WrittenSegment} onSave={(written) => save.mutate({ ...written, id })} />;
  }
  switch (action) {
    case 'patchVariant':
      return (
        <VariantsDrawer
          {...drawer}
          variants={(field(payload, 'variants') ?? []) as Variant[]}
          words={(none) => (none ? flagTexts.variants.removed : flagTexts.variants.words)}
          onSave={(variants) => save.mutate({ variants })}
        />
      );
    case 'addDependency':
      return (
        <DependencyDialog
          {...dialog}
          projectId={request.project}
          flag={feature}
          dependency={proposed as unknown as WrittenDependency}
          onSave={(written) => save.mutate(written)}
        />
      );
    case 'reorderStrategy':
      return (
        <OrderDialog
          {...dialog}
          title={title}
          at={{ projectId: request.project, feature, environment: request.environment }}
          order={orderOf(payload)}
          onSave={(order) => save.mutate(order.map((strategy, sortOrder) => ({ id: strategy, sortOrder })))}
        />
      );
    default:
      return (
        <StrategyDrawer
          {...drawer}
          projectId={request.project}
          flag={feature}
          strategy={proposed as unknown as WrittenStrategy}
          onSave={(written) => save.mutate({ ...written, ...(id === undefined ? {} : { id }) })}
        />
      );
  }
}
