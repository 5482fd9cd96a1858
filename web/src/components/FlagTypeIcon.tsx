import { BeakerIcon, type Icon, KeyIcon, MoonIcon, RocketIcon, StopIcon, ToolsIcon } from '@primer/octicons-react';
import { useQuery } from '@tanstack/react-query';
import { flagTypesQuery } from '../client/vocabulary';

const icons: Record<string, Icon> = {
  release: RocketIcon,
  experiment: BeakerIcon,
  operational: ToolsIcon,
  'kill-switch': StopIcon,
  permission: KeyIcon,
  sunset: MoonIcon,
};

/** What kind of flag one is. */
export function FlagTypeIcon({ type }: { type: string }) {
  const types = useQuery(flagTypesQuery);
  const name = types.data?.find((one) => one.id === type)?.name ?? type;
  const Shape = icons[type] ?? RocketIcon;
  return (
    <span style={{ display: 'inline-flex', color: 'var(--q-dim)' }} role="img" aria-label={name} data-tip={name}>
      <Shape />
    </span>
  );
}
