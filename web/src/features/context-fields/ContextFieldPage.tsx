import { ContextFields } from '../../components/ContextFields';
import { Page } from '../../components/Page';
import { texts } from '../../texts';
import { contextTexts } from '../../texts/context-fields';

/** The context fields of all projects. */
export function ContextFieldPage() {
  return (
    <Page title={texts.contextField.list} about={contextTexts.about}>
      <ContextFields />
    </Page>
  );
}
