import { Avatar as Face, MultiSelect, TagsInput, Textarea, TextInput } from '@mantine/core';
import { PeopleIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { nameOf, useMay } from '../../client/me';
import { deleteGroup, everybodyQuery, type Group, groupsQuery, saveGroup } from '../../client/people';
import { Problem } from '../../client/problem';
import { Avatar } from '../../components/Avatar';
import { DeleteButton } from '../../components/DeleteButton';
import { FormDialog } from '../../components/FormDialog';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { RoleSelect, useRoleName } from '../../components/RoleSelect';
import { AddressSearch, has } from '../../components/Search';
import { Empty } from '../../components/states';
import { MainCell, Table } from '../../components/Table';
import { Toolbar } from '../../components/Toolbar';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { groupTexts } from '../../texts/groups';

const facesShown = 5;

/** All groups. */
export function GroupListPage() {
  const { q = '' } = useSearch({ from: '/inside/admin/groups' });
  const may = useMay()('ADMIN');
  const groups = useQuery(groupsQuery);
  const roleName = useRoleName();
  const [form, setForm] = useState<Group | 'new' | null>(null);
  const create = (
    <MayButton may={may} why={texts.mayNot} leftSection={<PlusIcon />} onClick={() => setForm('new')}>
      {groupTexts.create}
    </MayButton>
  );
  return (
    <Page title={groupTexts.list} about={groupTexts.about} actions={create}>
      <Toolbar>
        <AddressSearch label={groupTexts.filter} />
      </Toolbar>
      <Loaded query={groups}>
        {(all) => {
          const shown = all.filter((group) => has(q, group.name, group.description));
          if (shown.length === 0) {
            return (
              <Empty icon={<PeopleIcon size={24} />} title={q === '' ? groupTexts.none : groupTexts.noneFound} action={q === '' && create}>
                {q === '' && groupTexts.noneWords}
              </Empty>
            );
          }
          return (
            <Table
              label={groupTexts.list}
              columns={[
                { key: 'name', label: groupTexts.columns.name },
                { key: 'members', label: groupTexts.columns.members },
                { key: 'projects', label: groupTexts.columns.projects, wide: true },
                { key: 'role', label: groupTexts.columns.role, wide: true },
              ]}
            >
              {shown.map((group) => (
                <tr key={group.id}>
                  <MainCell words={group.description}>
                    <button type="button" onClick={() => setForm(group)}>
                      {group.name}
                    </button>
                  </MainCell>
                  <td>
                    <Face.Group spacing={4}>
                      {group.users.slice(0, facesShown).map(({ user }) => (
                        <Avatar key={user.id} name={nameOf(user)} />
                      ))}
                      {group.users.length > facesShown && <span>{texts.constraint.more(group.users.length - facesShown)}</span>}
                      {group.users.length === 0 && <span>{texts.none}</span>}
                    </Face.Group>
                  </td>
                  <td data-wide>{group.projects.length === 0 ? texts.none : group.projects.join(', ')}</td>
                  <td data-wide>{group.rootRole === null ? texts.none : roleName(group.rootRole)}</td>
                </tr>
              ))}
            </Table>
          );
        }}
      </Loaded>
      {form !== null && <GroupForm group={form === 'new' ? undefined : form} may={may} onClose={() => setForm(null)} />}
    </Page>
  );
}

function GroupForm({ group, may, onClose }: { group: Group | undefined; may: boolean; onClose: () => void }) {
  const everybody = useQuery(everybodyQuery);
  const [name, setName] = useState(group?.name ?? '');
  const [description, setDescription] = useState(group?.description ?? '');
  const [members, setMembers] = useState(group?.users.map(({ user }) => String(user.id)) ?? []);
  const [rootRole, setRole] = useState(group?.rootRole ?? null);
  const [mappingsSSO, setNames] = useState(group?.mappingsSSO ?? []);
  const touches = [groupsQuery.queryKey, everybodyQuery.queryKey];
  const save = useWrite({
    write: () =>
      saveGroup(group?.id, { name, description, mappingsSSO, rootRole, users: members.map((id) => ({ user: { id: Number(id) } })) }),
    touches,
    said: groupTexts.saved(name),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  return (
    <FormDialog
      title={group ? groupTexts.edit(group.name) : groupTexts.create}
      act={group ? texts.save : groupTexts.create}
      may={may}
      why={texts.mayNot}
      pending={save.isPending}
      error={problem?.of('name') ? null : save.error}
      aside={
        group && (
          <DeleteButton
            may={may}
            why={texts.mayNot}
            title={groupTexts.removeTitle(group.name)}
            words={groupTexts.removeWords}
            act={groupTexts.removeAct(group.name)}
            write={() => deleteGroup(group.id)}
            touches={touches}
            said={groupTexts.removed(group.name)}
            onDone={onClose}
          />
        )
      }
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={groupTexts.name}
        required
        withAsterisk={false}
        data-autofocus
        value={name}
        error={problem?.of('name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Textarea label={groupTexts.description} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
      <MultiSelect
        label={groupTexts.members}
        placeholder={members.length === 0 ? groupTexts.membersHint : ''}
        searchable
        data={everybody.data?.users.map((user) => ({ value: String(user.id), label: nameOf(user) })) ?? []}
        value={members}
        onChange={setMembers}
      />
      <RoleSelect label={groupTexts.role} description={groupTexts.roleWords} clearable value={rootRole} onChange={setRole} />
      <TagsInput label={groupTexts.sso} description={groupTexts.ssoWords} acceptValueOnBlur value={mappingsSSO} onChange={setNames} />
    </FormDialog>
  );
}
