import { Alert, Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import type { Schemas } from '../../client/client';
import { useMay } from '../../client/me';
import { Problem, sentence } from '../../client/problem';
import { archiveProject, projectQuery, projectsQuery, updateProject, updateProjectSettings } from '../../client/projects';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/Loaded';
import { MayButton } from '../../components/MayButton';
import { NumberField } from '../../components/NumberField';
import { Panel, Panels } from '../../components/Panel';
import { StickinessField } from '../../components/StickinessField';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { LinksField, linkDraftsOf, templatesOf } from './LinksField';
import { type Mode, ModeField } from './ModeField';
import { SettingsPage } from './SettingsPage';
import { projectTexts } from '../../texts/projects';

type Project = Schemas['projectOverviewSchema'];

/** What a project is called, who sees it, and how its flags are named. */
export function GeneralSettingsPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/settings' });
  const project = useQuery(projectQuery(projectId));
  return (
    <SettingsPage projectId={projectId}>
      <Loaded query={project}>
        {(found) => (
          <Panels>
            <Form key={projectId} projectId={projectId} project={found} />
            <PutAway projectId={projectId} name={found.name} />
          </Panels>
        )}
      </Loaded>
    </SettingsPage>
  );
}

function Form({ projectId, project }: { projectId: string; project: Project }) {
  const mayDo = useMay();
  const may = mayDo('UPDATE_PROJECT', projectId) || mayDo('PROJECT_SETTINGS_WRITE', projectId);
  const [name, setName] = useState(project.name);
  const [description, setDescription] = useState(project.description ?? '');
  const [mode, setMode] = useState(project.mode as Mode);
  const [defaultStickiness, setStickiness] = useState(project.defaultStickiness);
  const [limit, setLimit] = useState(project.featureLimit === null ? '' : String(project.featureLimit));
  const [pattern, setPattern] = useState(project.featureNaming.pattern ?? '');
  const [example, setExample] = useState(project.featureNaming.example ?? '');
  const [about, setAbout] = useState(project.featureNaming.description ?? '');
  const [links, setLinks] = useState(() => linkDraftsOf(project.linkTemplates));
  const save = useWrite({
    write: async () => {
      const featureNaming = { pattern, example, description: about };
      const before = project.featureNaming;
      const renamed = pattern !== (before.pattern ?? '') || example !== (before.example ?? '') || about !== (before.description ?? '');
      const linkTemplates = templatesOf(links);
      const relinked = JSON.stringify(linkTemplates) !== JSON.stringify(project.linkTemplates);
      // These may be refused, and then nothing else is to be changed either.
      if (renamed || relinked) await updateProjectSettings(projectId, { ...(renamed ? { featureNaming } : {}), ...(relinked ? { linkTemplates } : {}) });
      await updateProject(projectId, { name, description, mode, defaultStickiness, featureLimit: limit.trim() === '' ? null : Math.round(Number(limit)) });
    },
    touches: [projectsQuery.queryKey, projectQuery(projectId).queryKey],
    said: projectTexts.saved,
    shown: true,
  });
  const problem = save.error instanceof Problem ? save.error : undefined;

  function submit(event: FormEvent) {
    event.preventDefault();
    save.mutate();
  }

  return (
    <form onSubmit={submit}>
      <fieldset disabled={!may} style={{ border: 0, margin: 0, padding: 0 }}>
        <Stack gap="md">
          {!may && (
            <Alert color="gray" p="xs">
              {texts.protection.mayNot}
            </Alert>
          )}
          {save.error && (
            <Alert color="red" role="alert" p="xs">
              {sentence(save.error)}
            </Alert>
          )}
          <Panel title={projectTexts.general}>
            <Stack gap="md">
              <TextInput
                label={projectTexts.name}
                required
                withAsterisk={false}
                value={name}
                error={problem?.of('name')}
                onChange={(event) => setName(event.currentTarget.value)}
              />
              <Textarea label={projectTexts.description} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
              <ModeField value={mode} onChange={setMode} />
              <Group grow align="flex-start">
                <StickinessField
                  label={projectTexts.stickiness}
                  description={projectTexts.stickinessWords}
                  projectId={projectId}
                  value={defaultStickiness}
                  onChange={setStickiness}
                />
                <NumberField
                  label={projectTexts.limit}
                  description={projectTexts.limitWords}
                  inputWrapperOrder={['label', 'input', 'description', 'error']}
                  min={1}
                  step={1}
                  value={limit}
                  error={problem?.of('featureLimit')}
                  onChange={setLimit}
                />
              </Group>
            </Stack>
          </Panel>
          <Panel title={projectTexts.naming} words={projectTexts.namingWords}>
            <Stack gap="md">
              <TextInput
                label={projectTexts.pattern}
                description={projectTexts.patternWords}
                spellCheck={false}
                value={pattern}
                error={problem?.of('featureNaming/pattern')}
                onChange={(event) => setPattern(event.currentTarget.value)}
              />
              <Group grow align="flex-start">
                <TextInput
                  label={projectTexts.example}
                  spellCheck={false}
                  value={example}
                  error={problem?.of('featureNaming/example')}
                  onChange={(event) => setExample(event.currentTarget.value)}
                />
                <TextInput label={projectTexts.about} value={about} onChange={(event) => setAbout(event.currentTarget.value)} />
              </Group>
            </Stack>
          </Panel>
          <Panel title={projectTexts.links} words={projectTexts.linksWords}>
            <LinksField value={links} onChange={setLinks} problem={(index) => problem?.of(`linkTemplates/${index}`)} />
          </Panel>
          <div>
            <Button type="submit" loading={save.isPending}>
              {texts.save}
            </Button>
          </div>
        </Stack>
      </fieldset>
    </form>
  );
}

function PutAway({ projectId, name }: { projectId: string; name: string }) {
  const may = useMay()('DELETE_PROJECT', projectId);
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const archive = useWrite({
    write: () => archiveProject(projectId),
    touches: [projectsQuery.queryKey],
    said: projectTexts.archived(name),
    then: () => navigate({ to: '/projects' }),
  });
  return (
    <Panel
      title={projectTexts.archive}
      words={projectTexts.archiveWords}
      actions={
        <MayButton variant="default" may={may} why={projectTexts.mayNotDelete} onClick={() => setAsking(true)}>
          {projectTexts.archive}
        </MayButton>
      }
    >
      {asking && (
        <Confirm
          title={projectTexts.archiveTitle(name)}
          words={projectTexts.archiveWords}
          act={projectTexts.archiveAct(name)}
          danger
          pending={archive.isPending}
          onConfirm={() => archive.mutate(undefined, { onSettled: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        />
      )}
    </Panel>
  );
}
