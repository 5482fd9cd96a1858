import { Button, Group, Modal, Stack, Switch, Text, Tooltip } from '@mantine/core';
import { useState } from 'react';
import { useProtection } from '../client/change-requests';
import { useMay } from '../client/me';
import { texts } from '../texts';
import { useEdit } from './use-edit';

interface FlagSwitchProps {
  projectId: string;
  flag: string;
  environment: string;
  enabled: boolean;
  /** Whether the flag has strategies there, and all of them are disabled. */
  allDisabled: boolean;
  archived?: boolean;
}

/** Switches a flag in an environment. It shows at once what was asked for, and takes it back if that is refused. */
export function FlagSwitch({ projectId, flag, environment, enabled, allDisabled, archived = false }: FlagSwitchProps) {
  // Anybody may propose.
  const guarded = useProtection(projectId).of(environment) !== undefined;
  const may = useMay()('UPDATE_FEATURE_ENVIRONMENT', projectId, environment) || guarded;
  const edit = useEdit(projectId);
  const [asking, setAsking] = useState(false);
  const asked = edit.isPending && edit.variables.change.action === 'updateEnabled' ? edit.variables.change.payload.enabled : undefined;
  const label = texts.flag.toggle(flag, environment);

  function turn(on: boolean, shouldActivateDisabledStrategies?: boolean) {
    setAsking(false);
    const payload = { enabled: on, ...(shouldActivateDisabledStrategies === undefined ? {} : { shouldActivateDisabledStrategies }) };
    edit.mutate({ environment, change: { feature: flag, action: 'updateEnabled', payload }, said: texts.flag.toggled(flag, environment, on) });
  }

  if (!may || archived) {
    const why = archived ? texts.flag.archivedNotice : texts.flag.mayNotToggle(environment);
    // It keeps the focus, so that the reason can be reached by the keyboard.
    return (
      <Tooltip label={why} multiline maw={280}>
        <span>
          <Switch checked={enabled} readOnly data-disabled aria-disabled="true" aria-label={label} aria-description={why} />
        </span>
      </Tooltip>
    );
  }
  return (
    <>
      <Switch
        checked={asked ?? enabled}
        aria-label={label}
        onChange={(event) => {
          if (edit.isPending) return;
          if (event.currentTarget.checked && allDisabled) setAsking(true);
          else turn(event.currentTarget.checked);
        }}
      />
      <Modal opened={asking} onClose={() => setAsking(false)} title={texts.flag.allDisabledTitle(flag, environment)}>
        <Stack gap="md">
          <Text size="sm">{texts.flag.allDisabledWords}</Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => turn(true, false)}>
              {texts.flag.addDefault}
            </Button>
            <Button data-autofocus onClick={() => turn(true, true)}>
              {texts.flag.enableDisabled}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
