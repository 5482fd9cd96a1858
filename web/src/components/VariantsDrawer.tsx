import { Alert, Button, Drawer, Group, Stack } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Variant } from '../client/flags';
import { sentence } from '../client/problem';
import { withWeights } from '../client/strategy';
import { texts } from '../texts';
import { problemsIn, VariantsField, variantDraftsOf, variantsOf } from './VariantsField';

interface VariantsDrawerProps {
  title: string;
  variants: Variant[];
  /** What is to be known before. */
  notice?: ReactNode;
  /** What the variants do, or what it means that there are none. */
  words: (none: boolean) => string;
  /** The button that submits the form. */
  button: ReactNode;
  /** Why it was refused. */
  error: Error | null;
  onSave: (variants: Variant[]) => void;
  onClose: () => void;
}

/** Edits the variants that a flag has in an environment, in a drawer beside the page. */
export function VariantsDrawer({ title, variants, notice, words, button, error, onSave, onClose }: VariantsDrawerProps) {
  const [drafts, setDrafts] = useState(() => variantDraftsOf(variants));
  const [strict, setStrict] = useState(false);
  const problems = problemsIn(drafts);

  function submit(event: FormEvent) {
    event.preventDefault();
    setStrict(true);
    if (problems.size === 0) onSave(withWeights(variantsOf(drafts, variants[0]?.stickiness ?? 'default')));
  }

  return (
    <Drawer opened onClose={onClose} size={680} title={title}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {error && (
            <Alert color="red" role="alert" p="xs">
              {sentence(error)}
            </Alert>
          )}
          {notice}
          <p>{words(drafts.length === 0)}</p>
          <VariantsField value={drafts} onChange={setDrafts} problems={problems} strict={strict} />
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={onClose}>
              {texts.cancel}
            </Button>
            {button}
          </Group>
        </Stack>
      </form>
    </Drawer>
  );
}
