import { Checkbox } from '@mantine/core';
import { TrashIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { nameOf } from '../../client/me';
import { deleteInactiveUsers, type InactiveUser, inactiveUsersQuery, usersQuery } from '../../client/people';
import { Ago } from '../../components/Ago';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Panel } from '../../components/Panel';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { userTexts } from '../../texts/users';
import styles from './InactiveUsers.module.css';

const words = userTexts.inactive;

/** Those who have not been here for long, to be deleted together. */
export function InactiveUsers() {
  const users = useQuery(inactiveUsersQuery);
  return (
    <Loaded query={users} lines={1}>
      {(all) => (all.length === 0 ? <Panel title={words.title} words={words.none} /> : <Chosen all={all} />)}
    </Loaded>
  );
}

function Chosen({ all }: { all: InactiveUser[] }) {
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [asking, setAsking] = useState(false);
  const ids = all.filter(({ id }) => chosen.has(id)).map(({ id }) => id);
  const remove = useWrite({ write: () => deleteInactiveUsers(ids), touches: [usersQuery.queryKey], said: words.removed(ids.length) });
  return (
    <Panel
      title={words.title}
      words={words.words}
      flush
      actions={
        <MayButton
          variant="default"
          may={ids.length > 0}
          why={words.nobody}
          leftSection={<TrashIcon />}
          onClick={() => setAsking(true)}
        >
          {words.remove(ids.length)}
        </MayButton>
      }
    >
      <div className={styles.list}>
        <Table
          label={words.title}
          columns={[
            {
              key: 'name',
              label: words.columns.name,
              before: (
                <Checkbox
                  aria-label={words.all}
                  checked={ids.length === all.length}
                  indeterminate={ids.length > 0 && ids.length < all.length}
                  onChange={(event) => setChosen(new Set(event.currentTarget.checked ? all.map(({ id }) => id) : []))}
                />
              ),
            },
            { key: 'seen', label: words.columns.seen },
            { key: 'token', label: words.columns.token, wide: true },
          ]}
        >
          {all.map((user) => {
            const name = nameOf(user);
            return (
              <tr key={user.id}>
                <MainCell words={user.name ? (user.email ?? user.username) : undefined}>
                  <Checkbox
                    aria-label={words.choose(name)}
                    checked={chosen.has(user.id)}
                    onChange={(event) => {
                      const next = new Set(chosen);
                      if (event.currentTarget.checked) next.add(user.id);
                      else next.delete(user.id);
                      setChosen(next);
                    }}
                  />
                  <span>{name}</span>
                </MainCell>
                <td>{user.seenAt ? <Ago at={user.seenAt} /> : userTexts.never}</td>
                <td data-wide>{user.patSeenAt ? <Ago at={user.patSeenAt} /> : userTexts.never}</td>
              </tr>
            );
          })}
        </Table>
      </div>
      {asking && (
        <Confirm
          title={words.removeTitle(ids.length)}
          words={userTexts.removeWords}
          act={words.remove(ids.length)}
          danger
          pending={remove.isPending}
          onConfirm={() => remove.mutate(undefined, { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      )}
    </Panel>
  );
}
