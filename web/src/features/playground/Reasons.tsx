import { Drawer, Stack } from '@mantine/core';
import { CheckIcon, XIcon } from '@primer/octicons-react';
import type { Constraint } from '../../client/flags';
import type { Answer, AskedStrategy } from '../../client/playground';
import { Chip, type Tone } from '../../components/Chip';
import { ConstraintView } from '../../components/ConstraintView';
import { texts } from '../../texts';
import styles from './Reasons.module.css';
import { playgroundTexts } from '../../texts/playground';

interface ReasonsProps {
  name: string;
  environment: string;
  /** What the flag answers, to each combination of the context's values. */
  answers: Answer[];
  onClose: () => void;
}

/** Says why a flag answers as it does in an environment, down to the constraint that decided. */
export function Reasons({ name, environment, answers, onClose }: ReasonsProps) {
  return (
    <Drawer opened onClose={onClose} size={640} title={playgroundTexts.whyTitle(name, environment)}>
      <Stack gap="lg">
        {answers.map((answer, index) => (
          <Reason key={JSON.stringify(answer.context)} answer={answer} {...(answers.length > 1 ? { title: playgroundTexts.combination(index + 1) } : {})} />
        ))}
      </Stack>
    </Drawer>
  );
}

function Reason({ answer, title }: { answer: Answer; title?: string }) {
  const given = Object.entries(answer.context).filter(([key, value]) => key !== 'appName' && key !== 'environment' && typeof value === 'string' && value !== '');
  const properties = Object.entries((answer.context.properties ?? {}) as unknown as Record<string, string>);
  return (
    <section className={styles.answer} aria-label={title ?? answer.name}>
      <header className={styles.head}>
        {title && <h3>{title}</h3>}
        <Chip tone={answer.isEnabled ? 'green' : 'plain'}>{answer.isEnabled ? playgroundTexts.on : playgroundTexts.off}</Chip>
        {answer.variant.enabled && (
          <span className={styles.dim}>
            {playgroundTexts.variant} <code>{answer.variant.name}</code>
          </span>
        )}
      </header>
      {given.length + properties.length > 0 && (
        <p className={styles.context}>
          {[...given, ...properties].map(([key, value]) => (
            <code key={key}>
              {key}={String(value)}
            </code>
          ))}
        </p>
      )}
      <p>{verdict(answer)}</p>
      {answer.strategies.data.length > 0 && (
        <ol className={styles.strategies}>
          {answer.strategies.data.map((strategy, index) => (
            <Strategy key={strategy.id} strategy={strategy} number={index + 1} />
          ))}
        </ol>
      )}
    </section>
  );
}

function verdict({ isEnabledInCurrentEnvironment, hasUnsatisfiedDependency, strategies }: Answer): string {
  const words = playgroundTexts.reasons;
  if (!isEnabledInCurrentEnvironment) return words.disabled;
  if (hasUnsatisfiedDependency) return words.dependency;
  if (strategies.data.length === 0) return words.noStrategy;
  if (strategies.result === 'unknown') return words.unknown;
  return strategies.result ? words.yes : words.no;
}

const tones: Record<keyof typeof playgroundTexts.strategy, Tone> = { true: 'green', false: 'red', unknown: 'amber', disabled: 'plain' };

function Strategy({ strategy, number }: { strategy: AskedStrategy; number: number }) {
  const outcome = strategy.result.evaluationStatus === 'unevaluated' ? 'disabled' : (String(strategy.result.enabled) as keyof typeof tones);
  const { rollout, stickiness = 'default' } = strategy.parameters;
  const conditions = [...strategy.constraints, ...strategy.segments].every(({ result }) => result);
  return (
    <li className={styles.strategy}>
      <div className={styles.head}>
        <strong>{strategy.title || texts.strategy.number(number)}</strong>
        <Chip tone={tones[outcome]}>{playgroundTexts.strategy[outcome]}</Chip>
        {rollout && <span className={styles.dim}>{playgroundTexts.rollout(rollout, stickiness)}</span>}
      </div>
      {(strategy.constraints.length > 0 || strategy.segments.length > 0) && (
        <ul className={styles.conditions}>
          {strategy.segments.map((segment) => (
            <li key={segment.id}>
              <Held result={segment.result} />
              <span>
                {playgroundTexts.inSegment(segment.name)}
                <ul className={styles.conditions}>
                  {segment.constraints.map((constraint) => (
                    <li key={JSON.stringify(constraint)}>
                      <Held result={constraint.result} />
                      <ConstraintView constraint={constraint as Constraint} />
                    </li>
                  ))}
                </ul>
              </span>
            </li>
          ))}
          {strategy.constraints.map((constraint) => (
            <li key={JSON.stringify(constraint)}>
              <Held result={constraint.result} />
              <ConstraintView constraint={constraint as Constraint} />
            </li>
          ))}
        </ul>
      )}
      {outcome === 'false' && conditions && <p className={styles.dim}>{playgroundTexts.outside}</p>}
    </li>
  );
}

function Held({ result }: { result: boolean }) {
  return (
    <span className={styles.held} data-result={result} role="img" aria-label={result ? playgroundTexts.holds : playgroundTexts.fails}>
      {result ? <CheckIcon /> : <XIcon />}
    </span>
  );
}
