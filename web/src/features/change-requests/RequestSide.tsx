import { CheckCircleFillIcon, CheckIcon, ClockIcon, PeopleIcon, XCircleFillIcon } from '@primer/octicons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { actionOf, type Asked, askReviewers, type ChangeRequest, changeRequestsKey } from '../../client/change-requests';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { askedOf, ReviewersField } from '../../components/ReviewersField';
import { StateChip } from '../../components/StateChip';
import { failed } from '../../components/toast';
import { texts } from '../../texts';
import styles from './RequestSide.module.css';

/** What is still missing, who reviews, and what else changes the same. */
export function RequestSide({ request }: { request: ChangeRequest }) {
  return (
    <aside className={styles.side} aria-label={texts.request.standing}>
      {(request.standing.length > 0 || request.missing || request.round > 1) && <section>
        <h2 className={styles.name}>{texts.request.standing}</h2>
        <ul className={styles.list}>
          {request.standing.map((place) => (
            <li key={`${place.project} ${place.environment}`} className={styles.place}>
              <span className={styles.grow}>{place.environment}</span>
              <span className={styles.ticks} aria-hidden="true">
                {Array.from({ length: place.required }, (_, index) => (
                  <span key={index} data-given={index < place.given}>
                    {index < place.given && <CheckIcon size={12} />}
                  </span>
                ))}
              </span>
              <span className={styles.dim}>{texts.request.standingOf(place.given, place.required)}</span>
            </li>
          ))}
        </ul>
        {request.missing && <p className={styles.missing}>{request.missing}</p>}
        {request.round > 1 && <p className={styles.dim}>{texts.request.round(request.round)}</p>}
      </section>}
      <Reviewers request={request} />
      {request.deadline && (
        <section>
          <h2 className={styles.name}>{texts.request.deadline}</h2>
          <Ago at={request.deadline} ahead />
        </section>
      )}
      {request.overlaps.length > 0 && (
        <section>
          <h2 className={styles.name}>{texts.request.overlaps}</h2>
          <ul className={styles.list}>
            {request.overlaps.map((other) => (
              <li key={other.id} className={styles.place}>
                <Link
                  to="/projects/$projectId/change-requests/$id"
                  params={{ projectId: other.project, id: other.id }}
                  className={styles.link}
                >
                  {texts.request.number(other.id)} {other.title}
                </Link>
                <StateChip state={other.state} />
              </li>
            ))}
          </ul>
        </section>
      )}
    </aside>
  );
}

function Reviewers({ request }: { request: ChangeRequest }) {
  const queryClient = useQueryClient();
  const ask = useMutation({
    mutationFn: (asked: Asked) => askReviewers(request, asked),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: changeRequestsKey }),
    onError: failed,
  });
  const approved = new Set(request.approvals.map(({ createdBy }) => createdBy.id));
  const rejected = new Set(request.rejections.map(({ createdBy }) => createdBy.id));
  const people = new Map(request.reviewers.map((person) => [person.id, person]));
  for (const { createdBy } of [...request.approvals, ...request.rejections]) people.set(createdBy.id, createdBy);
  const mark: Record<string, ReactNode> = {
    approved: <CheckCircleFillIcon />,
    rejected: <XCircleFillIcon />,
    waits: <ClockIcon />,
  };
  return (
    <section>
      <h2 className={styles.name}>{texts.request.reviewers}</h2>
      {people.size + request.reviewerGroups.length === 0 && <p className={styles.dim}>{texts.request.noneAsked}</p>}
      <ul className={styles.list}>
        {[...people.values()].map((person) => {
          const state = rejected.has(person.id) ? 'rejected' : approved.has(person.id) ? 'approved' : 'waits';
          const words = { approved: texts.request.hasApproved, rejected: texts.request.hasRejected, waits: texts.request.waits }[state];
          return (
            <li key={person.id} className={styles.place}>
              <Avatar name={person.name} tip={false} />
              <span className={styles.grow}>{person.name}</span>
              <span className={styles.verdict} data-state={state}>
                {mark[state]}
                {words}
              </span>
            </li>
          );
        })}
        {request.reviewerGroups.map((group) => (
          <li key={`group ${group.id}`} className={styles.place}>
            <PeopleIcon />
            <span className={styles.grow}>{group.name}</span>
            <span className={styles.dim}>{texts.request.group}</span>
          </li>
        ))}
      </ul>
      {actionOf(request, 'askReviewers').allowed && (
        <div className={styles.ask}>
          <ReviewersField
            request={request}
            value={ask.isPending ? ask.variables : askedOf(request)}
            onChange={(asked) => ask.mutate(asked)}
            label={texts.request.reviewersHint}
          />
        </div>
      )}
    </section>
  );
}
