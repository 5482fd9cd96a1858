import { Button, Group, Textarea } from '@mantine/core';
import { CheckIcon, CircleSlashIcon, ClockIcon, EyeIcon, GitMergeIcon, PencilIcon, XIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { type ChangeRequest, changeRequestsKey, comment, requestQuery } from '../../client/change-requests';
import { meQuery, nameOf } from '../../client/me';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { Markdown } from '../../components/Markdown';
import { formatTime } from '../../components/time';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './Discussion.module.css';

/** Something that has happened to a request, or was said about it. */
interface Moment {
  key: string;
  at: string;
  who?: string;
  icon?: ReactNode;
  tone?: string;
  did?: string;
  text?: string;
}

/** Returns what has happened to a request, oldest first. */
export function momentsOf(request: ChangeRequest): Moment[] {
  const { did } = texts.request;
  const author = request.createdBy.name;
  const entered = request.stateTimestamps;
  const moments: Moment[] = [{ key: 'drafted', at: request.createdAt, who: author, icon: <PencilIcon size={12} />, did: did.drafted }];
  if (entered['In review']) {
    moments.push({ key: 'submitted', at: entered['In review'], who: author, icon: <EyeIcon size={12} />, did: did.submitted });
  }
  for (const { createdBy, createdAt } of request.approvals) {
    moments.push({ key: `approval ${createdBy.id}`, at: createdAt, who: createdBy.name, icon: <CheckIcon size={12} />, tone: 'green', did: did.approved });
  }
  if (entered.Approved && ['Approved', 'Scheduled', 'Applied'].includes(request.state)) {
    moments.push({ key: 'approved', at: entered.Approved, icon: <CheckIcon size={12} />, tone: 'green', did: did.becameApproved });
  }
  if (entered.Scheduled) {
    moments.push({
      key: 'scheduled',
      at: entered.Scheduled,
      who: request.scheduleDetails?.scheduledBy.name ?? '',
      icon: <ClockIcon size={12} />,
      tone: 'accent',
      did: request.schedule ? texts.schedule.scheduled(formatTime(request.schedule.scheduledAt, 'short')) : did.scheduled,
    });
  }
  const ends: [string, string, ReactNode, string][] = [
    ['Applied', did.applied, <GitMergeIcon key="applied" size={12} />, 'violet'],
    ['Rejected', did.rejected, <XIcon key="rejected" size={12} />, 'red'],
    ['Cancelled', did.cancelled, <CircleSlashIcon key="cancelled" size={12} />, ''],
  ];
  for (const [state, words, icon, tone] of ends) {
    if (!entered[state]) continue;
    moments.push({ key: state, at: entered[state], who: request.closedBy?.name ?? '', icon, tone, did: words, ...(request.closedReason ? { text: request.closedReason } : {}) });
  }
  for (const { id, createdAt, createdBy, text } of request.comments) moments.push({ key: `comment ${id}`, at: createdAt, who: createdBy.name, text });
  return moments.sort((a, b) => a.at.localeCompare(b.at));
}

/** What has happened to a request and what was said, in order, and room to say more. */
export function Discussion({ request }: { request: ChangeRequest }) {
  const [text, setText] = useState('');
  const me = useQuery(meQuery).data?.user;
  const say = useWrite({
    write: (said: string) => comment(request.project, request.id, said),
    touches: [changeRequestsKey],
    foresees: (said) => [
      {
        queryKey: requestQuery(request.project, request.id).queryKey,
        change: (shown: ChangeRequest): ChangeRequest => {
          const createdBy = { id: me?.id ?? 0, name: me ? nameOf(me) : '', username: null, imageUrl: null };
          return { ...shown, comments: [...shown.comments, { id: -shown.comments.length, text: said, createdAt: new Date().toISOString(), createdBy }] };
        },
      },
    ],
  });

  function submit(event: FormEvent) {
    event.preventDefault();
    setText('');
    // What was refused is there again, to be sent once more.
    say.mutate(text, { onError: () => setText((since) => since || text) });
  }

  return (
    <section>
      <h2 className={styles.title}>{texts.request.history}</h2>
      <ol className={styles.moments}>
        {momentsOf(request).map((moment) =>
          moment.did ? (
            <li key={moment.key} className={styles.moment}>
              <span className={styles.mark} data-tone={moment.tone}>
                {moment.icon}
              </span>
              <div className={styles.words}>
                {moment.who && <strong>{moment.who} </strong>}
                {moment.did} <Ago at={moment.at} />
                {moment.text && <p>{moment.text}</p>}
              </div>
            </li>
          ) : (
            <li key={moment.key} className={styles.moment}>
              <Avatar name={moment.who ?? ''} size={24} tip={false} />
              <div className={styles.comment}>
                <p className={styles.by}>
                  <strong>{moment.who}</strong> <Ago at={moment.at} />
                </p>
                <div className={styles.text}>
                  <Markdown text={moment.text ?? ''} />
                </div>
              </div>
            </li>
          ),
        )}
      </ol>
      <form onSubmit={submit} className={styles.form}>
        <Textarea
          aria-label={texts.request.comment}
          placeholder={texts.request.commentHint}
          maxLength={1000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
        />
        <Group justify="flex-end" mt={8}>
          <Button type="submit" variant="default" disabled={text.trim() === ''} loading={say.isPending}>
            {texts.request.comment}
          </Button>
        </Group>
      </form>
    </section>
  );
}
