import { Loader, Modal, useComputedColorScheme, useMantineColorScheme, VisuallyHidden } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import {
  BeakerIcon,
  ClockIcon,
  FlagIcon,
  GearIcon,
  GitPullRequestIcon,
  GraphIcon,
  HistoryIcon,
  InboxIcon,
  MoonIcon,
  PeopleIcon,
  PlusIcon,
  ProjectIcon,
  SearchIcon,
  SunIcon,
} from '@primer/octicons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type KeyboardEvent, type ReactNode, useEffect, useState } from 'react';
import { requestSearchQuery } from '../client/change-requests';
import { flagsByWordQuery } from '../client/flags';
import { useMay } from '../client/me';
import { projectsQuery } from '../client/projects';
import { FlagTypeIcon } from '../components/FlagTypeIcon';
import { texts } from '../texts';
import { adminPages } from './admin-pages';
import styles from './Palette.module.css';

interface Choice {
  key: string;
  icon: ReactNode;
  label: string;
  aside?: string;
  run: () => void;
}

interface Group {
  name: string;
  choices: Choice[];
}

const projectsShown = 6;
const requestsShown = 5;

/** Goes anywhere by typing: a combobox over pages, projects, flags and actions. */
export function Palette({ onClose }: { onClose: () => void }) {
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const word = text.trim().toLowerCase();
  const [asked] = useDebouncedValue(word, 120);
  const navigate = useNavigate();
  const may = useMay();
  const projects = useQuery(projectsQuery);
  const flags = useQuery({ ...flagsByWordQuery(asked), enabled: asked !== '' });
  const requests = useInfiniteQuery({ ...requestSearchQuery({ query: asked }), enabled: asked !== '' });
  const { projectId } = useParams({ strict: false });
  const scheme = useComputedColorScheme('light');
  const { setColorScheme } = useMantineColorScheme();
  const like = (label: string) => label.toLowerCase().includes(word);

  const pages: Choice[] = [
    { key: 'projects', icon: <ProjectIcon />, label: texts.frame.projects, run: () => navigate({ to: '/projects' }) },
    { key: 'flags', icon: <FlagIcon />, label: texts.frame.flags, run: () => navigate({ to: '/features' }) },
    { key: 'requests', icon: <GitPullRequestIcon />, label: texts.frame.requests, run: () => navigate({ to: '/change-requests' }) },
    { key: 'inbox', icon: <InboxIcon />, label: texts.frame.inbox, run: () => navigate({ to: '/inbox' }) },
    { key: 'upcoming', icon: <ClockIcon />, label: texts.frame.upcoming, run: () => navigate({ to: '/upcoming' }) },
    { key: 'insights', icon: <GraphIcon />, label: texts.frame.insights, run: () => navigate({ to: '/insights' }) },
    { key: 'segments', icon: <PeopleIcon />, label: texts.frame.segments, run: () => navigate({ to: '/segments' }) },
    { key: 'playground', icon: <BeakerIcon />, label: texts.frame.playground, run: () => navigate({ to: '/playground' }) },
    { key: 'events', icon: <HistoryIcon />, label: texts.frame.events, run: () => navigate({ to: '/events' }) },
    { key: 'profile', icon: <GearIcon />, label: texts.frame.profile, run: () => navigate({ to: '/profile' }) },
    ...adminPages
      .filter(({ permission }) => permission === undefined || may(permission))
      .map(({ to, name }) => ({
        key: to,
        icon: <GearIcon />,
        label: texts.palette.admin(texts.frame.sections[name]),
        run: () => navigate({ to }),
      })),
  ];
  const other = scheme === 'dark' ? 'light' : 'dark';
  const actions: Choice[] = [
    { key: 'theme', icon: other === 'dark' ? <MoonIcon /> : <SunIcon />, label: texts.palette.theme[other], run: () => setColorScheme(other) },
  ];
  if (may('CREATE_PROJECT')) {
    actions.unshift({
      key: 'create-project',
      icon: <PlusIcon />,
      label: texts.palette.createProject,
      run: () => navigate({ to: '/projects', search: { create: true } }),
    });
  }
  const here = projects.data?.find((project) => project.id === projectId);
  // In the project that one is in; elsewhere in those whose name is typed, or in the favourites.
  const offered = here ? [here] : (projects.data ?? []).filter((project) => (word === '' ? project.favorite : like(texts.palette.createFlag(project.name))));
  actions.unshift(
    ...offered
      .filter(({ id }) => may('CREATE_FEATURE', id))
      .slice(0, projectsShown)
      .map(({ id, name }) => ({
        key: `create-flag ${id}`,
        icon: <PlusIcon />,
        label: texts.palette.createFlag(name),
        run: () => navigate({ to: '/projects/$projectId', params: { projectId: id }, search: { create: true } }),
      })),
    { key: 'reviews', icon: <GitPullRequestIcon />, label: texts.palette.reviews, run: () => navigate({ to: '/change-requests', search: { whose: 'asked' } }) },
  );

  if (here) {
    const params = { projectId: here.id };
    pages.unshift(
      {
        key: 'project-requests',
        icon: <GitPullRequestIcon />,
        label: texts.palette.requestsOf(here.name),
        run: () => navigate({ to: '/projects/$projectId/change-requests', params }),
      },
      {
        key: 'project-settings',
        icon: <GearIcon />,
        label: texts.palette.settingsOf(here.name),
        run: () => navigate({ to: '/projects/$projectId/settings', params }),
      },
    );
  }

  const groups: Group[] = [
    {
      name: texts.palette.groups.flags,
      choices: (word === '' ? [] : (flags.data ?? [])).map((flag) => ({
        key: `flag ${flag.project} ${flag.name}`,
        icon: <FlagTypeIcon type={flag.type} />,
        label: flag.name,
        aside: projects.data?.find((project) => project.id === flag.project)?.name ?? flag.project,
        run: () => navigate({ to: '/projects/$projectId/features/$featureName', params: { projectId: flag.project, featureName: flag.name } }),
      })),
    },
    {
      name: texts.palette.groups.projects,
      choices: (projects.data ?? [])
        .filter((project) => like(project.name) || like(project.id))
        .slice(0, projectsShown)
        .map((project) => ({
          key: `project ${project.id}`,
          icon: <ProjectIcon />,
          label: project.name,
          aside: texts.project.flags(project.featureCount),
          run: () => navigate({ to: '/projects/$projectId', params: { projectId: project.id } }),
        })),
    },
    {
      name: texts.palette.groups.requests,
      choices: (word === '' ? [] : (requests.data?.pages[0]?.changeRequests ?? [])).slice(0, requestsShown).map((request) => ({
        key: `request ${request.id}`,
        icon: <GitPullRequestIcon />,
        label: request.title ?? texts.request.defaultTitle(request.id),
        aside: texts.request.number(request.id),
        run: () => navigate({ to: '/projects/$projectId/change-requests/$id', params: { projectId: request.project, id: request.id } }),
      })),
    },
    { name: texts.palette.groups.pages, choices: pages.filter((choice) => like(choice.label)) },
    { name: texts.palette.groups.actions, choices: actions.filter((choice) => like(choice.label)) },
  ].filter((group) => group.choices.length > 0);
  const all = groups.flatMap((group) => group.choices);
  const chosen = Math.min(at, all.length - 1);

  useEffect(() => {
    document.getElementById(`choice-${chosen}`)?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);

  function take(choice: Choice | undefined) {
    if (!choice) return;
    onClose();
    choice.run();
  }

  function press(event: KeyboardEvent) {
    if (event.key === 'Enter') take(all[chosen]);
    else if (event.key === 'ArrowDown') setAt((chosen + 1) % all.length);
    else if (event.key === 'ArrowUp') setAt((chosen - 1 + all.length) % all.length);
    else return;
    event.preventDefault();
  }

  let index = -1;
  return (
    <Modal.Root opened onClose={onClose} padding={0} size={600} yOffset="12vh" transitionProps={{ duration: 80 }}>
      <Modal.Overlay backgroundOpacity={0.4} />
      <Modal.Content aria-label={texts.palette.title}>
      <div className={styles.field}>
        {flags.isFetching ? <Loader size={16} /> : <SearchIcon />}
        <input
          className={styles.input}
          data-autofocus
          role="combobox"
          aria-label={texts.palette.label}
          aria-expanded="true"
          aria-controls="choices"
          aria-autocomplete="list"
          {...(chosen >= 0 ? { 'aria-activedescendant': `choice-${chosen}` } : {})}
          placeholder={texts.palette.placeholder}
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            setAt(0);
          }}
          onKeyDown={press}
        />
      </div>
      <VisuallyHidden role="status">{texts.palette.count(all.length)}</VisuallyHidden>
      <div id="choices" role="listbox" aria-label={texts.palette.title} className={styles.choices}>
        {groups.map((group) => (
          <div key={group.name} role="group" aria-label={group.name}>
            <div className={styles.group} aria-hidden="true">
              {group.name}
            </div>
            {group.choices.map((choice) => {
              index++;
              const mine = index;
              return (
                // The field keeps the focus, as the pattern of a combobox asks.
                <div
                  key={choice.key}
                  id={`choice-${mine}`}
                  role="option"
                  aria-selected={mine === chosen}
                  tabIndex={-1}
                  className={styles.choice}
                  onMouseMove={() => setAt(mine)}
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => take(choice)}
                  onKeyDown={press}
                >
                  {choice.icon}
                  <span className={styles.label}>{choice.label}</span>
                  {choice.aside && <span className={styles.aside}>{choice.aside}</span>}
                </div>
              );
            })}
          </div>
        ))}
      </div>
      {all.length === 0 && <p className={styles.none}>{flags.isFetching ? texts.state.loading : texts.palette.none}</p>}
      <p className={styles.hint} aria-hidden="true">
        {texts.palette.hint}
      </p>
      </Modal.Content>
    </Modal.Root>
  );
}
