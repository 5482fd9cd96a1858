import { useParams } from '@tanstack/react-router';
import { ApiTokens } from '../../components/ApiTokens';
import { SettingsPage } from './SettingsPage';

/** The API tokens of a project alone. */
export function TokenSettingsPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/settings/api-tokens' });
  return (
    <SettingsPage projectId={projectId}>
      <ApiTokens projectId={projectId} />
    </SettingsPage>
  );
}
