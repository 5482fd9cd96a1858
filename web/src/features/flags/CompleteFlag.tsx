import { Radio, Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { completeFlag, type Flag } from '../../client/flags';
import { FormDialog } from '../../components/FormDialog';
import { useWrite } from '../../components/use-write';
import { flagTexts } from '../../texts/flags';

/** Says that the work of a flag is done, and what became of what it switched. */
export function CompleteFlag({ flag, onClose }: { flag: Flag; onClose: () => void }) {
  const words = flagTexts.complete;
  const variants = [...new Set(flag.environments.flatMap(({ strategies }) => strategies.flatMap(({ variants = [] }) => variants.map(({ name }) => name))))];
  const [status, setStatus] = useState<'kept' | 'discarded'>('kept');
  const [variant, setVariant] = useState<string | null>(null);
  const complete = useWrite({
    write: () => completeFlag(flag.project, flag.name, { status, ...(status === 'kept' && variant ? { statusValue: variant } : {}) }),
    touches: [['flag', flag.project], ['flags'], ['projects']],
    said: words.done(flag.name),
    then: onClose,
    shown: true,
  });
  return (
    <FormDialog
      title={words.title(flag.name)}
      act={words.submit}
      pending={complete.isPending}
      error={complete.error}
      onSubmit={() => complete.mutate()}
      onClose={onClose}
    >
      <Text size="sm">{words.words}</Text>
      <Radio.Group label={words.what} value={status} onChange={(value) => setStatus(value as typeof status)}>
        <Stack gap="xs" mt={6}>
          <Radio value="kept" label={words.kept} description={words.keptWords} data-autofocus />
          <Radio value="discarded" label={words.discarded} description={words.discardedWords} />
        </Stack>
      </Radio.Group>
      {status === 'kept' && variants.length > 0 && (
        <Select label={words.variant} placeholder={words.anyVariant} clearable data={variants} value={variant} onChange={setVariant} />
      )}
    </FormDialog>
  );
}
