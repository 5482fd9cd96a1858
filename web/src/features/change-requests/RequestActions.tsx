import { Alert, Button, Group, Menu, Modal, Stack, Text, Textarea, Tooltip } from '@mantine/core';
import { CheckIcon, CircleSlashIcon, ClockIcon, GitMergeIcon, KebabHorizontalIcon, UndoIcon, XIcon } from '@primer/octicons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { actionOf, type ChangeRequest, changeRequestsKey, discard, setState, undo, withdraw } from '../../client/change-requests';
import { Confirm } from '../../components/Confirm';
import { MayButton, MayItem } from '../../components/MayButton';
import { done, failed } from '../../components/toast';
import { texts } from '../../texts';
import { formatTime } from '../../components/time';
import { DriftList } from './DriftList';

const ScheduleDialog = lazy(() => import('./ScheduleDialog').then((module) => ({ default: module.ScheduleDialog })));

type Act = 'submit' | 'approve' | 'withdraw' | 'reject' | 'apply' | 'cancel' | 'discard';

const closed = new Set(['Rejected', 'Cancelled']);

/**
 * What can be done with a request. The server says what, and why not; the app knows no
 * states but those in which there is nothing to do.
 */
export function RequestActions({ request }: { request: ChangeRequest }) {
  const { project: projectId, id, contentId, driftId } = request;
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<Act | 'schedule' | null>(null);
  const [why, setWhy] = useState('');

  const { emergency } = actionOf(request, 'apply');
  const act = useMutation({
    mutationFn: async (action: Act): Promise<string> => {
      const comment = why.trim() === '' ? {} : { comment: why };
      switch (action) {
        case 'submit':
          await setState(projectId, id, { state: 'In review' });
          return texts.request.submitted(id);
        case 'approve':
          await setState(projectId, id, { state: 'Approved', contentId });
          return texts.request.approved(id);
        case 'withdraw':
          await withdraw(projectId, id);
          return texts.request.withdrawn;
        case 'reject':
          await setState(projectId, id, { state: 'Rejected', contentId, ...comment });
          return texts.request.rejected(id);
        case 'apply':
          await setState(projectId, id, { state: 'Applied', ...(driftId ? { overwrite: driftId } : {}) }, emergency ? why : '');
          return texts.request.applied(id);
        case 'cancel':
          await setState(projectId, id, { state: 'Cancelled' });
          return texts.request.cancelled(id);
        case 'discard':
          await discard(projectId, id);
          return texts.request.discarded;
      }
    },
    onSuccess: (said) => {
      setAsking(null);
      setWhy('');
      done(said);
    },
    onError: (error) => {
      setAsking(null);
      failed(error);
    },
    // An application changes flags and segments too.
    onSettled: () =>
      Promise.all([changeRequestsKey, ['inbox'], ['flag'], ['flags'], ['segments'], ['events']].map((queryKey) => queryClient.invalidateQueries({ queryKey }))),
  });

  if (request.state === 'Applied') return <Undo request={request} />;
  if (closed.has(request.state)) return null;
  const button = (action: Act | 'schedule', press: () => void) => {
    const { allowed, reason } = actionOf(request, action);
    return { may: allowed && !act.isPending, why: reason, onClick: press };
  };
  const ask = (action: Act | 'schedule') => button(action, () => setAsking(action));
  const now = (action: Act) => button(action, () => act.mutate(action));

  if (request.state === 'Draft') {
    return (
      <>
        <MayButton {...ask('discard')} variant="default">
          {texts.request.discard}
        </MayButton>
        <MayButton {...now('submit')}>{texts.request.submit}</MayButton>
        {asking === 'discard' && (
          <Confirm
            title={texts.request.discardTitle}
            words={texts.request.discardWords}
            act={texts.request.discard}
            danger
            onConfirm={() => act.mutate('discard')}
            onClose={() => setAsking(null)}
          />
        )}
      </>
    );
  }
  const mayWithdraw = actionOf(request, 'withdraw').allowed;
  const ready = actionOf(request, 'apply').allowed;
  const planned = request.schedule?.status === 'pending' ? formatTime(request.schedule.scheduledAt, 'short') : undefined;
  return (
    <>
      {mayWithdraw ? (
        <MayButton {...now('withdraw')} variant="default">
          {texts.request.withdraw}
        </MayButton>
      ) : (
        <MayButton {...now('approve')} leftSection={<CheckIcon />} {...(ready ? { variant: 'default' as const } : {})}>
          {texts.request.approve}
        </MayButton>
      )}
      <MayButton {...ask('reject')} variant="default" leftSection={<XIcon />}>
        {texts.request.reject}
      </MayButton>
      <MayButton {...ask('schedule')} variant="default" leftSection={<ClockIcon />}>
        {request.schedule === undefined ? texts.schedule.schedule : planned ? texts.schedule.move : texts.schedule.again}
      </MayButton>
      <MayButton {...ask('apply')} leftSection={<GitMergeIcon />}>
        {texts.request.applyIn(request.environment)}
      </MayButton>
      {!request.schedule && (
        <Menu>
          <Menu.Target>
            <Button variant="default" px={8} aria-label={texts.moreActions}>
              <KebabHorizontalIcon />
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <MayItem {...ask('cancel')} leftSection={<CircleSlashIcon />}>
              {texts.request.cancel}
            </MayItem>
          </Menu.Dropdown>
        </Menu>
      )}

      <Suspense>{asking === 'schedule' && <ScheduleDialog request={request} onClose={() => setAsking(null)} />}</Suspense>
      {asking === 'cancel' && (
        <Confirm
          title={texts.request.cancelTitle(id)}
          words={texts.request.cancelWords}
          act={texts.request.cancel}
          no={texts.request.keep}
          danger
          pending={act.isPending}
          onConfirm={() => act.mutate('cancel')}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'apply' && (
        <Confirm
          title={planned ? texts.schedule.applyNowTitle(request.environment) : texts.request.applyTitle(request.environment)}
          words={[planned && texts.schedule.applyNow(planned), driftId ? texts.request.overwriteWords : texts.request.applyWords].filter(Boolean).join(' ')}
          notice={
            <>
              {driftId && <DriftList moved={request.drift} />}
              {emergency && (
                <Alert color="yellow" p="xs">
                  {emergency}
                </Alert>
              )}
              {emergency && <Textarea label={texts.request.why} value={why} onChange={(event) => setWhy(event.currentTarget.value)} />}
            </>
          }
          act={driftId ? texts.request.overwrite : texts.request.applyIn(request.environment)}
          pending={act.isPending}
          onConfirm={() => act.mutate('apply')}
          onClose={() => setAsking(null)}
        />
      )}
      {asking === 'reject' && (
        <Modal opened onClose={() => setAsking(null)} title={texts.request.rejectTitle(id)}>
          <Stack gap="md">
            <Text size="sm">{planned ? texts.schedule.rejectWords(planned) : texts.request.rejectWords}</Text>
            <Textarea label={texts.request.rejectWhy} data-autofocus value={why} onChange={(event) => setWhy(event.currentTarget.value)} />
            <Group justify="flex-end" gap="xs">
              <Button variant="default" onClick={() => setAsking(null)}>
                {texts.cancel}
              </Button>
              <Button color="red" loading={act.isPending} onClick={() => act.mutate('reject')}>
                {texts.request.reject}
              </Button>
            </Group>
          </Stack>
        </Modal>
      )}
    </>
  );
}

/** Drafts a request that undoes an applied one, and opens it. */
function Undo({ request }: { request: ChangeRequest }) {
  const { project: projectId, id } = request;
  const { allowed, reason } = actionOf(request, 'undo');
  const queryClient = useQueryClient();
  const navigate = useNavigate();
  const draft = useMutation({
    mutationFn: () => undo(projectId, id),
    onSuccess: async (request) => {
      done(texts.request.undrafted(request.id));
      await navigate({ to: '/projects/$projectId/change-requests/$id', params: { projectId, id: request.id } });
      await queryClient.invalidateQueries({ queryKey: changeRequestsKey });
    },
    onError: failed,
  });
  return (
    <Tooltip label={texts.request.undoWords} disabled={!allowed}>
      <span>
        <MayButton may={allowed} why={reason} variant="default" leftSection={<UndoIcon />} loading={draft.isPending} onClick={() => draft.mutate()}>
          {texts.request.undo}
        </MayButton>
      </span>
    </Tooltip>
  );
}
