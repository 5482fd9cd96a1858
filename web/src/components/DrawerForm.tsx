import { Button, Drawer, Group } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { texts } from '../texts';
import styles from './DrawerForm.module.css';

interface FormDrawerProps {
  title: string;
  size: number;
  onClose: () => void;
  children: ReactNode;
}

/** A drawer beside the page, for a form. */
export function FormDrawer({ title, size, onClose, children }: FormDrawerProps) {
  return (
    <Drawer opened onClose={onClose} size={size} title={title} classNames={{ body: styles.drawer ?? '' }}>
      {children}
    </Drawer>
  );
}

interface DrawerFormProps {
  /** The button that submits the form. */
  button: ReactNode;
  /** What else can be done, on the left of the buttons. */
  aside?: ReactNode;
  /** Whether the browser leaves the checking of fields to the form. */
  noValidate?: boolean;
  onSubmit: () => void;
  onCancel: () => void;
  children: ReactNode;
}

/** The form in such a drawer: its fields, and the buttons below them, which stay in sight. */
export function DrawerForm({ button, aside, noValidate = false, onSubmit, onCancel, children }: DrawerFormProps) {
  function submit(event: FormEvent) {
    event.preventDefault();
    onSubmit();
  }
  return (
    <form onSubmit={submit} className={styles.form} noValidate={noValidate}>
      <div className={styles.fields}>{children}</div>
      <Group justify="flex-end" gap="xs" className={styles.foot ?? ''}>
        {aside && <div className={styles.aside}>{aside}</div>}
        <Button variant="default" onClick={onCancel}>
          {texts.cancel}
        </Button>
        {button}
      </Group>
    </form>
  );
}
