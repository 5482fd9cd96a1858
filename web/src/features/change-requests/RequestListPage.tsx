import { Button, SegmentedControl } from '@mantine/core';
import { GitPullRequestIcon } from '@primer/octicons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { requestSearchQuery } from '../../client/change-requests';
import { meQuery } from '../../client/me';
import { projectsQuery } from '../../client/projects';
import { Page } from '../../components/Page';
import { Empty, Failed, Loading } from '../../components/states';
import { Toolbar } from '../../components/Toolbar';
import { texts } from '../../texts';
import { RequestTable } from './RequestTable';

/** Change requests of all projects: one's own, and those that one was asked to review. */
export function RequestListPage() {
  const { asked, closed } = useSearch({ from: '/inside/change-requests' });
  const navigate = useNavigate({ from: '/change-requests' });
  const me = useQuery(meQuery);
  const projects = useQuery(projectsQuery);
  const who = `IS:${me.data?.user.id}`;
  const requests = useInfiniteQuery(
    requestSearchQuery({ state: closed ? 'IS:closed' : 'IS:open', ...(asked ? { requestedApproverId: who } : { createdBy: who }) }),
  );
  const found = requests.data?.pages.flatMap((page) => page.changeRequests) ?? [];
  const total = requests.data?.pages[0]?.total ?? 0;
  const choose = (changed: { asked?: boolean; closed?: boolean }) => {
    const next = { asked: asked ?? false, closed: closed ?? false, ...changed };
    return navigate({ search: { ...(next.asked ? { asked: true as const } : {}), ...(next.closed ? { closed: true as const } : {}) }, replace: true });
  };

  return (
    <Page title={texts.request.list} about={texts.request.about}>
      <Toolbar>
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
