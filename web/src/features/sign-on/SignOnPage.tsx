import { useQuery } from '@tanstack/react-query';
import { instanceQuery } from '../../client/instance';
import { useMay } from '../../client/me';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Panels } from '../../components/Panel';
import { Refused } from '../../components/Refused';
import { OidcPanel } from './OidcPanel';
import { PasswordPanel } from './PasswordPanel';
import { SamlPanel } from './SamlPanel';
import { ScimPanel } from './ScimPanel';
import { signOnTexts } from '../../texts/sign-on';

/** How people sign in, and how a directory keeps them here. */
export function SignOnPage() {
  const may = useMay();
  const instance = useQuery(instanceQuery);
  return (
    <Page title={signOnTexts.title} about={signOnTexts.about}>
      {may('UPDATE_AUTH_CONFIGURATION') || may('ADMIN') ? (
        <Loaded query={instance}>
          {({ unleashUrl }) => {
            const url = unleashUrl.replace(/\/$/, '');
            return (
              <Panels>
                <OidcPanel url={url} />
                <SamlPanel url={url} />
                <PasswordPanel />
                <ScimPanel url={url} />
              </Panels>
            );
          }}
        </Loaded>
      ) : (
        <Refused why={signOnTexts.mayNot} />
      )}
    </Page>
  );
}
