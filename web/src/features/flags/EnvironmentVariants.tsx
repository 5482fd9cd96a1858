import { Button } from '@mantine/core';
import { useState } from 'react';
import { type ChangeRequest, useProtection } from '../../client/change-requests';
import type { Flag, FlagEnvironment, Variant } from '../../client/flags';
import { useMay } from '../../client/me';
import { MayButton } from '../../components/MayButton';
import { ProposalNotice, ProposeButton } from '../../components/ProposalDialog';
import { ScheduleNotice } from '../../components/ScheduleNotice';
import { VariantsView } from '../../components/StrategyView';
import { useEdit } from '../../components/use-edit';
import { VariantsDrawer } from '../../components/VariantsDrawer';
import { texts } from '../../texts';
import styles from './EnvironmentCard.module.css';
import { changesOf, RequestBadges } from './RequestBadges';
import { flagTexts } from '../../texts/flags';

interface EnvironmentVariantsProps {
  flag: Flag;
  environment: FlagEnvironment;
  /** The open requests that change the flag there. */
  requests: ChangeRequest[];
}

/** The variants that a flag has in an environment, beside those of its strategies. */
export function EnvironmentVariants({ flag, environment, requests }: EnvironmentVariantsProps) {
  const may = useMay();
  const guarded = useProtection(flag.project).of(environment.name) !== undefined;
  const [editing, setEditing] = useState(false);
  const variants = (environment.variants ?? []) as Variant[];
  if (variants.length === 0) return null;
  return (
    <section className={styles.variants} aria-label={flagTexts.variants.title}>
      <div className={styles.body}>
        <h3>
          {flagTexts.variants.title} <RequestBadges projectId={flag.project} found={changesOf(requests, flag.name, 'variants')} />
        </h3>
        <VariantsView variants={variants} />
      </div>
      <MayButton
        variant="default"
        may={!flag.archived && (guarded || may('UPDATE_FEATURE_ENVIRONMENT_VARIANTS', flag.project, environment.name))}
        why={flag.archived ? texts.flag.archivedNotice : texts.strategy.mayNot(environment.name)}
        onClick={() => setEditing(true)}
      >
        {flagTexts.variants.edit}
      </MayButton>
      {editing && <Form flag={flag} environment={environment.name} variants={variants} onClose={() => setEditing(false)} />}
    </section>
  );
}

function Form({ flag, environment, variants, onClose }: { flag: Flag; environment: string; variants: Variant[]; onClose: () => void }) {
  const edit = useEdit(flag.project);
  const guarded = useProtection(flag.project).of(environment) !== undefined;
  return (
    <VariantsDrawer
      title={flagTexts.variants.editIn(environment)}
      variants={variants}
      notice={
        <>
          {guarded && <ProposalNotice projectId={flag.project} environment={environment} />}
          <ScheduleNotice projectId={flag.project} touched={{ variantForFlag: [flag.name] }} environment={environment} proposed={guarded} />
        </>
      }
      words={(none) => (none ? flagTexts.variants.removed : flagTexts.variants.words)}
      button={
        guarded ? (
          <ProposeButton projectId={flag.project} environment={environment} loading={edit.isPending} />
        ) : (
          <Button type="submit" loading={edit.isPending}>
            {texts.strategy.saveIn(environment)}
          </Button>
        )
      }
      error={edit.error}
      onSave={(written) =>
        edit.mutate(
          { environment, change: { feature: flag.name, action: 'patchVariant', payload: { variants: written } }, said: flagTexts.variants.saved, asked: true, shown: true },
          { onSuccess: onClose },
        )
      }
      onClose={onClose}
    />
  );
}
