import { PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../client/me';
import { isBuiltIn, isRootRole, type Role, rolesQuery } from '../../client/roles';
import { Chip } from '../../components/Chip';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { MainCell, Table } from '../../components/Table';
import { texts } from '../../texts';
import { RoleForm } from './RoleForm';
import styles from './RoleListPage.module.css';
import { roleTexts } from '../../texts/roles';

/** What is edited: a role, or a new one of a type. */
type Edited = Role | 'root-custom' | 'custom';

/** All roles, those of the instance and those of projects. */
export function RoleListPage() {
  const may = useMay()('ADMIN');
  const roles = useQuery(rolesQuery);
  const [form, setForm] = useState<Edited | null>(null);
  return (
    <Page title={roleTexts.list} about={roleTexts.about}>
      <Loaded query={roles}>
        {(all) => (
          <>
            <Roles
              title={roleTexts.root}
              words={roleTexts.rootWords}
              create={roleTexts.createRoot}
              may={may}
              roles={all.filter(isRootRole)}
              onCreate={() => setForm('root-custom')}
              onOpen={setForm}
            />
            <Roles
              title={roleTexts.project}
              words={roleTexts.projectWords}
              create={roleTexts.createProject}
              may={may}
              roles={all.filter((role) => !isRootRole(role))}
              onCreate={() => setForm('custom')}
              onOpen={setForm}
            />
          </>
        )}
      </Loaded>
      {form !== null && (
        <RoleForm
          role={typeof form === 'string' ? undefined : form}
          type={typeof form === 'string' ? form : isRootRole(form) ? 'root-custom' : 'custom'}
          may={may}
          onClose={() => setForm(null)}
        />
      )}
    </Page>
  );
}

interface RolesProps {
  title: string;
  words: string;
  create: string;
  may: boolean;
  roles: Role[];
  onCreate: () => void;
  onOpen: (role: Role) => void;
}

function Roles({ title, words, create, may, roles, onCreate, onOpen }: RolesProps) {
  return (
    <section className={styles.part} aria-label={title}>
      <header className={styles.head}>
        <div>
          <h2>{title}</h2>
          <p className={styles.words}>{words}</p>
        </div>
        <MayButton variant="default" may={may} why={texts.mayNot} leftSection={<PlusIcon />} onClick={onCreate}>
          {create}
        </MayButton>
      </header>
      <Table
        label={title}
        columns={[
          { key: 'name', label: roleTexts.columns.name },
          { key: 'kind', label: texts.actions, quiet: true },
        ]}
      >
        {roles.map((role) => (
          <tr key={role.id}>
            <MainCell words={role.description}>
              <button type="button" onClick={() => onOpen(role)}>
                {role.name}
              </button>
            </MainCell>
            <td>{isBuiltIn(role) && <Chip>{roleTexts.builtIn}</Chip>}</td>
          </tr>
        ))}
      </Table>
    </section>
  );
}
