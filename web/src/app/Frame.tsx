import { ActionIcon, Button, Drawer, Kbd, UnstyledButton } from '@mantine/core';
import { useDisclosure, useHotkeys } from '@mantine/hooks';
import { BeakerIcon, ClockIcon, FlagIcon, GearIcon, GitPullRequestIcon, GraphIcon, HistoryIcon, InboxIcon, PeopleIcon, PlugIcon, ProjectIcon, SearchIcon, ThreeBarsIcon } from '@primer/octicons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useRouterState } from '@tanstack/react-router';
import { lazy, type ReactNode, Suspense, useEffect, useSyncExternalStore } from 'react';
import { unreadQuery } from '../client/inbox';
import { useMay } from '../client/me';
import { projectsQuery } from '../client/projects';
import { Logo } from '../components/Logo';
import { ProposalDialog } from '../components/ProposalDialog';
import { ReasonDialog } from '../components/ReasonDialog';
import { unread } from '../components/unread';
import { texts } from '../texts';
import { AccountMenu } from './AccountMenu';
import { adminPages } from './admin-pages';
import styles from './Frame.module.css';
import { reached } from './query-client';

const Palette = lazy(() => import('./Palette').then((module) => ({ default: module.Palette })));

const modifier = /Mac|iP(hone|ad)/.test(navigator.platform) ? '⌘' : 'Ctrl';

/** The frame around every page: where to go, the search, and who is signed in. */
export function Frame({ children }: { children: ReactNode }) {
  const [searching, search] = useDisclosure();
  const [menuOpen, menu] = useDisclosure();
  const path = useRouterState({ select: (state) => state.location.pathname });
  useHotkeys([['mod+K', search.toggle]], []);
  // A page that was chosen in the menu is wanted, not the menu.
  useEffect(menu.close, [path]);
  const told = useQuery(unreadQuery).data ?? 0;
  useEffect(() => unread.set(told), [told]);

  return (
    <div className={styles.frame}>
      <a className={styles.skip} href="#content">
        {texts.frame.skip}
      </a>
      {/* No header: one in a dialog would be a second banner to screen readers. */}
      <nav className={styles.top} aria-label={texts.frame.top}>
        <ActionIcon onClick={menu.open} aria-label={texts.frame.menu} size="lg">
          <ThreeBarsIcon />
        </ActionIcon>
        <Link to="/projects" className={styles.brand}>
          <Logo />
          {texts.name}
        </Link>
        <ActionIcon onClick={search.open} aria-label={texts.frame.search} size="lg" ml="auto">
          <SearchIcon />
        </ActionIcon>
      </nav>
      <div className={styles.side}>
        <Navigation onSearch={search.open} />
      </div>
      <Drawer opened={menuOpen} onClose={menu.close} position="left" size={280} title={texts.frame.menu} padding={12}>
        <Navigation
          onSearch={() => {
            menu.close();
            search.open();
          }}
        />
      </Drawer>
      <main id="content" className={styles.content} tabIndex={-1}>
        <Lost />
        {children}
      </main>
      <ProposalDialog />
      <ReasonDialog />
      <Suspense>{searching && <Palette onClose={search.close} />}</Suspense>
    </div>
  );
}

/** Says that the server cannot be reached, until it answers: what is asked every few seconds tells. */
function Lost() {
  const queryClient = useQueryClient();
  const here = useSyncExternalStore(reached.subscribe, reached.get);
  return (
    <div role="status" className={styles.status}>
      {!here && (
        <div className={styles.lost}>
          <PlugIcon />
          <span>{texts.state.lost}</span>
          <Button variant="default" onClick={() => queryClient.invalidateQueries()}>
            {texts.state.retry}
          </Button>
        </div>
      )}
    </div>
  );
}

const favoritesShown = 12;

function Navigation({ onSearch }: { onSearch: () => void }) {
  const projects = useQuery(projectsQuery);
  const may = useMay();
  const atAdmin = useRouterState({ select: (state) => state.matches.some(({ routeId }) => routeId.startsWith('/inside/admin')) });
  const told = useQuery(unreadQuery).data ?? 0;
  const favorites = projects.data?.filter((project) => project.favorite).slice(0, favoritesShown) ?? [];
  return (
    <nav className={styles.navigation} aria-label={texts.frame.navigation}>
      <Link to="/projects" className={`${styles.brand} ${styles.home}`}>
        <Logo />
        {texts.name}
      </Link>
      <UnstyledButton className={styles.search} onClick={onSearch} aria-keyshortcuts="Control+K Meta+K">
        <SearchIcon />
        <span>{texts.frame.search}</span>
        <Kbd size="xs" aria-hidden="true">
          {modifier} K
        </Kbd>
      </UnstyledButton>
      <div>
        <Link to="/inbox" className={styles.link} activeProps={{ 'data-active': true }} aria-label={texts.frame.inboxOf(told)}>
          <InboxIcon />
          {texts.frame.inbox}
          {told > 0 && <span className={styles.told}>{told}</span>}
        </Link>
        <Link to="/projects" className={styles.link} activeProps={{ 'data-active': true }}>
          <ProjectIcon />
          {texts.frame.projects}
        </Link>
        {favorites.length > 0 && (
          <ul className={styles.favorites} aria-label={texts.frame.favorites}>
            {favorites.map((project) => (
              <li key={project.id}>
                <Link to="/projects/$projectId" params={{ projectId: project.id }} className={styles.link} activeProps={{ 'data-active': true }}>
                  {project.name}
                </Link>
              </li>
            ))}
          </ul>
        )}
        <Link to="/features" className={styles.link} activeProps={{ 'data-active': true }}>
          <FlagIcon />
          {texts.frame.flags}
        </Link>
        <Link to="/change-requests" className={styles.link} activeProps={{ 'data-active': true }}>
          <GitPullRequestIcon />
          {texts.frame.requests}
        </Link>
        <Link to="/upcoming" className={styles.link} activeProps={{ 'data-active': true }}>
          <ClockIcon />
          {texts.frame.upcoming}
        </Link>
        <Link to="/insights" className={styles.link} activeProps={{ 'data-active': true }}>
          <GraphIcon />
          {texts.frame.insights}
        </Link>
        <Link to="/segments" className={styles.link} activeProps={{ 'data-active': true }}>
          <PeopleIcon />
          {texts.frame.segments}
        </Link>
        <Link to="/playground" className={styles.link} activeProps={{ 'data-active': true }}>
          <BeakerIcon />
          {texts.frame.playground}
        </Link>
        <Link to="/events" className={styles.link} activeProps={{ 'data-active': true }}>
          <HistoryIcon />
          {texts.frame.events}
        </Link>
        <Link to="/admin/environments" className={styles.link} {...(atAdmin ? { 'data-open': true } : {})}>
          <GearIcon />
          {texts.frame.admin}
        </Link>
        {atAdmin && (
          <ul className={styles.favorites} aria-label={texts.frame.admin}>
            {adminPages
              .filter(({ permission }) => permission === undefined || may(permission))
              .map(({ to, name }) => (
                <li key={to}>
                  <Link to={to} className={styles.link} activeProps={{ 'data-active': true }}>
                    {texts.frame.sections[name]}
                  </Link>
                </li>
              ))}
          </ul>
        )}
      </div>
      <div className={styles.bottom}>
        <AccountMenu />
      </div>
    </nav>
  );
}
