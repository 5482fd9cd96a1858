import type { Integration, Provider } from '../../client/integrations';

/** What an integration is called: what it is for, or else what it sends to. */
export function nameOf({ description, provider }: Integration, providers: Provider[]): string {
  return description || (providers.find(({ name }) => name === provider)?.displayName ?? provider);
}
