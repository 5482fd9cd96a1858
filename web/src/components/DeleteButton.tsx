import type { QueryKey } from '@tanstack/react-query';
import { useState } from 'react';
import { texts } from '../texts';
import { Confirm } from './Confirm';
import { MayButton } from './MayButton';
import { useWrite } from './use-write';

/** What is deleted, and in which words. */
export interface Deletable {
  /** The question, what follows from a yes, and what the button says that means it. */
  title: string;
  words: string;
  act: string;
  write: () => Promise<unknown>;
  touches: QueryKey[];
  said: string;
  onDone?: () => unknown;
}

/** Asks whether something is to be deleted, and deletes it. */
export function Deletion({ title, words, act, write, touches, said, onDone, onClose }: Deletable & { onClose: () => void }) {
  const remove = useWrite({ write, touches, said, then: () => onDone?.() });
  return (
    <Confirm
      title={title}
      words={words}
      act={act}
      danger
      pending={remove.isPending}
      onConfirm={() => remove.mutate(undefined, { onSettled: onClose })}
      onClose={onClose}
    />
  );
}

/** Deletes what a dialog shows, after a question. */
export function DeleteButton({ may, why, ...deletable }: Deletable & { may: boolean; why: string }) {
  const [asking, setAsking] = useState(false);
  return (
    <>
      <MayButton variant="subtle" color="red" may={may} why={why} onClick={() => setAsking(true)}>
        {texts.delete}
      </MayButton>
      {asking && <Deletion {...deletable} onClose={() => setAsking(false)} />}
    </>
  );
}
