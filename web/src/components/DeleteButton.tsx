import type { QueryKey } from '@tanstack/react-query';
import { useState } from 'react';
import { texts } from '../texts';
import { Confirm } from './Confirm';
import { MayButton } from './MayButton';
import { useWrite } from './use-write';

interface DeleteButtonProps {
  may: boolean;
  why: string;
  /** The question, what follows from a yes, and what the button says that means it. */
  title: string;
  words: string;
  act: string;
  write: () => Promise<unknown>;
  touches: QueryKey[];
  said: string;
  onDone?: () => unknown;
}

/** Deletes what a dialog shows, after a question. */
export function DeleteButton({ may, why, title, words, act, write, touches, said, onDone }: DeleteButtonProps) {
  const [asking, setAsking] = useState(false);
  const remove = useWrite({ write, touches, said, then: () => onDone?.() });
  return (
    <>
      <MayButton variant="subtle" color="red" may={may} why={why} onClick={() => setAsking(true)}>
        {texts.delete}
      </MayButton>
      {asking && (
        <Confirm
          title={title}
          words={words}
          act={act}
          danger
          pending={remove.isPending}
          onConfirm={() => remove.mutate(undefined, { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
