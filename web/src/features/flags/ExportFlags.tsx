import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { exportFlags } from '../../client/interchange';
import { environmentsQuery } from '../../client/projects';
import { download } from '../../components/download';
import { FormDialog } from '../../components/FormDialog';
import { Words } from '../../components/Secret';
import { useWrite } from '../../components/use-write';
import { flagTexts } from '../../texts/flags';

interface ExportFlagsProps {
  projectId: string;
  /** The flags; all of the project, if it does not say. */
  names?: string[];
  onClose: () => void;
}

/** Writes flags as they are in an environment into a file that can be imported elsewhere. */
export function ExportFlags({ projectId, names, onClose }: ExportFlagsProps) {
  const environments = useQuery(environmentsQuery(projectId)).data ?? [];
  const [chosen, setChosen] = useState<string | null>(null);
  const environment = chosen ?? environments.at(-1)?.name ?? '';
  const write = useWrite({
    write: () => exportFlags(projectId, environment, names),
    touches: [],
    said: (_, { features }) => flagTexts.export.done(features.length),
    then: (answer) => {
      download(`${projectId}-${environment}.json`, 'application/json', `${JSON.stringify(answer, null, 2)}\n`);
      onClose();
    },
    shown: true,
  });
  return (
    <FormDialog
      title={names ? flagTexts.export.title(names.length) : flagTexts.export.titleAll}
      act={flagTexts.export.submit}
      pending={write.isPending}
      error={write.error}
      onSubmit={() => write.mutate()}
      onClose={onClose}
    >
      <Words>{flagTexts.export.words}</Words>
      <Select
        label={flagTexts.export.environment}
        description={flagTexts.export.environmentWords}
        allowDeselect={false}
        data={environments.map(({ name }) => name)}
        value={environment}
        onChange={setChosen}
      />
    </FormDialog>
  );
}
