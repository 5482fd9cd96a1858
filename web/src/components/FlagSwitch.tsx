import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useCallback, useState } from 'react';
import { useProtection } from '../client/change-requests';
import { useMay } from '../client/me';
import { texts } from '../texts';
import styles from './FlagSwitch.module.css';
import { useEdit } from './use-edit';

/** A flag in an environment, as far as a switch needs to know it. */
export interface Switched {
  flag: string;
  environment: string;
  /** Whether the flag has strategies there, and all of them are disabled. */
  allDisabled: boolean;
}

/** What switches flags of a project in its environments. */
export function useSwitching(projectId: string) {
  const { mutate } = useEdit(projectId);
  const protection = useProtection(projectId);
  const may = useMay();
  // What is to be switched on, and has only disabled strategies.
  const [asked, ask] = useState<Switched | null>(null);

  const act = useCallback(
    ({ flag, environment }: Switched, enabled: boolean, shouldActivateDisabledStrategies?: boolean) => {
      ask(null);
      const payload = { enabled, ...(shouldActivateDisabledStrategies === undefined ? {} : { shouldActivateDisabledStrategies }) };
      mutate({ environment, change: { feature: flag, action: 'updateEnabled', payload }, said: texts.flag.toggled(flag, environment, enabled) });
    },
    [mutate],
  );
  const turn = useCallback((what: Switched, on: boolean) => (on && what.allDisabled ? ask(what) : act(what, on)), [act]);

  return {
    /** Why one may not switch flags in an environment, if one may not. Anybody may propose. */
    whyNot: (environment: string) =>
      protection.of(environment) || may('UPDATE_FEATURE_ENVIRONMENT', projectId, environment) ? undefined : texts.flag.mayNotToggle(environment),
    /** Switches a flag; the same function as long as the page is there. */
    turn,
    /** What is asked first, to be shown beside the switches. */
    question: asked && (
      <Modal opened onClose={() => ask(null)} title={texts.flag.allDisabledTitle(asked.flag, asked.environment)}>
        <Stack gap="md">
          <Text size="sm">{texts.flag.allDisabledWords}</Text>
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={() => act(asked, true, false)}>
              {texts.flag.addDefault}
            </Button>
            <Button data-autofocus onClick={() => act(asked, true, true)}>
              {texts.flag.enableDisabled}
            </Button>
          </Group>
        </Stack>
      </Modal>
    ),
  };
}

interface FlagSwitchProps extends Switched {
  enabled: boolean;
  /** Why it cannot be switched, if it cannot. */
  whyNot: string | undefined;
  onTurn: (what: Switched, on: boolean) => void;
}

/** The switch of a flag in an environment: one element, since lists have hundreds of them. */
export function FlagSwitch({ flag, environment, allDisabled, enabled, whyNot, onTurn }: FlagSwitchProps) {
  return (
    <input
      type="checkbox"
      role="switch"
      className={styles.switch}
      checked={enabled}
      aria-label={texts.flag.toggle(flag, environment)}
      // One that cannot be pressed keeps the focus, so that the reason can be reached by the keyboard.
      {...(whyNot === undefined ? {} : { 'aria-disabled': true, 'aria-description': whyNot, 'data-tip': whyNot })}
      onChange={(event) => {
        if (whyNot === undefined) onTurn({ flag, environment, allDisabled }, event.currentTarget.checked);
      }}
    />
  );
}
