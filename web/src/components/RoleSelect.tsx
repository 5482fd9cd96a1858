import { MultiSelect, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { isRootRole, type Role, rolesQuery } from '../client/roles';

const option = ({ id, name, description }: Role) => ({ value: String(id), label: name, description });

interface RoleSelectProps {
  label: string;
  description?: string;
  value: number | null;
  /** Whether none can be chosen. */
  clearable?: boolean;
  onChange: (role: number | null) => void;
}

/** Chooses a role in the whole instance. */
export function RoleSelect({ value, onChange, clearable = false, ...props }: RoleSelectProps) {
  const roles = useQuery(rolesQuery);
  return (
    <Select
      {...props}
      clearable={clearable}
      data={roles.data?.filter(isRootRole).map(option) ?? []}
      value={value === null ? null : String(value)}
      onChange={(id) => onChange(id === null ? null : Number(id))}
    />
  );
}

interface ProjectRolesProps {
  label: string;
  /** Whether the label is only for screen readers. */
  quiet?: boolean;
  /** The roles that can be given in the project. */
  roles: Role[];
  value: number[];
  onChange: (roles: number[]) => void;
}

/** Chooses roles in a project. */
export function ProjectRolesSelect({ label, quiet = false, roles, value, onChange }: ProjectRolesProps) {
  return (
    <MultiSelect
      {...(quiet ? { 'aria-label': label } : { label })}
      data={roles.map(option)}
      value={value.map(String)}
      onChange={(ids) => onChange(ids.map(Number))}
    />
  );
}

/** The name of a role by its id. */
export function useRoleName(): (id: number | null | undefined) => string {
  const roles = useQuery(rolesQuery);
  return (id) => roles.data?.find((role) => role.id === id)?.name ?? '';
}
