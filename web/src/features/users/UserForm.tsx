import { TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { nameOf } from '../../client/me';
import { createUser, updateUser, type User, usersQuery } from '../../client/people';
import { Problem } from '../../client/problem';
import { rolesQuery } from '../../client/roles';
import { FormDialog } from '../../components/FormDialog';
import { RoleSelect } from '../../components/RoleSelect';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { userTexts } from '../../texts/users';

interface UserFormProps {
  /** Who is edited; without it, somebody is added. */
  user?: User | undefined;
  /** Told of the link by which a new person chooses a password. */
  onInvited: (name: string, link: string) => void;
  onClose: () => void;
}

/** Edits a person, or adds one. */
export function UserForm({ user, onInvited, onClose }: UserFormProps) {
  const roles = useQuery(rolesQuery);
  const viewer = roles.data?.find((role) => role.type === 'root' && role.name === 'Viewer')?.id ?? null;
  const [name, setName] = useState(user?.name ?? '');
  const [email, setEmail] = useState(user?.email ?? '');
  const [username, setUsername] = useState(user?.username ?? '');
  const [chosen, setRole] = useState<number | null>(user?.rootRole ?? null);
  const rootRole = chosen ?? viewer;
  const save = useWrite({
    write: async () => {
      if (rootRole === null) return undefined;
      if (user) {
        await updateUser(user.id, { name, rootRole, ...(email === '' ? {} : { email }) });
        return undefined;
      }
      const given = { ...(name === '' ? {} : { name }), ...(email === '' ? {} : { email }), ...(username === '' ? {} : { username }) };
      return (await createUser({ ...given, rootRole, sendEmail: true })).inviteLink;
    },
    touches: [usersQuery.queryKey],
    said: user ? userTexts.saved(nameOf({ name, email, username })) : userTexts.created(nameOf({ name, email, username })),
    then: (link) => {
      onClose();
      if (link) onInvited(nameOf({ name, email, username }), link);
    },
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const placed = problem?.of('email') ?? problem?.of('username') ?? problem?.of('name');
  return (
    <FormDialog
      title={user ? userTexts.edit(nameOf(user)) : userTexts.create}
      act={user ? texts.save : userTexts.create}
      pending={save.isPending}
      error={placed ? null : save.error}
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={userTexts.name}
        data-autofocus
        autoComplete="off"
        value={name}
        error={problem?.of('name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={userTexts.email}
        type="email"
        autoComplete="off"
        value={email}
        error={problem?.of('email')}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      {!user && (
        <TextInput
          label={userTexts.username}
          description={userTexts.usernameWords}
          autoCapitalize="none"
          autoComplete="off"
          spellCheck={false}
          value={username}
          error={problem?.of('username')}
          onChange={(event) => setUsername(event.currentTarget.value)}
        />
      )}
      <RoleSelect label={userTexts.role} description={userTexts.roleWords} value={rootRole} onChange={setRole} />
    </FormDialog>
  );
}
