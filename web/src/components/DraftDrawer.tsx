import { Button, Drawer, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { actionOf, askReviewers, type ChangeRequest, changeRequestsKey, describe, discard, pendingQuery, setState } from '../client/change-requests';
import { texts } from '../texts';
import { Confirm } from './Confirm';
import styles from './DraftDrawer.module.css';
import { MayButton } from './MayButton';
import { RequestChanges } from './RequestChanges';
import { askedOf, ReviewersField } from './ReviewersField';
import { StateChip } from './StateChip';
import { Empty } from './states';
import { done, failed } from './toast';

/** One's own changes that are not applied yet: drafts to finish, and requests to follow. */
export function DraftDrawer({ projectId, onClose }: { projectId: string; onClose: () => void }) {
  const pending = useQuery(pendingQuery(projectId));
  const requests = pending.data ?? [];
  return (
    <Drawer opened onClose={onClose} size={680} title={texts.request.drawer}>
      {requests.length === 0 && <Empty title={texts.request.none} />}
      <Stack gap="xl">
        {requests.map((request) =>
          request.state === 'Draft' ? (
            <Draft key={request.id} request={request} onClose={onClose} />
          ) : (
            <section key={request.id}>
              <Head request={request} />
              <Stack gap="sm">
                <RequestChanges request={request} />
                <Group justify="flex-end">
                  <Button
                    variant="default"
                    renderRoot={(props) => (
                      <Link to="/projects/$projectId/change-requests/$id" params={{ projectId, id: request.id }} {...props} onClick={onClose} />
                    )}
                  >
                    {texts.request.open} {texts.request.number(request.id)}
                  </Button>
                </Group>
              </Stack>
            </section>
          ),
        )}
      </Stack>
    </Drawer>
  );
}

function Head({ request }: { request: ChangeRequest }) {
  return (
    <header className={styles.head}>
      <h2>{request.environment}</h2>
      <StateChip state={request.state} />
    </header>
  );
}

function Draft({ request, onClose }: { request: ChangeRequest; onClose: () => void }) {
  const { project: projectId, id } = request;
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [title, setTitle] = useState(request.title);
  const [description, setDescription] = useState(request.description);
  const [comment, setComment] = useState('');
  const [reviewers, setReviewers] = useState(() => askedOf(request));
  const [discarding, setDiscarding] = useState(false);
  const refresh = () => queryClient.invalidateQueries({ queryKey: changeRequestsKey });
  const save = useMutation({
    mutationFn: () => describe(projectId, id, { title: title === texts.request.defaultTitle(id) ? '' : title, description }),
    onSuccess: refresh,
    onError: failed,
  });
  const submit = useMutation({
    mutationFn: async () => {
      if (title !== request.title || description !== request.description) await save.mutateAsync();
      // Submitting names people alone; groups are asked beside it.
      if (reviewers.groups.length + request.reviewerGroups.length > 0) await askReviewers(request, reviewers);
      await setState(projectId, id, { state: 'In review', reviewers: reviewers.people, ...(comment.trim() === '' ? {} : { comment }) });
    },
    onSuccess: async () => {
      done(texts.request.submitted(id));
      onClose();
      await navigate({ to: '/projects/$projectId/change-requests/$id', params: { projectId, id } });
      await refresh();
    },
    onError: failed,
  });
  const remove = useMutation({
    mutationFn: () => discard(projectId, id),
    onSuccess: async () => {
      setDiscarding(false);
      done(texts.request.discarded);
      await refresh();
    },
    onError: failed,
  });
  // What is missing before it is submitted can be written here, so only that is asked there.
  const may = actionOf(request, 'submit');
  const saveIfChanged = () => {
    if (title !== request.title || description !== request.description) save.mutate();
  };

  return (
    <section>
      <Head request={request} />
      <Stack gap="sm">
        <RequestChanges request={request} />
        <TextInput label={texts.request.title} value={title} onChange={(event) => setTitle(event.currentTarget.value)} onBlur={saveIfChanged} />
        <Textarea
          label={texts.request.description}
          placeholder={texts.request.descriptionHint}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
          onBlur={saveIfChanged}
        />
        <ReviewersField request={request} value={reviewers} onChange={setReviewers} />
        <Textarea
          label={texts.request.comment}
          placeholder={texts.request.commentHint}
          minRows={1}
          value={comment}
          onChange={(event) => setComment(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="subtle" color="red" onClick={() => setDiscarding(true)}>
            {texts.request.discard}
          </Button>
          <MayButton may={may.allowed} why={may.reason} loading={submit.isPending} onClick={() => submit.mutate()}>
            {texts.request.submit}
          </MayButton>
        </Group>
      </Stack>
      {discarding && (
        <Confirm
          title={texts.request.discardTitle}
          words={texts.request.discardWords}
          act={texts.request.discard}
          danger
          pending={remove.isPending}
          onConfirm={() => remove.mutate()}
          onClose={() => setDiscarding(false)}
        />
      )}
    </section>
  );
}
