import { useParams } from '@tanstack/react-router';
import { ContextFields } from '../../components/ContextFields';
import { SettingsPage } from './SettingsPage';

/** The context fields of a project alone. */
export function ContextSettingsPage() {
  const { projectId } = useParams({ from: '/inside/projects/$projectId/settings/context-fields' });
  return (
    <SettingsPage projectId={projectId}>
      <ContextFields projectId={projectId} />
    </SettingsPage>
  );
}
