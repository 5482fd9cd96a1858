import { ActionIcon, VisuallyHidden } from '@mantine/core';
import { ArrowDownIcon, ArrowUpIcon } from '@primer/octicons-react';
import { type ReactNode, useState } from 'react';
import { texts } from '../texts';
import { FormDialog } from './FormDialog';
import styles from './OrderDialog.module.css';
import { type FlagPlace, useStrategyNames } from './strategy-names';

interface OrderDialogProps {
  at: FlagPlace;
  title: string;
  /** The ids of the strategies, in their order. */
  order: string[];
  notice?: ReactNode;
  act: string;
  pending: boolean;
  error: Error | null;
  onSave: (order: string[]) => void;
  onClose: () => void;
}

/** Puts the strategies of a flag in an environment into an order. */
export function OrderDialog({ at, order: given, notice, onSave, ...dialog }: OrderDialogProps) {
  const called = useStrategyNames(at);
  const [order, setOrder] = useState(given);
  const [said, setSaid] = useState('');

  function move(from: number, by: number) {
    const next = [...order];
    next.splice(from + by, 0, ...next.splice(from, 1));
    setOrder(next);
    setSaid(texts.strategy.moved(from + 1, from + by + 1, order.length));
  }

  return (
    <FormDialog {...dialog} onSubmit={() => onSave(order)}>
      {notice}
      <ol className={styles.list}>
        {order.map((id, index) => {
          const name = called(id);
          return (
            <li key={id} className={styles.item}>
              <span className={styles.name}>{texts.change.order(index + 1, name)}</span>
              <ActionIcon aria-label={texts.of(texts.strategy.moveUp, name)} disabled={index === 0} onClick={() => move(index, -1)}>
                <ArrowUpIcon />
              </ActionIcon>
              <ActionIcon aria-label={texts.of(texts.strategy.moveDown, name)} disabled={index === order.length - 1} onClick={() => move(index, 1)}>
                <ArrowDownIcon />
              </ActionIcon>
            </li>
          );
        })}
      </ol>
      <VisuallyHidden role="status">{said}</VisuallyHidden>
    </FormDialog>
  );
}
