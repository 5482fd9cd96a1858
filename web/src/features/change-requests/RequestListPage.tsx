import { Button, SegmentedControl } from '@mantine/core';
import { GitPullRequestIcon } from '@primer/octicons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { type RequestSearch, requestSearchQuery } from '../../client/change-requests';
import { meQuery } from '../../client/me';
import { projectsQuery } from '../../client/projects';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/states';
import { Search } from '../../components/Search';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { anyOf, parseSearch } from './request-search';
import { RequestTable } from './RequestTable';

/** Returns what a search asks the server for, among open requests or closed ones. */
function filterOf(q: string, closed: boolean): RequestSearch {
  const { words, feature, environment, status } = parseSearch(q);
  const states = Object.keys(texts.request.states).filter((state) => anyOf(status, state));
  return {
    state: status.length > 0 && states.length > 0 ? `IS_ANY_OF:${states.join(',')}` : closed ? 'IS:closed' : 'IS:open',
    ...(words === '' ? {} : { query: words }),
    ...(feature[0] === undefined ? {} : { feature: `IS:${feature[0]}` }),
    ...(environment[0] === undefined ? {} : { environment: `IS:${environment[0]}` }),
  };
}

/** Change requests of all projects: one's own, and those that one was asked to review. */
export function RequestListPage() {
  const { asked, closed, q = '' } = useSearch({ from: '/inside/change-requests' });
  const navigate = useNavigate({ from: '/change-requests' });
  const me = useQuery(meQuery);
  const projects = useQuery(projectsQuery);
  const who = `IS:${me.data?.user.id}`;
  const requests = useInfiniteQuery(
    requestSearchQuery({ ...filterOf(q, closed === true), ...(asked ? { requestedApproverId: who } : { createdBy: who }) }),
  );
  const found = requests.data?.pages.flatMap((page) => page.changeRequests) ?? [];
  const total = requests.data?.pages[0]?.total ?? 0;
  const choose = (changed: { asked?: boolean; closed?: boolean; q?: string }) => {
    const next = { asked: asked ?? false, closed: closed ?? false, q, ...changed };
    return navigate({
      search: { ...(next.asked ? { asked: true as const } : {}), ...(next.closed ? { closed: true as const } : {}), ...(next.q === '' ? {} : { q: next.q }) },
      replace: true,
    });
  };

  return (
    <Page title={texts.request.list} about={texts.request.about}>
      <Toolbar>
        <Search label={texts.request.searchAll} value={q} onChange={(value) => choose({ q: value })} />
        <SegmentedControl
          aria-label={texts.request.columns.by}
          value={asked ? 'asked' : 'mine'}
          onChange={(value) => choose({ asked: value === 'asked' })}
          data={[
            { value: 'mine', label: texts.request.mine },
            { value: 'asked', label: texts.request.asked },
          ]}
        />
        <SegmentedControl
          aria-label={texts.request.columns.state}
          value={closed ? 'closed' : 'open'}
          onChange={(value) => choose({ closed: value === 'closed' })}
          data={[
            { value: 'open', label: texts.request.open },
            { value: 'closed', label: texts.request.closed },
          ]}
        />
      </Toolbar>
      {requests.isPending && <Loading lines={5} height={52} />}
      {requests.error && !requests.data && <Failed error={requests.error} retry={() => requests.refetch()} />}
      {requests.data && found.length === 0 && (
        <Empty icon={<GitPullRequestIcon size={24} />} title={texts.request.nothing}>
          {texts.request.nothingWords}
        </Empty>
      )}
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
