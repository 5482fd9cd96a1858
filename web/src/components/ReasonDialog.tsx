import { Alert, Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { type FormEvent, useState, useSyncExternalStore } from 'react';
import { texts } from '../texts';
import { type Want, want } from './ask';

/** Asks why something is written that a freeze, or the rule of an environment, lets through for a reason alone. */
export function ReasonDialog() {
  const wanted = useSyncExternalStore(want.subscribe, want.get);
  return wanted && <Dialog want={wanted} />;
}

function Dialog({ want: { sentence, answer } }: { want: Want }) {
  const [reason, setReason] = useState('');
  const [strict, setStrict] = useState(false);
  const given = reason.trim() !== '';

  function submit(event: FormEvent) {
    event.preventDefault();
    setStrict(true);
    if (given) answer(reason);
  }

  return (
    <Modal opened onClose={() => answer()} title={texts.reason.title} zIndex={400}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Alert color="yellow" p="xs">
            {sentence}
          </Alert>
          <Textarea
            label={texts.reason.label}
            description={texts.reason.words}
            data-autofocus
            value={reason}
            error={strict && !given && texts.reason.needed}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => answer()}>
              {texts.cancel}
            </Button>
            <Button type="submit">{texts.reason.act}</Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
