import { ActionIcon, Alert, Button, Group, Modal, Stack, Text, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { CheckIcon, CopyIcon } from '@primer/octicons-react';
import type { ReactNode } from 'react';
import { texts } from '../texts';
import styles from './Secret.module.css';

/** A text that people need elsewhere, with a button that copies it. */
export function Copyable({ text, label }: { text: string; label: string }) {
  const clipboard = useClipboard({ timeout: 1500 });
  const does = clipboard.copied ? texts.copied : label;
  return (
    <div className={styles.copyable}>
      <pre className={styles.text} tabIndex={0} role="region" aria-label={label}>
        {text}
      </pre>
      <Tooltip label={does}>
        <ActionIcon className={styles.copy ?? ''} aria-label={does} onClick={() => clipboard.copy(text)}>
          {clipboard.copied ? <CheckIcon /> : <CopyIcon />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}

interface SecretDialogProps {
  title: string;
  /** What it is, and what to do with it. */
  words: string;
  secret: string;
  /** What the button that copies it says. */
  label: string;
  children?: ReactNode;
  onClose: () => void;
}

/** Shows a secret once, right after it was made. */
export function SecretDialog({ title, words, secret, label, children, onClose }: SecretDialogProps) {
  return (
    <Modal opened onClose={onClose} title={title} size="lg" closeOnClickOutside={false}>
      <Stack gap="sm">
        <Alert color="yellow" p="xs">
          {words}
        </Alert>
        <Copyable text={secret} label={label} />
        {children}
        <Group justify="flex-end">
          <Button onClick={onClose}>{texts.done}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** A paragraph that explains. */
export function Words({ children }: { children: ReactNode }) {
  return (
    <Text size="sm" c="dimmed">
      {children}
    </Text>
  );
}
