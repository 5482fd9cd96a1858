import { Checkbox } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { type Permission, permissionsQuery, type RolePermission } from '../../client/roles';
import { Loaded } from '../../components/Loaded';
import { has, Search } from '../../components/Search';
import { Table } from '../../components/Table';
import styles from './PermissionMatrix.module.css';
import { roleTexts } from '../../texts/roles';

interface PermissionMatrixProps {
  /** Whether it is for a role of the instance. */
  root: boolean;
  value: RolePermission[];
  /** Whether nothing can be changed. */
  fixed: boolean;
  onChange: (permissions: RolePermission[]) => void;
}

/** Chooses permissions: of the instance; or of a project, and for each environment or for all. */
export function PermissionMatrix({ root, value, fixed, onChange }: PermissionMatrixProps) {
  const permissions = useQuery(permissionsQuery);
  const [word, setWord] = useState('');

  const holds = (name: string, environment?: string) => value.some((one) => one.name === name && (one.environment ?? '') === (environment ?? ''));

  function set(name: string, environment: string | undefined, on: boolean) {
    // Who holds it in all environments need not hold it in each.
    const others = value.filter((one) => one.name !== name || (environment !== undefined && (one.environment ?? '') !== environment));
    onChange(on ? [...others, { name, ...(environment === undefined ? {} : { environment }) }] : others);
  }

  if (holds('ADMIN')) return <p>{roleTexts.every}</p>;
  return (
    <Loaded query={permissions}>
      {(kinds) => {
        const found = (all: Permission[]) => all.filter(({ name, displayName }) => name !== 'ADMIN' && has(word, name, displayName));
        return (
          <div className={styles.matrix}>
            <div className={styles.head}>
              <h3>{roleTexts.permissions}</h3>
              <span className={styles.count}>{roleTexts.chosen(value.length)}</span>
              <Search label={roleTexts.filter} value={word} onChange={setWord} />
            </div>
            <fieldset disabled={fixed} className={styles.set}>
              <legend className={styles.legend}>{root ? roleTexts.permissions : roleTexts.inProject}</legend>
              <div className={styles.list}>
                {found(root ? kinds.root : kinds.project).map(({ name, displayName }) => (
                  <Checkbox
                    key={name}
                    label={displayName}
                    checked={holds(name)}
                    onChange={(event) => set(name, undefined, event.currentTarget.checked)}
                  />
                ))}
              </div>
            </fieldset>
            {!root && (
              <fieldset disabled={fixed} className={styles.set}>
                <legend className={styles.legend}>{roleTexts.inEnvironments}</legend>
                <p className={styles.words}>{roleTexts.inEnvironmentsWords}</p>
                <Table
                  label={roleTexts.inEnvironments}
                  columns={[
                    { key: 'permission', label: roleTexts.permission },
                    { key: 'all', label: roleTexts.all, align: 'center' },
                    ...kinds.environments.map(({ name }) => ({ key: `in ${name}`, label: name, align: 'center' as const })),
                  ]}
                >
                  {found(kinds.environments[0]?.permissions ?? []).map(({ name, displayName }) => (
                    <tr key={name}>
                      <td className={styles.name}>{displayName}</td>
                      <td data-align="center">
                        <Checkbox
                          className={styles.box ?? ''}
                          aria-label={roleTexts.cellAll(displayName)}
                          checked={holds(name)}
                          onChange={(event) => set(name, undefined, event.currentTarget.checked)}
                        />
                      </td>
                      {kinds.environments.map((environment) => (
                        <td key={environment.name} data-align="center">
                          <Checkbox
                            className={styles.box ?? ''}
                            aria-label={roleTexts.cell(displayName, environment.name)}
                            checked={holds(name) || holds(name, environment.name)}
                            disabled={holds(name)}
                            onChange={(event) => set(name, environment.name, event.currentTarget.checked)}
                          />
                        </td>
                      ))}
                    </tr>
                  ))}
                </Table>
              </fieldset>
            )}
          </div>
        );
      }}
    </Loaded>
  );
}
