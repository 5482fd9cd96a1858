import { Menu } from '@mantine/core';
import { KeyIcon, PeopleIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import { meQuery, nameOf, useMay } from '../../client/me';
import { deleteUser, resetPassword, type User, usersQuery } from '../../client/people';
import { Ago } from '../../components/Ago';
import { Avatar } from '../../components/Avatar';
import { Chip } from '../../components/Chip';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { Panels } from '../../components/Panel';
import { Refused } from '../../components/Refused';
import { useRoleName } from '../../components/RoleSelect';
import { RowMenu } from '../../components/RowMenu';
import { AddressSearch, has } from '../../components/Search';
import { SecretDialog } from '../../components/Secret';
import { Empty } from '../../components/states';
import { MainCell, Table, TableFoot } from '../../components/Table';
import { Toolbar } from '../../components/Toolbar';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { InactiveUsers } from './InactiveUsers';
import { InviteLink } from './InviteLink';
import { userTexts } from '../../texts/users';
import { UserForm } from './UserForm';

/** Everybody who can sign in. */
export function UserListPage() {
  const { q = '' } = useSearch({ from: '/inside/admin/users' });
  const may = useMay()('ADMIN');
  const users = useQuery({ ...usersQuery, enabled: may });
  const [form, setForm] = useState<User | 'new' | null>(null);
  const [link, setLink] = useState<{ name: string; url: string; words: string } | null>(null);
  const roleName = useRoleName();
  return (
    <Page
      title={userTexts.list}
      about={userTexts.about}
      actions={
        <MayButton may={may} why={texts.mayNot} leftSection={<PlusIcon />} onClick={() => setForm('new')}>
          {userTexts.create}
        </MayButton>
      }
    >
      {!may && <Refused why={texts.mayNot} />}
      {may && (
        <>
          <Toolbar>
            <AddressSearch label={userTexts.filter} />
          </Toolbar>
          <Loaded query={users}>
            {(all) => {
              const shown = all.filter((user) => has(q, user.name, user.username, user.email)).sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
              if (shown.length === 0) {
                return (
                  <Empty icon={<PeopleIcon size={24} />} title={userTexts.none}>
                    {userTexts.noneWords}
                  </Empty>
                );
              }
              return (
                <>
                  <Table
                    label={userTexts.list}
                    columns={[
                      { key: 'name', label: userTexts.columns.name },
                      { key: 'role', label: userTexts.columns.role },
                      { key: 'seen', label: userTexts.columns.seen, wide: true },
                      { key: 'more', label: texts.actions, quiet: true },
                    ]}
                  >
                    {shown.map((user) => (
                      <Row
                        key={user.id}
                        user={user}
                        role={roleName(user.rootRole)}
                        onEdit={() => setForm(user)}
                        onReset={(url) => setLink({ name: nameOf(user), url, words: userTexts.resetWords })}
                      />
                    ))}
                  </Table>
                  <TableFoot>{texts.shownOf(shown.length, all.length)}</TableFoot>
                </>
              );
            }}
          </Loaded>
          <div style={{ marginTop: 24 }}>
            <Panels>
              <InviteLink />
              <InactiveUsers />
            </Panels>
          </div>
        </>
      )}
      {form !== null && (
        <UserForm
          user={form === 'new' ? undefined : form}
          onInvited={(name, url) => setLink({ name, url, words: userTexts.inviteWords })}
          onClose={() => setForm(null)}
        />
      )}
      {link && (
        <SecretDialog title={userTexts.resetTitle(link.name)} words={link.words} secret={link.url} label={userTexts.link} onClose={() => setLink(null)} />
      )}
    </Page>
  );
}

interface RowProps {
  user: User;
  role: string;
  onEdit: () => void;
  onReset: (url: string) => void;
}

function Row({ user, role, onEdit, onReset }: RowProps) {
  const me = useQuery(meQuery);
  const name = nameOf(user);
  const isMe = me.data?.user.id === user.id;
  const touches = [usersQuery.queryKey];
  const reset = useWrite({ write: () => resetPassword(user.id), touches, then: onReset });
  return (
    <tr>
      <MainCell words={[user.name ? user.username : '', user.email].filter(Boolean).join(' · ')}>
        <Avatar name={name} tip={false} />
        <button type="button" onClick={onEdit}>
          {name}
        </button>
        {isMe && <Chip>{userTexts.you}</Chip>}
      </MainCell>
      <td>{role}</td>
      <td data-wide>{user.seenAt ? <Ago at={user.seenAt} /> : userTexts.never}</td>
      <td>
        <RowMenu
          label={userTexts.more(name)}
          deletable={{
            may: !isMe,
            why: texts.notYourself,
            title: userTexts.removeTitle(name),
            words: userTexts.removeWords,
            act: userTexts.removeAct(name),
            write: () => deleteUser(user.id),
            touches,
            said: userTexts.removed(name),
          }}
        >
          <Menu.Item leftSection={<KeyIcon />} onClick={() => reset.mutate()}>
            {userTexts.reset}
          </Menu.Item>
        </RowMenu>
      </td>
    </tr>
  );
}
