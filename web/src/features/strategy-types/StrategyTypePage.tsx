import { BeakerIcon, CircleSlashIcon, PlusIcon, SyncIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../client/me';
import { deleteStrategyType, deprecateStrategyType, type StrategyType, strategyTypesQuery } from '../../client/vocabulary';
import { Chip } from '../../components/Chip';
import { MayButton, MayItem } from '../../components/MayButton';
import { Page } from '../../components/Page';
import { RowMenu } from '../../components/RowMenu';
import { has } from '../../components/Search';
import { MainCell } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { WordedList } from '../../components/WordedList';
import { texts } from '../../texts';
import { strategyTypeTexts as words } from '../../texts/strategy-types';
import { StrategyTypeForm } from './StrategyTypeForm';

/** The types of strategies: those that are built in, and those of the instance's own. */
export function StrategyTypePage() {
  const may = useMay();
  const types = useQuery(strategyTypesQuery);
  const [form, setForm] = useState<StrategyType | 'new' | null>(null);
  return (
    <Page title={words.list} about={words.about}>
      <WordedList
        query={types}
        words={words}
        icon={<BeakerIcon size={24} />}
        create={
          <MayButton may={may('CREATE_STRATEGY')} why={words.mayNot} leftSection={<PlusIcon />} onClick={() => setForm('new')}>
            {words.create}
          </MayButton>
        }
        columns={[
          { key: 'name', label: words.columns.name },
          { key: 'parameters', label: words.columns.parameters, wide: true },
          { key: 'more', label: texts.actions, quiet: true },
        ]}
        keep={(type, word) => has(word, type.name, type.displayName, type.description)}
        row={(type) => <Row key={type.name} type={type} onEdit={() => setForm(type)} />}
      />
      {form !== null && <StrategyTypeForm type={form === 'new' ? undefined : form} onClose={() => setForm(null)} />}
    </Page>
  );
}

function Row({ type, onEdit }: { type: StrategyType; onEdit: () => void }) {
  const { name, displayName, description, editable, deprecated, parameters } = type;
  const may = useMay();
  const touches = [strategyTypesQuery.queryKey];
  const deprecate = useWrite({
    write: () => deprecateStrategyType(name, !deprecated),
    touches,
    said: deprecated ? words.isOffered(name) : words.isDeprecated(name),
  });
  return (
    <tr>
      <MainCell words={description}>
        <button type="button" onClick={onEdit}>
          {displayName ?? name}
        </button>
        {!editable && <Chip>{words.builtIn}</Chip>}
        {deprecated && <Chip tone="amber">{words.deprecated}</Chip>}
      </MainCell>
      <td data-wide>{words.parameterCount(parameters.length)}</td>
      <td data-align="right">
        <RowMenu
          label={words.more(displayName ?? name)}
          deletable={{
            may: editable && may('DELETE_STRATEGY'),
            why: editable ? words.mayNot : words.fixed,
            title: words.removeTitle(name),
            words: words.removeWords,
            act: words.removeAct(name),
            write: () => deleteStrategyType(name),
            touches,
            said: words.removed(name),
          }}
        >
          <MayItem
            may={may('UPDATE_STRATEGY')}
            why={words.mayNot}
            leftSection={deprecated ? <SyncIcon /> : <CircleSlashIcon />}
            onClick={() => deprecate.mutate()}
          >
            {deprecated ? words.reactivate : words.deprecate}
          </MayItem>
        </RowMenu>
      </td>
    </tr>
  );
}
