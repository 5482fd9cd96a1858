import { Button, SegmentedControl, Select } from '@mantine/core';
import { DownloadIcon, GraphIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type Insight, insightQuery, type Tally } from '../../client/insights';
import { environmentsQuery, projectsQuery } from '../../client/projects';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { Page } from '../../components/Page';
import { Panel } from '../../components/Panel';
import { Empty, Failed, Loading } from '../../components/states';
import { MainCell, Table } from '../../components/Table';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { csvOf, download } from './csv';
import styles from './InsightPage.module.css';
import { Durations, OverTime } from './plots';
import { insightTexts } from '../../texts/insights';

const usual = '90';

/** How change requests fared in a period: how many, how long, and who is waited for. */
export function InsightPage() {
  const filters = useSearch({ from: '/inside/insights' });
  const navigate = useNavigate({ from: '/insights' });
  const projects = useQuery(projectsQuery);
  const all = useQuery({ ...allEnvironmentsQuery, enabled: filters.project === undefined });
  const here = useQuery({ ...environmentsQuery(filters.project ?? ''), enabled: filters.project !== undefined });
  const environments = (filters.project === undefined ? all.data : here.data) ?? [];
  const days = filters.days !== undefined && Object.hasOwn(insightTexts.days, filters.days) ? filters.days : usual;
  // A day, so that the question is the same all day long.
  const from = useMemo(() => new Date(Date.now() - Number(days) * 86_400_000).toISOString().slice(0, 10), [days]);
  const { project, environment } = filters;
  const insight = useQuery(insightQuery({ from, ...(project ? { project } : {}), ...(environment ? { environment } : {}) }));

  type Filters = typeof filters;
  function choose(changed: { [K in keyof Filters]?: Filters[K] | undefined }) {
    const next = Object.entries({ ...filters, ...changed }).filter(([, value]) => value !== undefined);
    return navigate({ search: Object.fromEntries(next) as Filters, replace: true });
  }

  return (
    <Page
      title={insightTexts.title}
      about={insightTexts.about}
      actions={
        insight.data &&
        insight.data.requests.length > 0 && (
          <Button
            variant="default"
            leftSection={<DownloadIcon />}
            onClick={() => download(`change-requests-${from}.csv`, csvOf(insight.data.requests))}
          >
            {insightTexts.download}
          </Button>
        )
      }
    >
      <Toolbar>
        <Select
          aria-label={insightTexts.project}
          placeholder={insightTexts.project}
          clearable
          searchable
          data={projects.data?.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={project ?? null}
          onChange={(value) => choose({ project: value ?? undefined, environment: undefined })}
        />
        <Select
          aria-label={insightTexts.environment}
          placeholder={insightTexts.environment}
          flex="0 1 150px"
          clearable
          data={environments.map(({ name }) => name)}
          value={environment ?? null}
          onChange={(value) => choose({ environment: value ?? undefined })}
        />
        <SegmentedControl
          aria-label={insightTexts.period}
          value={days}
          onChange={(value) => choose({ days: value === usual ? undefined : value })}
          data={Object.entries(insightTexts.days).map(([value, label]) => ({ value, label }))}
        />
      </Toolbar>
      {insight.isPending && <Loading lines={3} height={140} />}
      {insight.error && !insight.data && <Failed error={insight.error} retry={() => insight.refetch()} />}
      {insight.data && <Findings insight={insight.data} />}
    </Page>
  );
}

function Findings({ insight }: { insight: Insight }) {
  const { total, periods, places } = insight;
  return (
    <div className={styles.parts}>
      <Figures tally={total} />
      {total.submitted === 0 ? (
        <Empty icon={<GraphIcon size={24} />} title={insightTexts.none}>
          {insightTexts.noneWords}
        </Empty>
      ) : (
        <>
          <Panel title={insightTexts.over} words={insightTexts.overWords}>
            <OverTime periods={periods} />
          </Panel>
          <Panel title={insightTexts.time} words={insightTexts.timeWords}>
            <Durations tally={total} />
          </Panel>
        </>
      )}
      <Waiters insight={insight} />
      {places.length > 0 && (
        <Panel title={insightTexts.places} flush>
          <Table
            label={insightTexts.places}
            columns={[
              { key: 'place', label: insightTexts.project },
              { key: 'submitted', label: insightTexts.submitted, align: 'right' },
              { key: 'applied', label: insightTexts.applied, align: 'right' },
              { key: 'rejected', label: insightTexts.rejected, align: 'right', wide: true },
              { key: 'bypasses', label: insightTexts.bypasses, align: 'right', wide: true },
              { key: 'approval', label: insightTexts.median, align: 'right', wide: true },
            ]}
          >
            {places.map((place) => (
              <tr key={`${place.project} ${place.environment}`}>
                <MainCell words={place.environment}>
                  <Link to="/projects/$projectId/change-requests" params={{ projectId: place.project }}>
                    {place.project}
                  </Link>
                </MainCell>
                <td data-align="right">{place.submitted}</td>
                <td data-align="right">{place.applied}</td>
                <td data-align="right" data-wide>
                  {place.rejected}
                </td>
                <td data-align="right" data-wide>
                  {place.bypasses}
                </td>
                <td data-align="right" data-wide>
                  {place.approval.count === 0 ? insightTexts.never : insightTexts.duration(place.approval.median)}
                </td>
              </tr>
            ))}
          </Table>
        </Panel>
      )}
    </div>
  );
}

/** The numbers in short. */
function Figures({ tally }: { tally: Tally }) {
  const ends = [
    ['submitted', tally.submitted],
    ['applied', tally.applied],
    ['open', tally.open],
    ['rejected', tally.rejected],
    ['cancelled', tally.cancelled],
    ['expired', tally.expired],
    ['bypasses', tally.bypasses],
  ] as const;
  return (
    <dl className={styles.figures}>
      {ends.map(([key, n]) => (
        <div key={key} className={styles.figure}>
          <dt>{insightTexts[key]}</dt>
          <dd>
            {n.toLocaleString()}
            {key !== 'submitted' && key !== 'bypasses' && <span> {insightTexts.share(n, tally.submitted)}</span>}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Waiters({ insight: { waiting, waitingForAnyone, waitingToApply, requests } }: { insight: Insight }) {
  const projectOf = (id: number) => requests.find((request) => request.id === id)?.project;
  return (
    <Panel title={insightTexts.waiting} words={insightTexts.waitingWords} flush={waiting.length > 0}>
      {waiting.length > 0 && (
        <Table
          label={insightTexts.waiting}
          columns={[
            { key: 'who', label: insightTexts.person },
            { key: 'requests', label: insightTexts.requests },
            { key: 'since', label: insightTexts.since },
          ]}
        >
          {waiting.map(({ user, group, requests: ids, since }) => {
            const name = user?.name ?? insightTexts.group(group?.name ?? '');
            return (
              <tr key={`${user?.id} ${group?.id}`}>
                <MainCell>
                  <Avatar name={user?.name ?? group?.name ?? ''} size={20} tip={false} /> {name}
                </MainCell>
                <td>
                  <span className={styles.links}>
                    {ids.map((id) => {
                      const projectId = projectOf(id);
                      // One that was sent to review before the period is not among the rows; its project is not known here.
                      return projectId === undefined ? (
                        <span key={id}>{texts.request.number(id)}</span>
                      ) : (
                        <Link key={id} to="/projects/$projectId/change-requests/$id" params={{ projectId, id }}>
                          {texts.request.number(id)}
                        </Link>
                      );
                    })}
                  </span>
                </td>
                <td>
                  <Ago at={since} />
                </td>
              </tr>
            );
          })}
        </Table>
      )}
      {waiting.length + waitingForAnyone + waitingToApply === 0 && <p className={styles.rest}>{insightTexts.nobody}</p>}
      {waitingForAnyone > 0 && <p className={styles.rest}>{insightTexts.anyone(waitingForAnyone)}</p>}
      {waitingToApply > 0 && <p className={styles.rest}>{insightTexts.toApply(waitingToApply)}</p>}
    </Panel>
  );
}
