import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import {
  ArrowDownIcon,
  ArrowUpIcon,
  CircleSlashIcon,
  GrabberIcon,
  KebabHorizontalIcon,
  LockIcon,
  PencilIcon,
  PlayIcon,
  PlusIcon,
  TrashIcon,
} from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type CSSProperties, lazy, type ReactNode, Suspense, useState } from 'react';
import { flagRequestsQuery, useProtection } from '../../client/change-requests';
import type { Flag, FlagEnvironment, Strategy } from '../../client/flags';
import { useMay } from '../../client/me';
import { writable } from '../../client/strategy';
import { Chip } from '../../components/Chip';
import { Confirm } from '../../components/Confirm';
import { FlagSwitch, useSwitching } from '../../components/FlagSwitch';
import { MayButton } from '../../components/MayButton';
import { ProposalNotice } from '../../components/ProposalDialog';
import { ScheduleNotice } from '../../components/ScheduleNotice';
import { StateChip } from '../../components/StateChip';
import { StrategyView } from '../../components/StrategyView';
import { useEdit } from '../../components/use-edit';
import { useReorder } from '../../components/use-reorder';
import { texts } from '../../texts';
import styles from './EnvironmentCard.module.css';
import { EnvironmentVariants } from './EnvironmentVariants';
import { changesOf, RequestBadges } from './RequestBadges';

const StrategyForm = lazy(() => import('./StrategyForm').then((module) => ({ default: module.StrategyForm })));

/** A flag in one environment: its switch, and its strategies in their order. */
export function EnvironmentCard({ flag, environment }: { flag: Flag; environment: FlagEnvironment }) {
  const { project: projectId, name } = flag;
  const may = useMay();
  const edit = useEdit(projectId);
  const { whyNot, turn, question } = useSwitching(projectId);
  // What is edited: a strategy, or a new one; null is nothing.
  const [form, setForm] = useState<Strategy | 'new' | null>(null);
  const [removing, setRemoving] = useState<Strategy | null>(null);
  const strategies = environment.strategies.toSorted((a, b) => a.sortOrder - b.sortOrder);
  const active = strategies.filter((strategy) => !strategy.disabled);
  // Anybody may propose.
  const guarded = useProtection(projectId).of(environment.name) !== undefined;
  const mayDo = (permission: string) => !flag.archived && (guarded || may(permission, projectId, environment.name));
  const mayAdd = mayDo('CREATE_FEATURE_STRATEGY');
  const mayEdit = mayDo('UPDATE_FEATURE_STRATEGY');
  const mayRemove = mayDo('DELETE_FEATURE_STRATEGY');
  const reorder = useReorder(strategies.length, move);

  function move(from: number, to: number) {
    const order = strategies.map(({ id }) => id);
    order.splice(to, 0, ...order.splice(from, 1));
    edit.mutate({
      environment: environment.name,
      change: { feature: name, action: 'reorderStrategy', payload: order.map((id, sortOrder) => ({ id, sortOrder })) },
      said: texts.strategy.moved(from + 1, to + 1, order.length),
    });
  }

  function setDisabled(strategy: Strategy, disabled: boolean) {
    const payload = { id: strategy.id, ...writable(strategy), disabled };
    edit.mutate({ environment: environment.name, change: { feature: name, action: 'updateStrategy', payload }, said: texts.strategy.saved });
  }

  const open = useQuery(flagRequestsQuery(projectId, name));
  const requests = open.data?.filter((request) => request.environment === environment.name) ?? [];
  const title = `environment-${environment.name}`;
  return (
    <section className={styles.card} aria-labelledby={title}>
      <header className={styles.head}>
        <FlagSwitch
          flag={name}
          environment={environment.name}
          enabled={environment.enabled}
          allDisabled={strategies.length > 0 && active.length === 0}
          whyNot={flag.archived ? texts.flag.archivedNotice : whyNot(environment.name)}
          onTurn={turn}
        />
        {question}
        <h2 id={title}>{environment.name}</h2>
        {guarded && (
          <Tooltip label={texts.environment.protectedWords} multiline maw={280}>
            <span className={styles.lock} role="img" aria-label={texts.environment.protected}>
              <LockIcon />
            </span>
          </Tooltip>
        )}
        {environment.type === 'production' && environment.name !== 'production' && <Chip>{texts.environment.production}</Chip>}
        {requests.map((request) => (
          <Link
            key={request.id}
            to="/projects/$projectId/change-requests/$id"
            params={{ projectId, id: request.id }}
            className={styles.request}
            aria-label={texts.request.changesThis(request.id, texts.request.states[request.state] ?? request.state)}
          >
            {texts.request.number(request.id)} <StateChip state={request.state} schedule={request.schedule} />
          </Link>
        ))}
        <span className={styles.usage}>
          {environment.yes + environment.no > 0 && texts.flag.usage(environment.yes, environment.no)}
        </span>
        <MayButton
          may={mayAdd}
          why={flag.archived ? texts.flag.archivedNotice : texts.strategy.mayNot(environment.name)}
          variant="default"
          leftSection={<PlusIcon />}
          onClick={() => setForm('new')}
        >
          {texts.strategy.add}
        </MayButton>
      </header>
      {strategies.length === 0 ? (
        <p className={styles.none}>
          {texts.environment.none} {!environment.enabled && !flag.archived && texts.environment.noneWords}
        </p>
      ) : (
        <ol className={styles.strategies} ref={reorder.list}>
          {strategies.map((strategy, index) => (
            <Item
              key={strategy.id}
              strategy={strategy}
              index={index}
              count={strategies.length}
              mayEdit={mayEdit}
              mayRemove={mayRemove}
              badges={<RequestBadges projectId={projectId} found={changesOf(requests, name, strategy.id)} />}
              handle={reorder.handle(index)}
              style={reorder.style(index)}
              dragged={reorder.dragged === index}
              onEdit={() => setForm(strategy)}
              onMove={(by) => move(index, index + by)}
              onDisable={(disabled) => setDisabled(strategy, disabled)}
              onRemove={() => setRemoving(strategy)}
            />
          ))}
        </ol>
      )}
      <EnvironmentVariants flag={flag} environment={environment} requests={requests} />
      <Suspense>
        {form !== null && (
          <StrategyForm
            projectId={projectId}
            flag={name}
            environment={environment.name}
            {...(form === 'new' ? {} : { strategy: form })}
            onClose={() => setForm(null)}
          />
        )}
      </Suspense>
      {removing && (
        <Confirm
          title={texts.strategy.removeTitle}
          words={
            environment.enabled && active.length === 1 && active[0]?.id === removing.id
              ? texts.strategy.removeLast(environment.name)
              : texts.strategy.removeWords(environment.name)
          }
          act={guarded ? texts.request.addToDraft : texts.strategy.removeAct(environment.name)}
          notice={
            <>
              {guarded && <ProposalNotice projectId={projectId} environment={environment.name} />}
              <ScheduleNotice projectId={projectId} touched={{ strategyId: [removing.id] }} environment={environment.name} proposed={guarded} />
            </>
          }
          danger
          pending={edit.isPending}
          onClose={() => setRemoving(null)}
          onConfirm={() =>
            edit.mutate(
              {
                environment: environment.name,
                change: { feature: name, action: 'deleteStrategy', payload: { id: removing.id } },
                said: texts.strategy.removed,
                asked: true,
              },
              { onSettled: () => setRemoving(null) },
            )
          }
        />
      )}
    </section>
  );
}

interface ItemProps {
  strategy: Strategy;
  index: number;
  count: number;
  mayEdit: boolean;
  mayRemove: boolean;
  /** The open requests that change it. */
  badges: ReactNode;
  /** What makes the handle move the strategy. */
  handle: ReturnType<ReturnType<typeof useReorder>['handle']>;
  style: CSSProperties;
  dragged: boolean;
  onEdit: () => void;
  onMove: (by: number) => void;
  onDisable: (disabled: boolean) => void;
  onRemove: () => void;
}

function Item({ strategy, index, count, mayEdit, mayRemove, badges, handle, style, dragged, onEdit, onMove, onDisable, onRemove }: ItemProps) {
  const name = strategy.title || texts.strategy.number(index + 1);
  return (
    <li className={styles.strategy} data-dragging={dragged} style={style}>
      {index > 0 && (
        <span className={styles.or} aria-hidden="true">
          {texts.strategy.or}
        </span>
      )}
      <div className={styles.handle}>
        {mayEdit && count > 1 && (
          <Tooltip label={texts.strategy.handleHelp}>
            <button type="button" className={styles.grip} aria-label={texts.strategy.handle(name)} aria-keyshortcuts="ArrowUp ArrowDown" {...handle}>
              <GrabberIcon />
            </button>
          </Tooltip>
        )}
      </div>
      <div className={styles.body}>
        <div className={styles.title}>
          {strategy.title && <h3>{strategy.title}</h3>}
          {strategy.disabled && <Chip icon={<CircleSlashIcon size={12} />}>{texts.strategy.disabled}</Chip>}
          {badges}
        </div>
        <StrategyView strategy={strategy} />
      </div>
      <div className={styles.actions}>
        {mayEdit && (
          <Tooltip label={texts.strategy.edit}>
            <ActionIcon aria-label={texts.strategy.editNamed(name)} onClick={onEdit}>
              <PencilIcon />
            </ActionIcon>
          </Tooltip>
        )}
        {(mayEdit || mayRemove) && (
          <Menu>
            <Menu.Target>
              <ActionIcon aria-label={texts.strategy.moreNamed(name)}>
                <KebabHorizontalIcon />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              {mayEdit && (
                <>
                  <Menu.Item
                    leftSection={strategy.disabled ? <PlayIcon /> : <CircleSlashIcon />}
                    onClick={() => onDisable(!strategy.disabled)}
                  >
                    {strategy.disabled ? texts.strategy.enable : texts.strategy.disable}
                  </Menu.Item>
                  <Menu.Item leftSection={<ArrowUpIcon />} disabled={index === 0} onClick={() => onMove(-1)}>
                    {texts.strategy.moveUp}
                  </Menu.Item>
                  <Menu.Item leftSection={<ArrowDownIcon />} disabled={index === count - 1} onClick={() => onMove(1)}>
                    {texts.strategy.moveDown}
                  </Menu.Item>
                </>
              )}
              {mayRemove && (
                <Menu.Item leftSection={<TrashIcon />} c="var(--q-red)" onClick={onRemove}>
                  {texts.strategy.remove}
                </Menu.Item>
              )}
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
    </li>
  );
}
