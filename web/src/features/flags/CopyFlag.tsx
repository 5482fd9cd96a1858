import { Alert, Checkbox, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useProtection } from '../../client/change-requests';
import { copyFlag } from '../../client/flags';
import { useMay } from '../../client/me';
import { Problem } from '../../client/problem';
import { FormDialog } from '../../components/FormDialog';
import { NameField } from '../../components/NameField';
import { useWrite } from '../../components/use-write';
import { flagTexts } from '../../texts/flags';

/** Makes a flag like another one, and goes there. */
export function CopyFlag({ projectId, name, onClose }: { projectId: string; name: string; onClose: () => void }) {
  const [newName, setNewName] = useState(`${name}-copy`);
  const [replaceGroupId, setReplace] = useState(true);
  const navigate = useNavigate();
  const may = useMay();
  const guarded = useProtection(projectId).anywhere?.environment;
  const mayCopy = guarded === undefined || may('SKIP_CHANGE_REQUEST', projectId, guarded);
  const copy = useWrite({
    write: () => copyFlag(projectId, name, { name: newName, replaceGroupId }),
    touches: [['flags'], ['projects']],
    said: flagTexts.copy.done(newName),
    then: () => {
      onClose();
      return navigate({ to: '/projects/$projectId/features/$featureName', params: { projectId, featureName: newName } });
    },
    shown: true,
  });
  const aboutName = copy.error instanceof Problem ? copy.error.ofName : undefined;
  return (
    <FormDialog
      title={flagTexts.copy.title(name)}
      act={flagTexts.copy.act}
      may={mayCopy}
      why={flagTexts.copy.mayNot}
      pending={copy.isPending}
      error={aboutName ? null : copy.error}
      onSubmit={() => copy.mutate()}
      onClose={onClose}
    >
      <Text size="sm">{flagTexts.copy.words}</Text>
      {guarded !== undefined && (
        <Alert color={mayCopy ? 'indigo' : 'yellow'} p="xs">
          {mayCopy ? flagTexts.copy.past(guarded) : `${flagTexts.copy.guarded(guarded)} ${flagTexts.copy.mayNot}`}
        </Alert>
      )}
      <NameField label={flagTexts.copy.name} value={newName} error={aboutName} onChange={setNewName} />
      <Checkbox
        label={flagTexts.copy.group}
        description={flagTexts.copy.groupWords}
        checked={replaceGroupId}
        onChange={(event) => setReplace(event.currentTarget.checked)}
      />
    </FormDialog>
  );
}
