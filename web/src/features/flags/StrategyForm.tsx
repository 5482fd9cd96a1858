import { Button } from '@mantine/core';
import { useProtection } from '../../client/change-requests';
import type { Strategy } from '../../client/flags';
import { writable } from '../../client/strategy';
import { ProposalNotice, ProposeButton } from '../../components/ProposalDialog';
import { ScheduleNotice } from '../../components/ScheduleNotice';
import { StrategyDrawer } from '../../components/StrategyDrawer';
import { useEdit } from '../../components/use-edit';
import { texts } from '../../texts';

interface StrategyFormProps {
  projectId: string;
  flag: string;
  environment: string;
  /** What is edited; without it, a strategy is added. */
  strategy?: Strategy;
  onClose: () => void;
}

/** Edits a strategy of a flag in an environment, or adds one. */
export function StrategyForm({ projectId, flag, environment, strategy, onClose }: StrategyFormProps) {
  const edit = useEdit(projectId);
  const guarded = useProtection(projectId).of(environment) !== undefined;
  return (
    <StrategyDrawer
      projectId={projectId}
      flag={flag}
      title={strategy ? texts.strategy.editIn(environment) : texts.strategy.addIn(environment)}
      strategy={strategy && writable(strategy)}
      notice={
        <>
          {guarded && <ProposalNotice projectId={projectId} environment={environment} />}
          {strategy && (
            <ScheduleNotice projectId={projectId} touched={{ strategyId: [strategy.id] }} environment={environment} proposed={guarded} />
          )}
        </>
      }
      button={
        guarded ? (
          <ProposeButton projectId={projectId} environment={environment} loading={edit.isPending} />
        ) : (
          <Button type="submit" loading={edit.isPending}>
            {strategy ? texts.strategy.saveIn(environment) : texts.strategy.addTo(environment)}
          </Button>
        )
      }
      error={edit.error}
      onSave={(payload) =>
        edit.mutate(
          {
            environment,
            change: strategy
              ? { feature: flag, action: 'updateStrategy', payload: { id: strategy.id, ...payload } }
              : { feature: flag, action: 'addStrategy', payload },
            said: strategy ? texts.strategy.saved : texts.strategy.added,
            asked: true,
            shown: true,
          },
          { onSuccess: onClose },
        )
      }
      onClose={onClose}
    />
  );
}
