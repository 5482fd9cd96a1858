import {
  closestCenter,
  DndContext,
  type DragEndEvent,
  KeyboardSensor,
  PointerSensor,
  useSensor,
  useSensors,
} from '@dnd-kit/core';
import { arrayMove, SortableContext, sortableKeyboardCoordinates, useSortable, verticalListSortingStrategy } from '@dnd-kit/sortable';
import { ActionIcon, Menu, Tooltip } from '@mantine/core';
import {
  ArrowDownIcon,
  ArrowUpIcon,
  CircleSlashIcon,
  GrabberIcon,
  KebabHorizontalIcon,
  PencilIcon,
  PlayIcon,
  PlusIcon,
  TrashIcon,
} from '@primer/octicons-react';
import { useState } from 'react';
import type { Flag, FlagEnvironment, Strategy } from '../../client/flags';
import { useMay } from '../../client/me';
import { writable } from '../../client/strategy';
import { Chip } from '../../components/Chip';
import { Confirm } from '../../components/Confirm';
import { FlagSwitch } from '../../components/FlagSwitch';
import { MayButton } from '../../components/MayButton';
import { StrategyView } from '../../components/StrategyView';
import { done } from '../../components/toast';
import { useEdit } from '../../components/use-edit';
import { texts } from '../../texts';
import styles from './EnvironmentCard.module.css';
import { StrategyForm } from './StrategyForm';

/** A flag in one environment: its switch, and its strategies in their order. */
export function EnvironmentCard({ flag, environment }: { flag: Flag; environment: FlagEnvironment }) {
  const { project: projectId, name } = flag;
  const may = useMay();
  const edit = useEdit(projectId);
  // What is edited: a strategy, or a new one; null is nothing.
  const [form, setForm] = useState<Strategy | 'new' | null>(null);
  const [removing, setRemoving] = useState<Strategy | null>(null);
  const stored = environment.strategies.toSorted((a, b) => a.sortOrder - b.sortOrder);
  // The order that was asked for, until the server has it.
  const asked = edit.isPending && edit.variables.change.action === 'reorderStrategy' ? edit.variables.change.payload : undefined;
  const strategies = asked
    ? stored.toSorted((a, b) => asked.findIndex(({ id }) => id === a.id) - asked.findIndex(({ id }) => id === b.id))
    : stored;
  const active = strategies.filter((strategy) => !strategy.disabled);
  const mayAdd = may('CREATE_FEATURE_STRATEGY', projectId, environment.name) && !flag.archived;
  const mayEdit = may('UPDATE_FEATURE_STRATEGY', projectId, environment.name) && !flag.archived;
  const mayRemove = may('DELETE_FEATURE_STRATEGY', projectId, environment.name) && !flag.archived;
  const sensors = useSensors(
    useSensor(PointerSensor, { activationConstraint: { distance: 4 } }),
    useSensor(KeyboardSensor, { coordinateGetter: sortableKeyboardCoordinates }),
  );

  function move(from: number, to: number) {
    if (from === to || to < 0 || to >= strategies.length) return;
    const payload = arrayMove(strategies, from, to).map(({ id }, sortOrder) => ({ id, sortOrder }));
    edit.mutate(
      { environment: environment.name, change: { feature: name, action: 'reorderStrategy', payload } },
      { onSuccess: () => done(texts.strategy.ordered) },
    );
  }

  function drop({ active: moved, over }: DragEndEvent) {
    const index = (id: unknown) => strategies.findIndex((strategy) => strategy.id === id);
    if (over) move(index(moved.id), index(over.id));
  }

  function setDisabled(strategy: Strategy, disabled: boolean) {
    edit.mutate(
      { environment: environment.name, change: { feature: name, action: 'updateStrategy', payload: { id: strategy.id, ...writable(strategy), disabled } } },
      { onSuccess: () => done(texts.strategy.saved) },
    );
  }

  const title = `environment-${environment.name}`;
  return (
    <section className={styles.card} aria-labelledby={title}>
      <header className={styles.head}>
        <FlagSwitch
          projectId={projectId}
          flag={name}
          environment={environment.name}
          enabled={environment.enabled}
          allDisabled={strategies.length > 0 && active.length === 0}
          archived={flag.archived}
        />
        <h2 id={title}>{environment.name}</h2>
        {environment.type === 'production' && environment.name !== 'production' && <Chip>{texts.environment.production}</Chip>}
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
        <DndContext
          sensors={sensors}
          collisionDetection={closestCenter}
          onDragEnd={drop}
          accessibility={{ announcements: announcements(strategies), screenReaderInstructions: { draggable: texts.strategy.dragHelp } }}
        >
          <SortableContext items={strategies.map(({ id }) => id)} strategy={verticalListSortingStrategy}>
            <ol className={styles.strategies}>
              {strategies.map((strategy, index) => (
                <Item
                  key={strategy.id}
                  strategy={strategy}
                  index={index}
                  count={strategies.length}
                  mayEdit={mayEdit}
                  mayRemove={mayRemove}
                  onEdit={() => setForm(strategy)}
                  onMove={(by) => move(index, index + by)}
                  onDisable={(disabled) => setDisabled(strategy, disabled)}
                  onRemove={() => setRemoving(strategy)}
                />
              ))}
            </ol>
          </SortableContext>
        </DndContext>
      )}
      {form !== null && (
        <StrategyForm
          projectId={projectId}
          flag={name}
          environment={environment.name}
          {...(form === 'new' ? {} : { strategy: form })}
          onClose={() => setForm(null)}
        />
      )}
      {removing && (
        <Confirm
          title={texts.strategy.removeTitle}
          words={
            environment.enabled && active.length === 1 && active[0]?.id === removing.id
              ? texts.strategy.removeLast(environment.name)
              : texts.strategy.removeWords(environment.name)
          }
          act={texts.strategy.removeAct(environment.name)}
          danger
          pending={edit.isPending}
          onClose={() => setRemoving(null)}
          onConfirm={() =>
            edit.mutate(
              { environment: environment.name, change: { feature: name, action: 'deleteStrategy', payload: { id: removing.id } } },
              { onSuccess: () => done(texts.strategy.removed), onSettled: () => setRemoving(null) },
            )
          }
        />
      )}
    </section>
  );
}

/** What a screen reader is told while a strategy is moved. */
function announcements(strategies: Strategy[]) {
  const place = (id: unknown) => strategies.findIndex((strategy) => strategy.id === id) + 1;
  return {
    onDragStart: ({ active }: { active: { id: unknown } }) => texts.strategy.dragStart(place(active.id), strategies.length),
    onDragOver: ({ over }: { over: { id: unknown } | null }) => (over ? texts.strategy.dragOver(place(over.id), strategies.length) : undefined),
    onDragEnd: ({ over }: { over: { id: unknown } | null }) => (over ? texts.strategy.dragEnd(place(over.id), strategies.length) : undefined),
    onDragCancel: () => texts.strategy.dragCancel,
  };
}

interface ItemProps {
  strategy: Strategy;
  index: number;
  count: number;
  mayEdit: boolean;
  mayRemove: boolean;
  onEdit: () => void;
  onMove: (by: number) => void;
  onDisable: (disabled: boolean) => void;
  onRemove: () => void;
}

function Item({ strategy, index, count, mayEdit, mayRemove, onEdit, onMove, onDisable, onRemove }: ItemProps) {
  const { attributes, listeners, setNodeRef, setActivatorNodeRef, transform, transition, isDragging } = useSortable({ id: strategy.id });
  const name = strategy.title || texts.strategy.number(index + 1);
  return (
    <li
      ref={setNodeRef}
      className={styles.strategy}
      data-dragging={isDragging}
      style={{ transform: transform ? `translate3d(0, ${Math.round(transform.y)}px, 0)` : undefined, transition }}
    >
      {index > 0 && (
        <span className={styles.or} aria-hidden="true">
          {texts.strategy.or}
        </span>
      )}
      <div className={styles.handle}>
        {mayEdit && count > 1 && (
          <button type="button" className={styles.grip} ref={setActivatorNodeRef} {...attributes} {...listeners} aria-label={texts.strategy.handle(name)}>
            <GrabberIcon />
          </button>
        )}
      </div>
      <div className={styles.body}>
        {(strategy.title || strategy.disabled) && (
          <div className={styles.title}>
            {strategy.title && <h3>{strategy.title}</h3>}
            {strategy.disabled && <Chip icon={<CircleSlashIcon size={12} />}>{texts.strategy.disabled}</Chip>}
          </div>
        )}
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
