import { Alert, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '../../client/problem';
import { deleteRole, isBuiltIn, type Role, type RolePermission, roleQuery, rolesQuery, saveRole } from '../../client/roles';
import { DeleteButton } from '../../components/DeleteButton';
import { FormDialog } from '../../components/FormDialog';
import { Failed, Loading } from '../../components/states';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { PermissionMatrix } from './PermissionMatrix';
import { roleTexts } from '../../texts/roles';

interface RoleFormProps {
  /** What is edited; without it, a role is made. */
  role: Role | undefined;
  type: 'root-custom' | 'custom';
  may: boolean;
  onClose: () => void;
}

/** Edits a role, makes one, or shows what one allows. */
export function RoleForm(props: RoleFormProps) {
  const { role, onClose } = props;
  const stored = useQuery({ ...roleQuery(role?.id ?? 0), enabled: role !== undefined });
  if (role && !stored.data) {
    return (
      <FormDialog title={role.name} act={texts.save} pending={false} size="xl" onSubmit={onClose} onClose={onClose}>
        {stored.error ? <Failed error={stored.error} /> : <Loading />}
      </FormDialog>
    );
  }
  const held = stored.data?.permissions.map(({ name, environment }) => (environment ? { name, environment } : { name })) ?? [];
  return <Form {...props} held={held} />;
}

function Form({ role, type, may, held, onClose }: RoleFormProps & { held: RolePermission[] }) {
  const [name, setName] = useState(role?.name ?? '');
  const [description, setDescription] = useState(role?.description ?? '');
  const [permissions, setPermissions] = useState(held);
  const fixed = role !== undefined && isBuiltIn(role);
  const why = fixed ? roleTexts.builtInWords : texts.mayNot;
  const save = useWrite({
    write: () => saveRole(role?.id, { name, description, type, permissions }),
    touches: [rolesQuery.queryKey, ['me']],
    said: roleTexts.saved(name),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  return (
    <FormDialog
      title={!role ? (type === 'custom' ? roleTexts.createProject : roleTexts.createRoot) : fixed ? roleTexts.view(role.name) : roleTexts.edit(role.name)}
      act={role ? texts.save : texts.create}
      may={may && !fixed}
      why={why}
      size={920}
      pending={save.isPending}
      error={problem?.of('name') ? null : save.error}
      aside={
        role &&
        !fixed && (
          <DeleteButton
            may={may}
            why={texts.mayNot}
            title={roleTexts.removeTitle(role.name)}
            words={roleTexts.removeWords}
            act={roleTexts.removeAct(role.name)}
            write={() => deleteRole(role.id)}
            touches={[rolesQuery.queryKey]}
            said={roleTexts.removed(role.name)}
            onDone={onClose}
          />
        )
      }
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      {fixed && (
        <Alert color="gray" p="xs">
          {roleTexts.builtInWords}
        </Alert>
      )}
      {!fixed && (
        <>
          <TextInput
            label={roleTexts.name}
            required
            withAsterisk={false}
            data-autofocus
            value={name}
            error={problem?.of('name')}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput label={roleTexts.description} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        </>
      )}
      <PermissionMatrix root={type === 'root-custom'} value={permissions} fixed={fixed || !may} onChange={setPermissions} />
    </FormDialog>
  );
}
