import { Alert, Checkbox, MultiSelect, Select, Slider, Stack, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import type { Schemas } from '../client/client';
import { Problem, sentence } from '../client/problem';
import { projectQuery } from '../client/projects';
import { segmentsQuery } from '../client/segments';
import { flexibleRollout, withWeights } from '../client/strategy';
import { type StrategyType, strategyTypesQuery } from '../client/vocabulary';
import { Confirm } from './Confirm';
import { ConstraintsField, constraintsOf, draftsOf, missingIn } from './ConstraintsField';
import { DrawerForm, FormDrawer } from './DrawerForm';
import { NumberField } from './NumberField';
import { Loading } from './states';
import { texts } from '../texts';
import { StickinessField } from './StickinessField';
import styles from './StrategyDrawer.module.css';
import { ValuesField } from './ValuesField';
import { problemsIn, type VariantDraft, VariantsField, variantDraftsOf, variantsOf } from './VariantsField';

/** What is written of a strategy. */
export type WrittenStrategy = Schemas['createFeatureStrategySchema'];

interface StrategyDrawerProps {
  projectId: string;
  title: string;
  /** The flag that it is for, whose name is the usual group; a default strategy is for none. */
  flag?: string;
  /** What is edited; without it, a new one is written. */
  strategy?: WrittenStrategy | undefined;
  /** What is to be known before. */
  notice?: ReactNode;
  /** The button that submits the form. */
  button: ReactNode;
  /** Why it was refused. */
  error?: Error | null | undefined;
  onSave: (strategy: WrittenStrategy) => void;
  onClose: () => void;
}

/** Edits a strategy, or makes one, in a drawer beside the page. */
export function StrategyDrawer(props: StrategyDrawerProps) {
  const { projectId, title, onClose } = props;
  const project = useQuery(projectQuery(projectId));
  const [changed, setChanged] = useState(false);
  const [leaving, setLeaving] = useState(false);
  const leave = () => (changed ? setLeaving(true) : onClose());
  return (
    <>
      <FormDrawer title={title} size={680} onClose={leave}>
        {project.data ? (
          <Form {...props} defaultStickiness={project.data.defaultStickiness} onChange={() => setChanged(true)} onCancel={leave} />
        ) : (
          <Loading />
        )}
      </FormDrawer>
      {leaving && (
        <Confirm
          title={texts.strategy.discard}
          words={texts.strategy.discardWords}
          act={texts.strategy.discardDo}
          no={texts.strategy.keep}
          danger
          onConfirm={onClose}
          onClose={() => setLeaving(false)}
        />
      )}
    </>
  );
}

interface FormProps extends StrategyDrawerProps {
  defaultStickiness: string;
  onChange: () => void;
  onCancel: () => void;
}

function Form({ projectId, flag, strategy, notice, button, error, defaultStickiness, onChange, onCancel, onSave }: FormProps) {
  const types = useQuery(strategyTypesQuery);
  const rollout: Record<string, string> = { rollout: '100', stickiness: defaultStickiness, ...(flag === undefined ? {} : { groupId: flag }) };
  const [name, setName] = useState(strategy?.name ?? flexibleRollout);
  const [title, setTitle] = useState(strategy?.title ?? '');
  const [parameters, setParameters] = useState<Record<string, string>>(strategy?.parameters ?? rollout);
  const [segments, setSegments] = useState(strategy?.segments ?? []);
  const [constraints, setConstraints] = useState(() => draftsOf(strategy?.constraints ?? []));
  const [variants, setVariants] = useState(() => variantDraftsOf(strategy?.variants ?? []));
  const [strict, setStrict] = useState(false);
  const problem = error instanceof Problem ? error : undefined;
  const variantProblems = problemsIn(variants);

  /** Notes that something has changed. */
  function set<T>(setter: (value: T) => void) {
    return (value: T) => {
      setter(value);
      onChange();
    };
  }

  function submit() {
    setStrict(true);
    if (constraints.some((draft) => missingIn(draft.constraint)) || variantProblems.size > 0) return;
    onSave({
      ...(strategy ?? { disabled: false }),
      name,
      title: title.trim() === '' ? null : title.trim(),
      parameters,
      segments,
      constraints: constraintsOf(constraints),
      variants: name === flexibleRollout ? withWeights(variantsOf(variants, parameters.stickiness ?? 'default')) : [],
    });
  }

  const offered = types.data?.filter((type) => !type.deprecated || type.name === name) ?? [];
  const type = types.data?.find((one) => one.name === name);
  return (
    <DrawerForm button={button} noValidate onSubmit={submit} onCancel={onCancel}>
      {notice}
      {error && !problem?.of('constraints') && (
        <Alert color="red" role="alert" p="xs">
          {sentence(error)}
        </Alert>
      )}
      <div className={styles.pair}>
        <TextInput
          label={texts.strategy.title}
          placeholder={texts.strategy.titleHint}
          data-autofocus
          value={title}
          onChange={(event) => set(setTitle)(event.currentTarget.value)}
        />
        <Select
          label={texts.strategy.type}
          data={offered.map((one) => ({ value: one.name, label: one.displayName ?? one.name }))}
          value={name}
          // A strategy keeps its type; another type is another strategy.
          disabled={strategy !== undefined}
          onChange={(next) => {
            if (next === null) return;
            set(setName)(next);
            setParameters(next === flexibleRollout ? rollout : {});
          }}
        />
      </div>
      {name === flexibleRollout ? (
        <Rollout projectId={projectId} parameters={parameters} onChange={set(setParameters)} />
      ) : (
        <Parameters type={type} parameters={parameters} onChange={set(setParameters)} />
      )}
      <Section title={texts.strategy.segments} words={texts.strategy.segmentsWords}>
        <SegmentsField projectId={projectId} value={segments} onChange={set(setSegments)} />
      </Section>
      <Section title={texts.strategy.constraints} words={texts.strategy.constraintsWords}>
        <ConstraintsField
          projectId={projectId}
          value={constraints}
          onChange={set(setConstraints)}
          strict={strict}
          problem={(index) => problem?.of(`constraints/${index}`) ?? (constraints.length === 1 ? problem?.of('constraints') : undefined)}
        />
      </Section>
      {name === flexibleRollout && (
        <Section title={texts.strategy.tabs.variants} words={texts.variant.words}>
          <VariantsField value={variants} onChange={set<VariantDraft[]>(setVariants)} problems={variantProblems} strict={strict} />
        </Section>
      )}
    </DrawerForm>
  );
}

function Section({ title, words, children }: { title: string; words: string; children: ReactNode }) {
  return (
    <section className={styles.section}>
      <h3>{title}</h3>
      <Text size="xs" c="dimmed" mb={8}>
        {words}
      </Text>
      {children}
    </section>
  );
}

interface ParametersProps {
  parameters: Record<string, string>;
  onChange: (parameters: Record<string, string>) => void;
}

/** The share of users, and what keeps a user on the same side of it. */
function Rollout({ projectId, parameters, onChange }: ParametersProps & { projectId: string }) {
  const percent = Number(parameters.rollout ?? '100');
  const stickiness = parameters.stickiness ?? 'default';
  const set = (changed: Record<string, string>) => onChange({ ...parameters, ...changed });
  return (
    <section className={styles.section}>
      <h3 id="rollout-label">{texts.strategy.rollout}</h3>
      <div className={styles.rollout}>
        <Slider
          className={styles.slider ?? ''}
          thumbLabel={texts.strategy.rollout}
          label={null}
          value={percent}
          onChange={(value) => set({ rollout: String(value) })}
          marks={[{ value: 0 }, { value: 25 }, { value: 50 }, { value: 75 }, { value: 100 }]}
          size={6}
        />
        <NumberField
          w={84}
          aria-label={texts.strategy.rolloutPercent}
          percent
          step={1}
          value={parameters.rollout ?? '100'}
          onChange={(value) => {
            const share = Math.round(Number(value));
            if (share >= 0 && share <= 100) set({ rollout: String(share) });
          }}
        />
      </div>
      <div className={styles.pair}>
        <StickinessField
          label={texts.strategy.stickiness}
          description={texts.strategy.stickinessWords}
          projectId={projectId}
          value={stickiness}
          onChange={(value) => set({ stickiness: value })}
        />
        <TextInput
          label={texts.strategy.group}
          description={texts.strategy.groupWords}
          inputWrapperOrder={['label', 'input', 'description', 'error']}
          spellCheck={false}
          value={parameters.groupId ?? ''}
          onChange={(event) => set({ groupId: event.currentTarget.value })}
        />
      </div>
    </section>
  );
}

/** The parameters of any other type of strategy, as its definition lists them. */
function Parameters({ type, parameters, onChange }: ParametersProps & { type: StrategyType | undefined }) {
  if (!type) {
    return (
      <Text size="sm" c="dimmed">
        {texts.strategy.unknown}
      </Text>
    );
  }
  const set = (key: string, value: string) => onChange({ ...parameters, [key]: value });
  return (
    <Stack gap="sm">
      {type.description && (
        <Text size="sm" c="dimmed">
          {type.description}
        </Text>
      )}
      {type.parameters.map(({ name, type: kind, description = '', required = false }) => {
        const value = parameters[name] ?? '';
        const field = { label: name, required, ...(description === '' ? {} : { description }) };
        switch (kind) {
          case 'list':
            return (
              <ValuesField
                key={name}
                {...field}
                value={value.split(',').map((one) => one.trim()).filter((one) => one !== '')}
                onChange={(values) => set(name, values.join(','))}
              />
            );
          case 'percentage':
          case 'number':
            return (
              <NumberField key={name} {...field} percent={kind === 'percentage'} value={value} onChange={(next) => set(name, next)} />
            );
          case 'boolean':
            return (
              <Checkbox
                key={name}
                label={name}
                description={description}
                checked={value === 'true'}
                onChange={(event) => set(name, String(event.currentTarget.checked))}
              />
            );
          default:
            return <TextInput key={name} {...field} value={value} onChange={(event) => set(name, event.currentTarget.value)} />;
        }
      })}
    </Stack>
  );
}

interface SegmentsFieldProps {
  projectId: string;
  value: number[];
  onChange: (segments: number[]) => void;
}

/** Chooses segments, of those that are everybody's or the project's. */
function SegmentsField({ projectId, value, onChange }: SegmentsFieldProps) {
  const segments = useQuery(segmentsQuery);
  const offered = segments.data?.filter((segment) => !segment.project || segment.project === projectId || value.includes(segment.id)) ?? [];
  return (
    <MultiSelect
      aria-label={texts.strategy.segments}
      placeholder={value.length === 0 ? texts.segment.choose : ''}
      nothingFoundMessage={texts.strategy.noSegments}
      searchable
      data={offered.map((segment) => ({ value: String(segment.id), label: segment.name }))}
      value={value.map(String)}
      onChange={(ids) => onChange(ids.map(Number))}
    />
  );
}
