import { Alert, Select, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { flagRequestsQuery } from '../../client/change-requests';
import { moveFlag } from '../../client/flags';
import { projectsQuery } from '../../client/projects';
import { FormDialog } from '../../components/FormDialog';
import { RequestLinks } from '../../components/ScheduleNotice';
import { useWrite } from '../../components/use-write';
import { flagTexts } from '../../texts/flags';

interface MoveFlagsProps {
  projectId: string;
  names: string[];
  onMoved: (projectId: string) => void;
  onClose: () => void;
}

/** Moves flags to another project, one after the other. */
export function MoveFlags({ projectId, names, onMoved, onClose }: MoveFlagsProps) {
  const projects = useQuery(projectsQuery);
  const others = projects.data?.filter(({ id }) => id !== projectId) ?? [];
  const [to, setTo] = useState<string | null>(null);
  const what = names.length === 1 ? (names[0] ?? '') : flagTexts.flags(names.length);
  const move = useWrite({
    write: async (target: string) => {
      for (const name of names) await moveFlag(projectId, name, target);
    },
    touches: [['flags'], ['flag'], ['projects']],
    said: (target) => flagTexts.move.done(what, others.find(({ id }) => id === target)?.name ?? target),
    then: (_answer, target) => onMoved(target),
    shown: true,
  });
  return (
    <FormDialog
      title={flagTexts.move.title(what)}
      act={flagTexts.move.submit}
      pending={move.isPending}
      error={move.error}
      onSubmit={() => to !== null && move.mutate(to)}
      onClose={onClose}
    >
      <Text size="sm">{others.length === 0 && projects.data ? flagTexts.move.none : flagTexts.move.words}</Text>
      {names.map((name) => (
        <Open key={name} projectId={projectId} name={name} />
      ))}
      <Select
        label={flagTexts.move.to}
        searchable
        required
        withAsterisk={false}
        data={others.map(({ id, name }) => ({ value: id, label: name }))}
        value={to}
        onChange={setTo}
      />
    </FormDialog>
  );
}

/** The open requests that change a flag where it is, and could no longer be applied if it moved. */
function Open({ projectId, name }: { projectId: string; name: string }) {
  const requests = useQuery(flagRequestsQuery(projectId, name)).data ?? [];
  if (requests.length === 0) return null;
  return (
    <Alert color="yellow" p="xs">
      {flagTexts.move.open(name)} <RequestLinks projectId={projectId} requests={requests} />
    </Alert>
  );
}
