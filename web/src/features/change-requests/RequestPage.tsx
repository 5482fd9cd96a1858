import { ActionIcon, Alert, Button, Group, Stack, Textarea, TextInput, Tooltip } from '@mantine/core';
import { useDocumentVisibility } from '@mantine/hooks';
import { AlertIcon, BeakerIcon, PencilIcon } from '@primer/octicons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from '@tanstack/react-router';
import { type FormEvent, useEffect, useState } from 'react';
import { actionOf, type ChangeRequest, changeRequestsKey, countOf, describe, requestQuery } from '../../client/change-requests';
import { inboxKey, markRequestRead, unreadQuery } from '../../client/inbox';
import { projectQuery } from '../../client/projects';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { Markdown } from '../../components/Markdown';
import { Page } from '../../components/Page';
import { RequestChanges } from '../../components/RequestChanges';
import { StateChip } from '../../components/StateChip';
import { Failed, Loading } from '../../components/states';
import { failed } from '../../components/toast';
import { texts } from '../../texts';
import { Discussion } from './Discussion';
import { DriftList } from './DriftList';
import { RequestActions } from './RequestActions';
import styles from './RequestPage.module.css';
import { RequestNews } from './RequestNews';
import { RequestSide } from './RequestSide';
import { RequestSummary } from './RequestSummary';
import { ScheduleStatus } from './ScheduleStatus';

/** A change request: what it changes, what is still missing, and what was said. */
export function RequestPage() {
  const { projectId, id } = useParams({ from: '/inside/projects/$projectId/change-requests/$id' });
  const project = useQuery(projectQuery(projectId));
  const query = useQuery(requestQuery(projectId, id));
  const request = query.data;
  const [editing, setEditing] = useState(false);
  useReadHere(id);

  return (
    <Page
      title={request?.title ?? texts.request.defaultTitle(id)}
      above={
        <>
          <Link to="/projects">{texts.project.list}</Link>
          <span aria-hidden="true"> / </span>
          <Link to="/projects/$projectId" params={{ projectId }}>
            {project.data?.name ?? projectId}
          </Link>
          <span aria-hidden="true"> / </span>
          <Link to="/projects/$projectId/change-requests" params={{ projectId }}>
            {texts.request.list}
          </Link>
        </>
      }
      heading={
        <span className={styles.heading}>
          {request?.title ?? texts.request.defaultTitle(id)}
          {request && request.title !== texts.request.defaultTitle(id) && <span className={styles.number}>{texts.request.number(id)}</span>}
          {request && actionOf(request, 'describe').allowed && (
            <Tooltip label={texts.request.edit}>
              <ActionIcon aria-label={texts.request.edit} onClick={() => setEditing(true)}>
                <PencilIcon />
              </ActionIcon>
            </Tooltip>
          )}
        </span>
      }
      about={
        request && (
          <span className={styles.meta}>
            <StateChip state={request.state} schedule={request.schedule} />
            {['In review', 'Approved', 'Scheduled'].includes(request.state) && <strong>{texts.request.approvalsOf(standingOf(request))}</strong>}
            <Avatar name={request.createdBy.name} size={18} />
            <span>
              {request.createdBy.name} · {texts.request.changes(countOf(request))} {texts.request.in} <strong>{request.environment}</strong> ·{' '}
              <Ago at={request.createdAt} />
            </span>
          </span>
        )
      }
    >
      {query.isPending && <Loading lines={4} height={90} />}
      {query.error && !request && <Failed error={query.error} retry={() => query.refetch()} />}
      {request && (
        <>
        <div className={styles.acts} role="group" aria-label={texts.actions}>
          <RequestActions request={request} />
        </div>
        <RequestNews key={request.id} request={request} />
        <div className={styles.columns}>
          <div className={styles.main}>
            <RequestSummary request={request} />
            {editing ? <Describe request={request} onClose={() => setEditing(false)} /> : <Description request={request} />}
            <Warnings request={request} />
            <section>
              <div className={styles.title}>
                <h2>{texts.request.changes(countOf(request))}</h2>
                {['In review', 'Approved', 'Scheduled'].includes(request.state) && (
                  <Link to="/playground" search={{ changeRequest: request.id }} className={styles.link}>
                    <BeakerIcon /> {texts.request.preview}
                  </Link>
                )}
              </div>
              <RequestChanges request={request} />
            </section>
            <Discussion request={request} />
          </div>
          <RequestSide request={request} />
        </div>
        </>
      )}
    </Page>
  );
}

/** Marks as read what one was told about a request, whichever way one came to its page, once one sees it. */
function useReadHere(id: number) {
  const queryClient = useQueryClient();
  const { data: unread = 0 } = useQuery(unreadQuery);
  const visible = useDocumentVisibility() === 'visible';
  const { mutate } = useMutation({
    mutationFn: markRequestRead,
    onSuccess: (found) => (found ? queryClient.invalidateQueries({ queryKey: inboxKey }) : undefined),
  });
  useEffect(() => {
    if (unread > 0 && visible) mutate(id);
  }, [id, unread, visible, mutate]);
}

/** How many approvals there are of those that are needed, in all environments together. */
function standingOf({ standing }: ChangeRequest): [number, number] {
  return standing.reduce<[number, number]>(([given, required], place) => [given + Math.min(place.given, place.required), required + place.required], [0, 0]);
}

function Description({ request }: { request: ChangeRequest }) {
  if (request.description === '') return null;
  return (
    <div className={styles.description}>
      <Markdown text={request.description} />
    </div>
  );
}

function Describe({ request, onClose }: { request: ChangeRequest; onClose: () => void }) {
  const queryClient = useQueryClient();
  const [title, setTitle] = useState(request.title);
  const [description, setDescription] = useState(request.description);
  const save = useMutation({
    mutationFn: () => describe(request.project, request.id, { title, description }),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: changeRequestsKey });
      onClose();
    },
    onError: failed,
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <TextInput label={texts.request.title} autoFocus value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
        <Textarea
          label={texts.request.description}
          placeholder={texts.request.descriptionHint}
          value={description}
          onChange={(event) => setDescription(event.currentTarget.value)}
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {texts.cancel}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {texts.save}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** What keeps the request from being applied, and what has moved under it. */
function Warnings({ request }: { request: ChangeRequest }) {
  // The box of a schedule that failed or is suspended names what is in the way itself.
  const told = request.conflicts.every((conflict) => request.schedule?.reason?.includes(conflict));
  return (
    <>
      {request.conflicts.length > 0 && !told && (
        <Alert color="red" icon={<AlertIcon />} title={texts.request.conflicts}>
          {request.conflicts.map((conflict) => (
            <p key={conflict}>{conflict}</p>
          ))}
        </Alert>
      )}
      <ScheduleStatus request={request} />
      {request.drift.length > 0 && request.schedule?.status !== 'suspended' && (
        <Alert color="yellow" icon={<AlertIcon />} title={texts.request.drift}>
          <DriftList moved={request.drift} />
        </Alert>
      )}
    </>
  );
}
