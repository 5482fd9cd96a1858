import { Alert, Button, Group, Modal, Stack } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { sentence } from '../client/problem';
import { texts } from '../texts';
import { MayButton } from './MayButton';

interface FormDialogProps {
  title: string;
  /** What the button says: the act. */
  act: string;
  /** Whether the person may do it, and if not, why. */
  may?: boolean;
  why?: string;
  pending: boolean;
  /** Why it could not be done, unless a field says so. */
  error?: Error | null | undefined;
  size?: string | number;
  /** What else can be done, on the left of the buttons. */
  aside?: ReactNode;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** Asks for what something new needs, or shows what is to be changed, and does it. */
export function FormDialog({ title, act, may = true, why = '', pending, error, size = 'md', aside, onSubmit, onClose, children }: FormDialogProps) {
  function submit(event: FormEvent) {
    event.preventDefault();
    // A form in a dialog is inside the form of the page to React, though not to the browser.
    event.stopPropagation();
    onSubmit();
  }
  return (
    <Modal opened onClose={onClose} title={title} size={size}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          {error && (
            <Alert color="red" role="alert" p="xs">
              {sentence(error)}
            </Alert>
          )}
          {children}
          <Group justify="flex-end" gap="xs" mt="xs">
            {aside && <div style={{ marginRight: 'auto' }}>{aside}</div>}
            <Button variant="default" onClick={onClose}>
              {texts.cancel}
            </Button>
            {may ? (
              <Button type="submit" loading={pending}>
                {act}
              </Button>
            ) : (
              <MayButton may={false} why={why} onClick={onClose}>
                {act}
              </MayButton>
            )}
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
