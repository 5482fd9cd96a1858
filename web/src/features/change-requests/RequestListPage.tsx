import { Button, SegmentedControl } from '@mantine/core';
import { GitPullRequestIcon } from '@primer/octicons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type RequestSearch, requestSearchQuery } from '../../client/change-requests';
import { projectsQuery } from '../../client/projects';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/states';
import { AddressSearch } from '../../components/Search';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { keepFilters, type RequestFilters } from './filters';
import { anyOf, parseSearch } from './request-search';
import { RequestTable, type SortKey } from './RequestTable';

type Filters = RequestFilters & { whose?: 'asked' | 'all' };

/** Returns what the filters ask the server for. */
function searchOf({ whose, closed, q = '', sort = 'createdAt', order = 'desc' }: Filters): RequestSearch {
  const { words, feature, environment, status } = parseSearch(q);
  const states = Object.keys(texts.request.states).filter((state) => anyOf(status, state));
  return {
    state: status.length > 0 && states.length > 0 ? `IS_ANY_OF:${states.join(',')}` : closed ? 'IS:closed' : 'IS:open',
    ...(whose === 'all' ? {} : whose === 'asked' ? { requestedApproverId: 'IS:me' } : { createdBy: 'IS:me' }),
    ...(words === '' ? {} : { query: words }),
    ...(feature[0] === undefined ? {} : { feature: `IS:${feature[0]}` }),
    ...(environment[0] === undefined ? {} : { environment: `IS:${environment[0]}` }),
    sortBy: sort,
    sortOrder: order,
  };
}

/** Change requests of all projects: one's own, those that one was asked to review, or all that one may see. */
export function RequestListPage() {
  const filters = useSearch({ from: '/inside/change-requests' });
  const { whose, closed, sort = 'createdAt', order = 'desc' } = filters;
  const navigate = useNavigate({ from: '/change-requests' });
  const projects = useQuery(projectsQuery);
  const requests = useInfiniteQuery(requestSearchQuery(searchOf(filters)));
  const found = requests.data?.pages.flatMap((page) => page.changeRequests) ?? [];
  const total = requests.data?.pages[0]?.total ?? 0;
  function choose(changed: { [K in keyof Filters]?: Filters[K] | undefined }) {
    const next = Object.fromEntries(Object.entries({ ...filters, ...changed }).filter(([, value]) => value !== undefined && value !== '')) as Filters;
    keepFilters('', next);
    return navigate({ search: next, replace: true });
  }

  return (
    <Page title={texts.request.list} about={texts.request.about}>
      <Toolbar>
        <AddressSearch label={texts.request.searchAll} />
        <SegmentedControl
          aria-label={texts.request.whose}
          value={whose ?? 'mine'}
          onChange={(value) => choose({ whose: value === 'mine' ? undefined : value })}
          data={[
            { value: 'mine' as const, label: texts.request.mine },
            { value: 'asked' as const, label: texts.request.asked },
            { value: 'all' as const, label: texts.request.all },
          ]}
        />
        <SegmentedControl
          aria-label={texts.request.columns.state}
          value={closed ? 'closed' : 'open'}
          onChange={(value) => choose({ closed: value === 'closed' ? true : undefined })}
          data={[
            { value: 'open', label: texts.request.open },
            { value: 'closed', label: texts.request.closed },
          ]}
        />
      </Toolbar>
      {requests.isPending && <Loading lines={5} height={52} />}
      {requests.error && !requests.data && <Failed error={requests.error} retry={() => requests.refetch()} />}
      {requests.data && found.length === 0 && <Nothing filters={filters} choose={choose} />}
      {found.length > 0 && (
        <>
          <RequestTable
            requests={found.map((request) => ({
              ...request,
              title: request.title ?? texts.request.defaultTitle(request.id),
              by: request.createdBy.name,
              projectName: projects.data?.find((one) => one.id === request.project)?.name ?? request.project,
              names: [...request.segments, ...request.features],
            }))}
            sort={{ key: sort, order, choose: (key: SortKey) => choose({ sort: key, order: key === sort && order === 'asc' ? 'desc' : 'asc' }) }}
          />
          {requests.hasNextPage && (
            <Button variant="default" mt="sm" loading={requests.isFetchingNextPage} onClick={() => requests.fetchNextPage()}>
              {texts.showMore} ({texts.shownOf(found.length, total)})
            </Button>
          )}
        </>
      )}
    </Page>
  );
}

/** Says that a list is empty, and leads to where there may be something. */
function Nothing({ filters: { whose, closed, q }, choose }: { filters: Filters; choose: (changed: { q?: undefined; whose?: 'all' }) => void }) {
  const words = closed ? texts.request.noneClosed : texts.request.noneOpen;
  const action = q ? { say: texts.flag.filters.clear, act: () => choose({ q: undefined }) } : { say: texts.request.showAll, act: () => choose({ whose: 'all' }) };
  return (
    <Empty
      icon={<GitPullRequestIcon size={24} />}
      title={q ? texts.request.nothing : words[whose ?? 'mine']}
      {...(q || whose !== 'all'
        ? {
            action: (
              <Button variant="default" onClick={action.act}>
                {action.say}
              </Button>
            ),
          }
        : {})}
    >
      {q ? texts.request.nothingWords : !closed && whose !== 'asked' && texts.request.nothingOpenWords}
    </Empty>
  );
}
