import { ActionIcon, MultiSelect, Tooltip } from '@mantine/core';
import { PeopleIcon, PersonIcon, PlusIcon, XIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { nameOf, useMay } from '../../client/me';
import { everybodyQuery } from '../../client/people';
import { accessQuery, giveAccess, type Member, setAccess } from '../../client/projects';
import type { Role } from '../../client/roles';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { Chip } from '../../components/Chip';
import { Confirm } from '../../components/Confirm';
import { FormDialog } from '../../components/FormDialog';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { ProjectRolesSelect } from '../../components/RoleSelect';
import { Empty } from '../../components/states';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import styles from './AccessSettingsPage.module.css';
import { SettingsPage } from './SettingsPage';
import { projectTexts } from '../../texts/projects';

interface Row extends Member {
  name: string;
  roles: number[];
  since: string;
}

/** What is read anew when somebody gets access, or loses it: also what one may do oneself. */
const touched = (projectId: string) => [['projects', projectId], ['me'], ['reviewers'], ['groups']];

/** Who has which roles in a project. */
export function AccessSettingsPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/settings/access' });
  const access = useQuery(accessQuery(projectId));
  const mayDo = useMay();
  const may = mayDo('UPDATE_PROJECT', projectId) || mayDo('PROJECT_USER_ACCESS_WRITE', projectId);
  const [giving, setGiving] = useState(false);
  return (
    <SettingsPage projectId={projectId}>
      <header className={styles.head}>
        <div>
          <h2>{projectTexts.access}</h2>
          <p className={styles.words}>{projectTexts.accessWords}</p>
        </div>
        <MayButton may={may} why={projectTexts.mayNotAccess} leftSection={<PlusIcon />} onClick={() => setGiving(true)}>
          {projectTexts.give}
        </MayButton>
      </header>
      <Loaded query={access}>
        {({ users, groups, roles }) => {
          const rows: Row[] = [
            ...groups.map((group) => ({ kind: 'group' as const, id: group.id, name: group.name, roles: group.roles, since: group.addedAt })),
            ...users.map((user) => ({ kind: 'user' as const, id: user.id, name: nameOf(user), roles: user.roles, since: user.addedAt })),
          ];
          return (
            <>
              {rows.length === 0 && (
                <Empty icon={<PersonIcon size={24} />} title={projectTexts.nobody}>
                  {projectTexts.nobodyWords}
                </Empty>
              )}
              {rows.length > 0 && (
                <Table
                  label={projectTexts.access}
                  columns={[
                    { key: 'who', label: projectTexts.columns.who },
                    { key: 'roles', label: projectTexts.columns.roles },
                    { key: 'since', label: projectTexts.columns.since, wide: true },
                    { key: 'end', label: texts.actions, quiet: true },
                  ]}
                >
                  {rows.map((row) => (
                    <MemberRow key={`${row.kind} ${row.id}`} projectId={projectId} row={row} roles={roles} may={may} />
                  ))}
                </Table>
              )}
              {giving && <GiveAccess projectId={projectId} roles={roles} has={rows} onClose={() => setGiving(false)} />}
            </>
          );
        }}
      </Loaded>
    </SettingsPage>
  );
}

function MemberRow({ projectId, row, roles, may }: { projectId: string; row: Row; roles: Role[]; may: boolean }) {
  const [ending, setEnding] = useState(false);
  const set = useWrite({
    write: (next: number[]) => setAccess(projectId, row, next),
    touches: touched(projectId),
    said: (next) => (next.length === 0 ? projectTexts.ended(row.name) : projectTexts.changed(row.name)),
  });
  const shown = set.isPending ? set.variables : row.roles;
  return (
    <tr>
      <MainCell>
        {row.kind === 'group' ? <PeopleIcon /> : <Avatar name={row.name} tip={false} />}
        {row.name}
        {row.kind === 'group' && <Chip>{projectTexts.group}</Chip>}
      </MainCell>
      <td className={styles.roles}>
        {may ? (
          <ProjectRolesSelect
            quiet
            label={projectTexts.rolesOf(row.name)}
            roles={roles}
            value={shown}
            onChange={(next) => (next.length === 0 ? setEnding(true) : set.mutate(next))}
          />
        ) : (
          roles
            .filter(({ id }) => row.roles.includes(id))
            .map(({ name }) => name)
            .join(', ')
        )}
      </td>
      <td data-wide>
        <Ago at={row.since} />
      </td>
      <td>
        {may && (
          <Tooltip label={projectTexts.endAct}>
            <ActionIcon aria-label={projectTexts.end(row.name)} onClick={() => setEnding(true)}>
              <XIcon />
            </ActionIcon>
          </Tooltip>
        )}
        {ending && (
          <Confirm
            title={projectTexts.endTitle(row.name)}
            words={projectTexts.endWords}
            act={projectTexts.endAct}
            danger
            pending={set.isPending}
            onConfirm={() => set.mutate([], { onSettled: () => setEnding(false) })}
            onClose={() => setEnding(false)}
          />
        )}
      </td>
    </tr>
  );
}

interface GiveAccessProps {
  projectId: string;
  roles: Role[];
  /** Who has access already. */
  has: Member[];
  onClose: () => void;
}

const keyOf = ({ kind, id }: Member) => `${kind} ${id}`;

function GiveAccess({ projectId, roles, has, onClose }: GiveAccessProps) {
  const everybody = useQuery(everybodyQuery);
  const [chosen, setChosen] = useState<string[]>([]);
  const [given, setGiven] = useState<number[]>([]);
  const without = new Set(has.map(keyOf));
  const give = useWrite({
    write: () =>
      giveAccess(
        projectId,
        chosen.map((key) => {
          const [kind, id] = key.split(' ');
          return { kind: kind as Member['kind'], id: Number(id) };
        }),
        given,
      ),
    touches: touched(projectId),
    said: projectTexts.given,
    then: onClose,
    shown: true,
  });
  const offered = (kind: Member['kind'], all: { id: number; label: string }[]) =>
    all.map(({ id, label }) => ({ value: keyOf({ kind, id }), label })).filter(({ value }) => !without.has(value));
  return (
    <FormDialog
      title={projectTexts.giveTitle}
      act={projectTexts.give}
      pending={give.isPending}
      error={give.error}
      onSubmit={() => give.mutate()}
      onClose={onClose}
    >
      <MultiSelect
        label={projectTexts.whom}
        placeholder={chosen.length === 0 ? projectTexts.whomHint : ''}
        searchable
        data={[
          { group: projectTexts.groups, items: offered('group', everybody.data?.groups.map(({ id, name }) => ({ id, label: name })) ?? []) },
          { group: projectTexts.people, items: offered('user', everybody.data?.users.map((user) => ({ id: user.id, label: nameOf(user) })) ?? []) },
        ]}
        value={chosen}
        onChange={setChosen}
      />
      <ProjectRolesSelect label={projectTexts.roles} roles={roles} value={given} onChange={setGiven} />
      <p className={styles.words}>{roles.filter(({ id }) => given.includes(id)).map(({ name, description }) => texts.of(name, description)).join(' ')}</p>
    </FormDialog>
  );
}
