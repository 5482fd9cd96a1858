import { ApiTokens } from '../../components/ApiTokens';
import { Page } from '../../components/Page';
import { texts } from '../../texts';
import { tokenTexts } from '../../texts/tokens';

/** The API tokens of all projects. */
export function ApiTokenPage() {
  return (
    <Page title={texts.apiToken.list} about={tokenTexts.about}>
      <ApiTokens />
    </Page>
  );
}
