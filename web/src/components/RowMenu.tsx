import { ActionIcon, Menu } from '@mantine/core';
import { KebabHorizontalIcon, TrashIcon } from '@primer/octicons-react';
import { type ReactNode, useState } from 'react';
import { texts } from '../texts';
import { type Deletable, Deletion } from './DeleteButton';
import { MayItem } from './MayButton';

interface RowMenuProps {
  label: string;
  /** How the row is deleted after a question, whether the person may, and if not, why. */
  deletable?: Deletable & { may: boolean; why: string };
  children: ReactNode;
}

/** What else can be done to a row of a table. */
export function RowMenu({ label, deletable, children }: RowMenuProps) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Menu>
        <Menu.Target>
          <ActionIcon aria-label={label}>
            <KebabHorizontalIcon />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {children}
          {deletable && (
            <MayItem may={deletable.may} why={deletable.why} leftSection={<TrashIcon />} c="var(--q-red)" onClick={() => setAsking(true)}>
              {texts.delete}
            </MayItem>
          )}
        </Menu.Dropdown>
      </Menu>
      {asking && deletable && <Deletion {...deletable} onClose={() => setAsking(false)} />}
    </>
  );
}
