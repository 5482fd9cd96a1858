import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { texts } from '../texts';

interface ConfirmProps {
  title: string;
  words: string;
  /** What the button says: the act, and what it is done to. */
  act: string;
  danger?: boolean;
  pending?: boolean;
  /** What else to know. */
  notice?: ReactNode;
  no?: string;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something is done that is not easily undone. */
export function Confirm({ title, words, act, danger = false, pending = false, notice, no = texts.cancel, onConfirm, onClose }: ConfirmProps) {
  return (
    <Modal opened onClose={onClose} title={title} zIndex={300}>
      <Stack gap="md">
        <Text size="sm">{words}</Text>
        {notice}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {no}
          </Button>
          <Button data-autofocus loading={pending} onClick={onConfirm} {...(danger ? { color: 'red' } : {})}>
            {act}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
