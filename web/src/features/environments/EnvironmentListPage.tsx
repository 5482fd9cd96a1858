import { ActionIcon, Menu, Switch, Tooltip } from '@mantine/core';
import { ArrowDownIcon, ArrowUpIcon, CalendarIcon, DuplicateIcon, GrabberIcon, LockIcon, PencilIcon, PlusIcon, TrashIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { deleteEnvironment, type Environment, orderEnvironments, switchEnvironment } from '../../client/environments';
import { useMay } from '../../client/me';
import { allEnvironmentsQuery } from '../../client/vocabulary';
import { Chip } from '../../components/Chip';
import { Deletion } from '../../components/DeleteButton';
import { Loaded } from '../../components/Loaded';
import { MayButton, MayItem } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { RowMenu } from '../../components/RowMenu';
import { useReorder } from '../../components/use-reorder';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { EnvironmentForm } from './EnvironmentForm';
import styles from './EnvironmentListPage.module.css';
import { environmentTexts } from '../../texts/environments';

/** What is asked of a person: to edit, copy or delete an environment, or to make one. */
export type Asking = { act: 'create' } | { act: 'edit' | 'clone'; environment: Environment } | { act: 'delete'; environment: Environment };

const touches = [allEnvironmentsQuery.queryKey, ['projects'], ['protection']];

/** All environments of the instance, in their order. */
export function EnvironmentListPage() {
  const may = useMay()('ADMIN');
  const environments = useQuery(allEnvironmentsQuery);
  const [asking, setAsking] = useState<Asking | null>(null);
  const close = () => setAsking(null);
  return (
    <Page
      title={environmentTexts.list}
      about={environmentTexts.about}
      actions={
        <MayButton may={may} why={texts.mayNot} leftSection={<PlusIcon />} onClick={() => setAsking({ act: 'create' })}>
          {environmentTexts.create}
        </MayButton>
      }
    >
      <Loaded query={environments}>{(all) => <Environments all={all} may={may} onAsk={setAsking} />}</Loaded>
      {asking?.act === 'delete' && <Remove environment={asking.environment} onClose={close} />}
      {asking !== null && asking.act !== 'delete' && <EnvironmentForm asking={asking} onClose={close} />}
    </Page>
  );
}

function Environments({ all, may, onAsk }: { all: Environment[]; may: boolean; onAsk: (asking: Asking) => void }) {
  const stored = all.toSorted((a, b) => a.sortOrder - b.sortOrder);
  const order = useWrite({ write: orderEnvironments, touches, said: environmentTexts.moved });
  // The order that was asked for, until the server has it.
  const shown = order.isPending ? stored.toSorted((a, b) => order.variables.indexOf(a.name) - order.variables.indexOf(b.name)) : stored;
  const reorder = useReorder(shown.length, move);

  function move(from: number, to: number) {
    const names = shown.map(({ name }) => name);
    names.splice(to, 0, ...names.splice(from, 1));
    order.mutate(names);
  }

  return (
    <ol className={styles.list} ref={reorder.list}>
      {shown.map((environment, index) => (
        <li key={environment.name} className={styles.row} style={reorder.style(index)} data-dragging={reorder.dragged === index}>
          {may && (
            <Tooltip label={texts.strategy.handleHelp}>
              <button
                type="button"
                className={styles.grip}
                aria-label={environmentTexts.move(environment.name)}
                aria-keyshortcuts="ArrowUp ArrowDown"
                {...reorder.handle(index)}
              >
                <GrabberIcon />
              </button>
            </Tooltip>
          )}
          <div className={styles.name}>
            <h2>{environment.name}</h2>
            <Chip>{environmentTexts.types[environment.type] ?? environment.type}</Chip>
            {environment.requiredApprovals !== null && (
              <Chip tone="accent" icon={<LockIcon size={12} />}>
                {environmentTexts.needs(environment.requiredApprovals)}
                {environment.approvalsEnforced && ` · ${texts.protection.enforcedShort}`}
              </Chip>
            )}
          </div>
          <p className={styles.facts}>
            {texts.count(environmentTexts.columns.projects, environment.projectCount)} ·{' '}
            {texts.count(environmentTexts.columns.flags, environment.enabledToggleCount)} ·{' '}
            {texts.count(environmentTexts.columns.tokens, environment.apiTokenCount)}
          </p>
          <Tooltip label={environmentTexts.windows(environment.name)}>
            <ActionIcon
              aria-label={environmentTexts.windows(environment.name)}
              renderRoot={(props) => <Link to="/admin/environments/$name/windows" params={{ name: environment.name }} {...props} />}
            >
              <CalendarIcon />
            </ActionIcon>
          </Tooltip>
          <InUse environment={environment} may={may} />
          <RowActions environment={environment} may={may} first={index === 0} last={index === shown.length - 1} onAsk={onAsk} onMove={(by) => move(index, index + by)} />
        </li>
      ))}
    </ol>
  );
}

function InUse({ environment: { name, enabled }, may }: { environment: Environment; may: boolean }) {
  const turn = useWrite({
    write: (on: boolean) => switchEnvironment(name, on),
    touches,
    said: (on) => environmentTexts.switched(name, on),
  });
  return (
    <Tooltip label={may ? environmentTexts.enabled(name) : texts.mayNot}>
      <span>
        <Switch
          aria-label={environmentTexts.enabled(name)}
          checked={turn.isPending ? turn.variables : enabled}
          {...(may ? {} : { 'data-disabled': true, 'aria-disabled': true, readOnly: true })}
          onChange={(event) => may && turn.mutate(event.currentTarget.checked)}
        />
      </span>
    </Tooltip>
  );
}

interface RowActionsProps {
  environment: Environment;
  may: boolean;
  first: boolean;
  last: boolean;
  onAsk: (asking: Asking) => void;
  onMove: (by: number) => void;
}

function RowActions({ environment, may, first, last, onAsk, onMove }: RowActionsProps) {
  const { name } = environment;
  if (!may) return null;
  return (
    <div className={styles.actions}>
      <Tooltip label={texts.edit}>
        <ActionIcon aria-label={environmentTexts.edit(name)} onClick={() => onAsk({ act: 'edit', environment })}>
          <PencilIcon />
        </ActionIcon>
      </Tooltip>
      <RowMenu label={texts.of(texts.moreActions, name)}>
        <Menu.Item leftSection={<ArrowUpIcon />} disabled={first} onClick={() => onMove(-1)}>
          {texts.strategy.moveUp}
        </Menu.Item>
        <Menu.Item leftSection={<ArrowDownIcon />} disabled={last} onClick={() => onMove(1)}>
          {texts.strategy.moveDown}
        </Menu.Item>
        <Menu.Item leftSection={<DuplicateIcon />} onClick={() => onAsk({ act: 'clone', environment })}>
          {environmentTexts.clone}
        </Menu.Item>
        <MayItem
          may={environment.projectCount === 0}
          why={environmentTexts.mayNotRemove}
          leftSection={<TrashIcon />}
          c="var(--q-red)"
          onClick={() => onAsk({ act: 'delete', environment })}
        >
          {texts.delete}
        </MayItem>
      </RowMenu>
    </div>
  );
}

function Remove({ environment: { name }, onClose }: { environment: Environment; onClose: () => void }) {
  return (
    <Deletion
      title={environmentTexts.removeTitle(name)}
      words={environmentTexts.removeWords}
      act={environmentTexts.removeAct(name)}
      write={() => deleteEnvironment(name)}
      touches={touches}
      said={environmentTexts.removed(name)}
      onClose={onClose}
    />
  );
}
