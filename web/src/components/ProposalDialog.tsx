import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useSyncExternalStore } from 'react';
import { pendingQuery, protectionQuery } from '../client/change-requests';
import { texts } from '../texts';
import { type Question, question } from './ask';
import { changeSentence } from './change-words';

/** Asks before an edit of a protected environment is proposed. */
export function ProposalDialog() {
  const asked = useSyncExternalStore(question.subscribe, question.get);
  return asked && <Dialog question={asked} />;
}

function Dialog({ question: { projectId, environment, change, answer } }: { question: Question }) {
  return (
    <Modal opened onClose={() => answer(false)} title={texts.request.askTitle(environment)} zIndex={300}>
      <Stack gap="md">
        <Text size="sm" fw={550}>
          {change.feature}: {changeSentence(change)}
        </Text>
        <ProposalNotice projectId={projectId} environment={environment} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={() => answer(false)}>
            {texts.cancel}
          </Button>
          <ProposeButton projectId={projectId} environment={environment} onClick={() => answer(true)} />
        </Group>
      </Stack>
    </Modal>
  );
}

interface PlaceProps {
  projectId: string;
  environment: string;
}

function useMine({ projectId, environment }: PlaceProps) {
  const pending = useQuery(pendingQuery(projectId));
  return pending.data?.find((request) => request.environment === environment);
}

/** Says what it means that an environment is protected, and what adding to a request costs. */
export function ProposalNotice(place: PlaceProps) {
  const protections = useQuery(protectionQuery(place.projectId));
  const needed = protections.data?.find((one) => one.environment === place.environment)?.requiredApprovals ?? 1;
  const mine = useMine(place);
  const submitted = mine !== undefined && mine.state !== 'Draft';
  return (
    <Alert color={submitted ? 'yellow' : 'indigo'} p="xs">
      {texts.request.protected(place.environment, needed)} {submitted && texts.request.roundLost(mine.id)}
    </Alert>
  );
}

/** The button that adds to a draft, or to the request that is already there. */
export function ProposeButton({ onClick, loading = false, ...place }: PlaceProps & { onClick?: () => void; loading?: boolean }) {
  const mine = useMine(place);
  return (
    <Button data-autofocus loading={loading} {...(onClick ? { onClick } : { type: 'submit' as const })}>
      {mine && mine.state !== 'Draft' ? texts.request.addToRequest(mine.id) : texts.request.addToDraft}
    </Button>
  );
}
