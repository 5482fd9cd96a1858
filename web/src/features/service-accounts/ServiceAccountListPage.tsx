import { Modal, TextInput } from '@mantine/core';
import { DependabotIcon, PlusIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { nameOf, useMay } from '../../client/me';
import { deleteServiceAccount, saveServiceAccount, type ServiceAccount, serviceAccountsQuery } from '../../client/people';
import { Problem } from '../../client/problem';
import { Ago } from '../../components/Ago';
import { DeleteButton } from '../../components/DeleteButton';
import { FormDialog } from '../../components/FormDialog';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { PersonalTokens } from '../../components/PersonalTokens';
import { Refused } from '../../components/Refused';
import { RoleSelect, useRoleName } from '../../components/RoleSelect';
import { Empty } from '../../components/states';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { accountTexts } from '../../texts/service-accounts';

/** The accounts of programs. */
export function ServiceAccountListPage() {
  const may = useMay()('ADMIN');
  const accounts = useQuery({ ...serviceAccountsQuery, enabled: may });
  const roleName = useRoleName();
  const [form, setForm] = useState<ServiceAccount | 'new' | null>(null);
  const [tokensOf, setTokensOf] = useState<ServiceAccount | null>(null);
  const create = (
    <MayButton may={may} why={texts.mayNot} leftSection={<PlusIcon />} onClick={() => setForm('new')}>
      {accountTexts.create}
    </MayButton>
  );
  return (
    <Page title={accountTexts.list} about={accountTexts.about} actions={create}>
      {!may && <Refused why={texts.mayNot} />}
      {may && (
        <Loaded query={accounts}>
          {(all) =>
            all.length === 0 ? (
              <Empty icon={<DependabotIcon size={24} />} title={accountTexts.none} action={create}>
                {accountTexts.noneWords}
              </Empty>
            ) : (
              <Table
                label={accountTexts.list}
                columns={[
                  { key: 'name', label: accountTexts.columns.name },
                  { key: 'role', label: accountTexts.columns.role },
                  { key: 'seen', label: accountTexts.columns.seen, wide: true },
                  { key: 'tokens', label: accountTexts.columns.tokens, align: 'right' },
                ]}
              >
                {all.map((account) => (
                  <tr key={account.id}>
                    <MainCell words={account.username}>
                      <button type="button" onClick={() => setForm(account)}>
                        {nameOf(account)}
                      </button>
                    </MainCell>
                    <td>{roleName(account.rootRole)}</td>
                    <td data-wide>{account.seenAt ? <Ago at={account.seenAt} /> : accountTexts.never}</td>
                    <td data-align="right">
                      <MayButton variant="default" may why="" aria-label={accountTexts.tokensOf(nameOf(account))} onClick={() => setTokensOf(account)}>
                        {accountTexts.tokens(account.tokens.length)}
                      </MayButton>
                    </td>
                  </tr>
                ))}
              </Table>
            )
          }
        </Loaded>
      )}
      {form !== null && <AccountForm account={form === 'new' ? undefined : form} onClose={() => setForm(null)} />}
      {tokensOf && (
        <Modal opened onClose={() => setTokensOf(null)} title={accountTexts.tokensOf(nameOf(tokensOf))} size="lg">
          <PersonalTokens serviceAccount={tokensOf.id} />
        </Modal>
      )}
    </Page>
  );
}

function AccountForm({ account, onClose }: { account: ServiceAccount | undefined; onClose: () => void }) {
  const [name, setName] = useState(account?.name ?? '');
  const [username, setUsername] = useState(account?.username ?? '');
  const [rootRole, setRole] = useState<number | null>(account?.rootRole ?? null);
  const touches = [serviceAccountsQuery.queryKey];
  const save = useWrite({
    write: async (role: number) => {
      await saveServiceAccount(account?.id, { name, username, rootRole: role });
    },
    touches,
    said: accountTexts.saved(name),
    then: onClose,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;
  const placed = problem?.of('name') ?? problem?.of('username');
  return (
    <FormDialog
      title={account ? accountTexts.edit(nameOf(account)) : accountTexts.create}
      act={account ? texts.save : accountTexts.create}
      pending={save.isPending}
      error={placed ? null : save.error}
      aside={
        account && (
          <DeleteButton
            may
            why=""
            title={accountTexts.removeTitle(nameOf(account))}
            words={accountTexts.removeWords}
            act={accountTexts.removeAct(nameOf(account))}
            write={() => deleteServiceAccount(account.id)}
            touches={touches}
            said={accountTexts.removed(nameOf(account))}
            onDone={onClose}
          />
        )
      }
      onSubmit={() => rootRole !== null && save.mutate(rootRole)}
      onClose={onClose}
    >
      <TextInput
        label={accountTexts.name}
        required
        withAsterisk={false}
        data-autofocus
        autoComplete="off"
        value={name}
        error={problem?.of('name')}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <TextInput
        label={accountTexts.username}
        description={accountTexts.usernameWords}
        required
        withAsterisk={false}
        disabled={account !== undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        value={username}
        error={problem?.of('username')}
        onChange={(event) => setUsername(event.currentTarget.value)}
      />
      <RoleSelect label={accountTexts.role} value={rootRole} onChange={setRole} />
    </FormDialog>
  );
}
