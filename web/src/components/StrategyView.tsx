import { Tooltip } from '@mantine/core';
import { PeopleIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import type { Constraint, Variant } from '../client/flags';
import { segmentsQuery } from '../client/segments';
import { flexibleRollout, withWeights } from '../client/strategy';
import { strategyTypesQuery } from '../client/vocabulary';
import { texts } from '../texts';
import { ConstraintView } from './ConstraintView';
import styles from './StrategyView.module.css';

/** What is shown of a strategy, whether it exists or is proposed. */
export interface ShownStrategy {
  name?: string;
  parameters?: Record<string, string>;
  constraints?: Constraint[];
  segments?: number[];
  variants?: Variant[];
}

/** Says in words who gets a flag by a strategy, line by line. */
export function StrategyView({ strategy }: { strategy: ShownStrategy }) {
  const segments = useQuery(segmentsQuery);
  const { constraints = [], segments: ids = [], variants = [] } = strategy;
  return (
    <div className={styles.strategy}>
      <p>
        <Share strategy={strategy} />
        {(constraints.length > 0 || ids.length > 0) && <span className={styles.dim}> {texts.strategy.of}</span>}
      </p>
      {(ids.length > 0 || constraints.length > 0) && (
        <ul className={styles.conditions}>
          {ids.map((id) => {
            const segment = segments.data?.find((one) => one.id === id);
            return (
              <li key={id}>
                <span className={styles.icon}>
                  <PeopleIcon />
                </span>
                <span>
                  <span className={styles.dim}>{texts.segment.in}</span>{' '}
                  {segment ? (
                    <Tooltip
                      label={
                        <ul className={styles.tip}>
                          {segment.constraints.map((constraint) => (
                            <li key={JSON.stringify(constraint)}>
                              <ConstraintView constraint={constraint} />
                            </li>
                          ))}
                        </ul>
                      }
                      color="var(--q-panel)"
                      classNames={{ tooltip: styles.tooltip ?? '' }}
                    >
                      <button type="button" className={styles.segment}>
                        {segment.name}
                      </button>
                    </Tooltip>
                  ) : (
                    `#${id}`
                  )}
                </span>
              </li>
            );
          })}
          {constraints.map((constraint) => (
            <li key={JSON.stringify(constraint)}>
              <span className={styles.bullet} aria-hidden="true" />
              <ConstraintView constraint={constraint} />
            </li>
          ))}
        </ul>
      )}
      {variants.length > 0 && <VariantsView variants={variants} />}
    </div>
  );
}

function Share({ strategy }: { strategy: ShownStrategy }) {
  const types = useQuery(strategyTypesQuery);
  const parameters = strategy.parameters ?? {};
  if (strategy.name === undefined || strategy.name === flexibleRollout) {
    const percent = parameters.rollout ?? '100';
    const stickiness = parameters.stickiness ?? 'default';
    if (percent === '100') return <strong>{texts.strategy.everyone}</strong>;
    return (
      <>
        <strong>{texts.strategy.share(percent)}</strong>
        <span className={styles.dim}> {texts.strategy.by(stickiness)}</span>
        <span className={styles.bar} aria-hidden="true">
          <span style={{ width: `${percent}%` }} />
        </span>
      </>
    );
  }
  if (strategy.name === 'default') return <strong>{texts.strategy.everyone}</strong>;
  const type = types.data?.find((one) => one.name === strategy.name);
  const given = Object.entries(parameters).filter(([, value]) => value !== '');
  return (
    <>
      <strong>{type?.displayName ?? strategy.name}</strong>
      {given.map(([key, value]) => (
        <span key={key}>
          {' '}
          <span className={styles.dim}>{key}</span> <code>{value}</code>
        </span>
      ))}
    </>
  );
}

const colors = ['#3b4bc0', '#0e8f78', '#b3541e', '#8a3fb8', '#a8325e', '#5b7a13', '#1b78b5', '#7a6a12'];

/** The shares of variants, as a bar. */
export function SharesBar({ variants }: { variants: Variant[] }) {
  const shares = withWeights(variants).map((variant, index) => ({ key: index, weight: variant.weight }));
  return (
    <div className={styles.shares} aria-hidden="true">
      {shares.map(({ key, weight }) => (
        <span key={key} style={{ width: `${weight / 10}%`, background: colors[key % colors.length] }} />
      ))}
    </div>
  );
}

/** Variants, with the share and the payload of each. */
export function VariantsView({ variants }: { variants: Variant[] }) {
  const weighted = withWeights(variants);
  return (
    <div className={styles.variants}>
      <SharesBar variants={variants} />
      <ul className={styles.legend}>
        {weighted.map((variant, index) => (
          <li key={variant.name}>
            <span className={styles.dot} style={{ background: colors[index % colors.length] }} aria-hidden="true" />
            <span className={styles.variant}>{variant.name}</span>
            <span className={styles.dim}>{texts.variant.percent(variant.weight)}</span>
            {variant.payload && <code className={styles.payload}>{variant.payload.value}</code>}
          </li>
        ))}
      </ul>
    </div>
  );
}
