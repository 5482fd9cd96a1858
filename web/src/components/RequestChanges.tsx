import { ActionIcon, Tooltip } from '@mantine/core';
import { PeopleIcon, PencilIcon, TrashIcon } from '@primer/octicons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { lazy, Suspense, useState } from 'react';
import { actionOf, type ChangeRequest, changeRequestsKey, countOf, discardChange, type Entry } from '../client/change-requests';
import { texts } from '../texts';
import { ChangeView } from './ChangeView';
import { changeSentence } from './change-words';
import { ImpactView } from './ImpactView';
import styles from './RequestChanges.module.css';
import { RequestLinks } from './ScheduleNotice';
import { failed } from './toast';

const ChangeForm = lazy(() => import('./ChangeForm').then((module) => ({ default: module.ChangeForm })));

/** The name under which a flag or segment is found on the page. */
export function anchorOf(name: string): string {
  return `changes-${name}`;
}

/**
 * The changes of a request: first those of segments, then those of each flag, with what they
 * do to who gets it, and the flags that change only because their segments do.
 */
export function RequestChanges({ request }: { request: ChangeRequest }) {
  const impacts = request.impact ?? [];
  const changed = new Set(request.features.map(({ name }) => name));
  return (
    <div className={styles.groups}>
      {request.segments.map((change) => (
        <section key={change.id} id={anchorOf(change.name)} className={styles.group} aria-label={change.name}>
          <h3 className={styles.name}>
            <PeopleIcon /> {change.name}
          </h3>
          <ChangeView change={change} conflict={change.conflict} actions={<EntryActions request={request} entry={change} />} />
          <Suspends projectId={request.project} conflicts={change.scheduleConflicts} />
        </section>
      ))}
      {request.features.map((feature) => (
        <section key={feature.name} id={anchorOf(feature.name)} className={styles.group} aria-label={feature.name}>
          <h3 className={styles.name}>
            <Link to="/projects/$projectId/features/$featureName" params={{ projectId: request.project, featureName: feature.name }}>
              {feature.name}
            </Link>
          </h3>
          {feature.conflict && <p className={styles.conflict}>{feature.conflict}</p>}
          {feature.changes.map((change) => (
            <div key={change.id} className={styles.change}>
              <ChangeView
                change={change}
                at={{ projectId: request.project, feature: feature.name, environment: request.environment }}
                conflict={change.conflict}
                actions={<EntryActions request={request} entry={change} feature={feature.name} />}
              />
              <Suspends projectId={request.project} conflicts={change.scheduleConflicts} />
            </div>
          ))}
          {feature.defaultChange && (
            <p className={styles.besides}>
              {feature.defaultChange.action === 'addStrategy' ? texts.change.besidesAdd : texts.change.besidesOff}
            </p>
          )}
          {impacts
            .filter((impact) => impact.feature === feature.name)
            .map((impact) => (
              <ImpactView key={impact.environment} impact={impact} />
            ))}
        </section>
      ))}
      {impacts
        .filter((impact) => !changed.has(impact.feature))
        .map((impact) => (
          <section key={`${impact.feature} ${impact.environment}`} id={anchorOf(impact.feature)} className={styles.group} aria-label={impact.feature}>
            <h3 className={styles.name}>
              {impact.feature} <span className={styles.because}>{texts.request.touched}</span>
            </h3>
            <ImpactView impact={impact} />
          </section>
        ))}
    </div>
  );
}

/** The scheduled requests that a change would suspend. */
function Suspends({ projectId, conflicts }: { projectId: string; conflicts: Entry['scheduleConflicts'] }) {
  if (!conflicts) return null;
  return (
    <p className={styles.besides}>
      {texts.schedule.change} <RequestLinks projectId={projectId} requests={conflicts.changeRequests} />
    </p>
  );
}

/** The actions whose content is written in a form. What the others say can only be taken out. */
const editable = new Set(['addStrategy', 'updateStrategy', 'reorderStrategy', 'patchVariant', 'addDependency', 'updateSegment']);

/** What the author can do to a change: edit it in place, or take it out. */
function EntryActions({ request, entry, feature }: { request: ChangeRequest; entry: Entry; feature?: string }) {
  const [editing, setEditing] = useState(false);
  const label = texts.request.editChange(changeSentence(entry));
  const mayEdit = editable.has(entry.action) && actionOf(request, 'edit').allowed;
  return (
    <span style={{ display: 'inline-flex' }}>
      {mayEdit && (
        <Tooltip label={label}>
          <ActionIcon size={24} aria-label={label} onClick={() => setEditing(true)}>
            <PencilIcon />
          </ActionIcon>
        </Tooltip>
      )}
      <Discard request={request} entry={entry} />
      <Suspense>{editing && <ChangeForm request={request} entry={entry} feature={feature} onClose={() => setEditing(false)} />}</Suspense>
    </span>
  );
}

function Discard({ request, entry }: { request: ChangeRequest; entry: Entry }) {
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => discardChange(request.project, request.id, entry.id),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: changeRequestsKey }),
    onError: failed,
  });
  // A submitted request keeps its last change; it is cancelled instead.
  if (!actionOf(request, 'edit').allowed || (request.state !== 'Draft' && countOf(request) === 1)) return null;
  const label = texts.request.discardChange(changeSentence(entry));
  return (
    <Tooltip label={label}>
      <ActionIcon size={24} aria-label={label} loading={remove.isPending} onClick={() => remove.mutate()}>
        <TrashIcon />
      </ActionIcon>
    </Tooltip>
  );
}
