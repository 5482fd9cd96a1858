import { Button } from '@mantine/core';
import { PeopleIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { useMay } from '../../client/me';
import { projectsQuery } from '../../client/projects';
import { type Segment, segmentsQuery } from '../../client/segments';
import { Chip } from '../../components/Chip';
import { ConstraintView } from '../../components/ConstraintView';
import { DraftBanner } from '../../components/DraftBanner';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { AddressSearch, has } from '../../components/Search';
import { Empty, Failed, Loading } from '../../components/states';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { SegmentForm } from './SegmentForm';
import styles from './SegmentListPage.module.css';

const constraintsShown = 3;

/** All segments that the person may see. */
export function SegmentListPage() {
  const { q = '' } = useSearch({ from: '/inside/segments' });
  const navigate = useNavigate({ from: '/segments' });
  const segments = useQuery(segmentsQuery);
  const may = useMay();
  const mayCreate = may('CREATE_SEGMENT') || may('UPDATE_PROJECT_SEGMENT');
  // What is edited: a segment, or a new one; null is nothing.
  const [form, setForm] = useState<Segment | 'new' | null>(null);
  // Where an edit was proposed last: the reminder of one's draft belongs to a project.
  const [proposedIn, setProposedIn] = useState<string | null>(null);
  const shown = (segments.data ?? [])
    .filter((segment) => has(q, segment.name, segment.description))
    .sort((a, b) => a.name.localeCompare(b.name));
  const create = (
    <MayButton may={mayCreate} why={texts.segment.mayNot} leftSection={<PlusIcon />} onClick={() => setForm('new')}>
      {texts.segment.create}
    </MayButton>
  );

  return (
    <>
    {proposedIn !== null && <DraftBanner projectId={proposedIn} />}
    <Page title={texts.segment.list} about={texts.segment.about} actions={create}>
      <Toolbar>
        <AddressSearch label={texts.segment.filter} />
      </Toolbar>
      {segments.isPending && <Loading height={64} lines={4} />}
      {segments.error && !segments.data && <Failed error={segments.error} retry={() => segments.refetch()} />}
      {segments.data && shown.length === 0 && (
        <Empty
          icon={<PeopleIcon size={24} />}
          title={q === '' ? texts.segment.none : texts.segment.noneFound(q)}
          action={
            q === '' ? (
              create
            ) : (
              <Button variant="default" onClick={() => navigate({ search: {}, replace: true })}>
                {texts.flag.filters.clear}
              </Button>
            )
          }
        >
          {q === '' && texts.segment.noneWords}
        </Empty>
      )}
      {shown.length > 0 && (
        <ul className={styles.list}>
          {shown.map((segment) => (
            <Row key={segment.id} segment={segment} onOpen={() => setForm(segment)} />
          ))}
        </ul>
      )}
      {form !== null && <SegmentForm {...(form === 'new' ? {} : { segment: form })} onProposed={setProposedIn} onClose={() => setForm(null)} />}
    </Page>
    </>
  );
}

function Row({ segment, onOpen }: { segment: Segment; onOpen: () => void }) {
  const projects = useQuery(projectsQuery);
  const project = projects.data?.find((one) => one.id === segment.project)?.name ?? segment.project;
  const rest = segment.constraints.length - constraintsShown;
  return (
    <li className={styles.row}>
      <div className={styles.body}>
        <div className={styles.head}>
          <button type="button" className={styles.name} onClick={onOpen}>
            {segment.name}
          </button>
          <Chip>{project ?? texts.segment.everywhere}</Chip>
        </div>
        {segment.description && <p className={styles.dim}>{segment.description}</p>}
        <ul className={styles.constraints}>
          {segment.constraints.slice(0, constraintsShown).map((constraint) => (
            <li key={JSON.stringify(constraint)}>
              <ConstraintView constraint={constraint} />
            </li>
          ))}
          {rest > 0 && <li className={styles.dim}>{texts.constraint.more(rest)}</li>}
          {segment.constraints.length === 0 && <li className={styles.dim}>{texts.constraint.none}</li>}
        </ul>
      </div>
      <span className={styles.dim}>{texts.segment.uses(segment.usedInFeatures)}</span>
    </li>
  );
}
