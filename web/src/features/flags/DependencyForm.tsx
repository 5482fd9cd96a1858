import { Button } from '@mantine/core';
import type { Change } from '../../client/change';
import { useProtection } from '../../client/change-requests';
import type { Flag } from '../../client/flags';
import { DependencyDialog } from '../../components/DependencyDialog';
import { ProposalNotice } from '../../components/ProposalDialog';
import { useEdit } from '../../components/use-edit';
import { texts } from '../../texts';
import { flagTexts } from '../../texts/flags';

const words = flagTexts.dependency;

/** Says on which flag another depends, or that it depends on none any more. */
export function DependencyForm({ flag, onClose }: { flag: Flag; onClose: () => void }) {
  const { project: projectId, name } = flag;
  const before = flag.dependencies[0];
  const edit = useEdit(projectId);
  const guarded = useProtection(projectId).anywhere;

  function save(change: Change, said: string) {
    // It takes effect in all environments; a request for it needs one.
    edit.mutate({ environment: guarded?.environment ?? '', change, said, asked: true, shown: true }, { onSuccess: onClose });
  }

  return (
    <DependencyDialog
      projectId={projectId}
      flag={name}
      dependency={before}
      notice={guarded && <ProposalNotice projectId={projectId} environment={guarded.environment} />}
      act={guarded ? texts.request.addToDraft : texts.save}
      aside={
        before && (
          <Button variant="subtle" color="red" onClick={() => save({ feature: name, action: 'deleteDependency' }, words.removed)}>
            {words.remove}
          </Button>
        )
      }
      pending={edit.isPending}
      error={edit.error}
      onSave={(payload) => save({ feature: name, action: 'addDependency', payload }, words.saved)}
      onClose={onClose}
    />
  );
}
