import { useQuery } from '@tanstack/react-query';
import { flagQuery } from '../client/flags';
import { texts } from '../texts';
import { strategyName } from './change-words';

/** A flag in an environment. */
export interface FlagPlace {
  projectId: string;
  feature: string;
  environment: string;
}

/** Returns a function that says what a strategy is called, by its id; one that is gone has no name. */
export function useStrategyNames({ projectId, feature, environment }: FlagPlace): (id: string) => string {
  const { data } = useQuery({ ...flagQuery(projectId, feature), retry: false });
  const strategies = data?.environments.find(({ name }) => name === environment)?.strategies ?? [];
  return (id) => {
    const index = strategies.findIndex((one) => one.id === id);
    return index < 0 ? texts.strategy.gone : strategyName(strategies[index]) || texts.strategy.number(index + 1);
  };
}
