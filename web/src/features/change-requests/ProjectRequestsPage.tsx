import { Button, SegmentedControl } from '@mantine/core';
import { GitPullRequestIcon, SearchIcon, ShieldLockIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router';
import { type ChangeRequestSummary, protectionQuery, requestsQuery } from '../../client/change-requests';
import { ProjectPage } from '../../components/ProjectPage';
import { RequestViews } from '../../components/RequestViews';
import { AddressSearch } from '../../components/Search';
import { Empty, Failed, Loading } from '../../components/states';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { keepFilters, type RequestFilters } from './filters';
import { anyOf, parseSearch } from './request-search';
import { RequestTable, type ShownRequest, type SortKey } from './RequestTable';

const closed = new Set(['Applied', 'Rejected', 'Cancelled']);

function shownOf(request: ChangeRequestSummary): ShownRequest {
  return {
    ...request,
    by: request.createdBy.name,
    names: [...request.segments.map(({ name }) => name), ...request.features.map(({ name }) => name)],
  };
}

/** The change requests of a project. */
export function ProjectRequestsPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/change-requests' });
  const filters = useSearch({ from: '/inside/projects/$projectId/change-requests' });
  const navigate = useNavigate({ from: '/projects/$projectId/change-requests' });
  const requests = useQuery(requestsQuery(projectId));
  const protections = useQuery(protectionQuery(projectId));
  const search = (filters.q ?? '').trim();
  const asked = parseSearch(search);
  const sort = filters.sort ?? 'createdAt';
  const order = filters.order ?? 'desc';
  const all = (requests.data ?? []).map(shownOf);
  // The numbers say how many of each there are that the search finds.
  const found = all.filter(
    ({ id, title, by, environment, state, schedule, names }) =>
      anyOf(asked.feature, ...names) &&
      anyOf(asked.by, by) &&
      anyOf(asked.environment, environment) &&
      anyOf(asked.status, state, ...(schedule ? [schedule.status] : [])) &&
      anyOf(asked.words === '' ? [] : [asked.words], title, texts.request.number(id), by, environment, ...names),
  );
  const open = found.filter((request) => !closed.has(request.state));
  const shown = (filters.closed ? found.filter((request) => closed.has(request.state)) : open)
    .sort((a, b) => (order === 'asc' ? 1 : -1) * a[sort].localeCompare(b[sort]));

  function choose(changed: { [K in keyof RequestFilters]?: RequestFilters[K] | undefined }) {
    const next = Object.fromEntries(Object.entries({ ...filters, ...changed }).filter(([, value]) => value !== undefined && value !== '')) as RequestFilters;
    keepFilters(projectId, next);
    return navigate({ search: next, replace: true });
  }

  const unprotected = protections.data?.every((one) => !one.changeRequestEnabled) ?? false;
  return (
    <ProjectPage projectId={projectId} tab="requests">
      <RequestViews projectId={projectId} on="list" />
      <Toolbar>
        <AddressSearch label={texts.request.search} hint={texts.request.searchHint} />
        <SegmentedControl
          aria-label={texts.request.columns.state}
          value={filters.closed ? 'closed' : 'open'}
          onChange={(value) => choose({ closed: value === 'closed' ? true : undefined })}
          data={[
            { value: 'open', label: texts.count(texts.request.open, open.length) },
            { value: 'closed', label: texts.count(texts.request.closed, found.length - open.length) },
          ]}
        />
      </Toolbar>
      {requests.isPending && <Loading lines={5} height={52} />}
      {requests.error && !requests.data && <Failed error={requests.error} retry={() => requests.refetch()} />}
      {requests.data && shown.length === 0 && search !== '' && (
        <Empty
          icon={<SearchIcon size={24} />}
          title={texts.request.nothing}
          action={
            <Button variant="default" onClick={() => choose({ q: undefined })}>
              {texts.flag.filters.clear}
            </Button>
          }
        >
          {texts.request.nothingWords}
        </Empty>
      )}
      {requests.data && shown.length === 0 && search === '' && unprotected && (
        <Empty
          icon={<ShieldLockIcon size={24} />}
          title={texts.request.notProtected}
          action={
            <Button variant="default" renderRoot={(props) => <Link to="/projects/$projectId/settings" params={{ projectId }} {...props} />}>
              {texts.request.toSettings}
            </Button>
          }
        >
          {texts.request.notProtectedWords}
        </Empty>
      )}
      {requests.data && shown.length === 0 && search === '' && !unprotected && (
        <Empty icon={<GitPullRequestIcon size={24} />} title={filters.closed ? texts.request.nothing : texts.request.nothingOpen}>
          {!filters.closed && texts.request.nothingOpenWords}
        </Empty>
      )}
      {shown.length > 0 && (
        <RequestTable
          requests={shown}
          sort={{
            key: sort,
            order,
            choose: (key: SortKey) => choose({ sort: key, order: key === sort && order === 'asc' ? 'desc' : 'asc' }),
          }}
        />
      )}
    </ProjectPage>
  );
}
