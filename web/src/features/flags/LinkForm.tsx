import { Button, TextInput } from '@mantine/core';
import { useState } from 'react';
import { deleteLink, type Flag, flagQuery, saveLink } from '../../client/flags';
import { Problem } from '../../client/problem';
import { FormDialog } from '../../components/FormDialog';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { flagTexts } from '../../texts/flags';

interface LinkFormProps {
  flag: Flag;
  /** What is edited; without it, a link is added. */
  link?: Flag['links'][number] | undefined;
  onClose: () => void;
}

/** Edits a link of a flag to what belongs to it elsewhere. */
export function LinkForm({ flag: { project, name }, link, onClose }: LinkFormProps) {
  const [url, setUrl] = useState(link?.url ?? 'https://');
  const [title, setTitle] = useState(link?.title ?? '');
  const touches = [flagQuery(project, name).queryKey];
  const save = useWrite({
    write: () => saveLink(project, name, link?.id, { url, title: title.trim() === '' ? null : title.trim() }),
    touches,
    said: flagTexts.link.saved,
    then: onClose,
    shown: true,
  });
  const remove = useWrite({ write: (id: string) => deleteLink(project, name, id), touches, said: flagTexts.link.removed, then: onClose });
  const aboutUrl = save.error instanceof Problem ? save.error.of('url') : undefined;
  return (
    <FormDialog
      title={link ? flagTexts.link.editTitle : flagTexts.link.add}
      act={texts.save}
      pending={save.isPending}
      error={aboutUrl ? null : save.error}
      aside={
        link && (
          <Button variant="subtle" color="red" loading={remove.isPending} onClick={() => remove.mutate(link.id)}>
            {texts.remove}
          </Button>
        )
      }
      onSubmit={() => save.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={flagTexts.link.url}
        type="url"
        required
        withAsterisk={false}
        data-autofocus
        value={url}
        error={aboutUrl}
        onChange={(event) => setUrl(event.currentTarget.value)}
      />
      <TextInput label={flagTexts.link.title} value={title} onChange={(event) => setTitle(event.currentTarget.value)} />
    </FormDialog>
  );
}
