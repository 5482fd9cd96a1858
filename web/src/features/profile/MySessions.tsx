import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { endMySession, mySessionsQuery } from '../../client/people';
import { Ago } from '../../components/Ago';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { MainCell, Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { texts } from '../../texts';
import { profileTexts } from '../../texts/profile';

const words = profileTexts.session;

/** Where one is signed in. */
export function MySessions() {
  const sessions = useQuery(mySessionsQuery);
  const end = useWrite({ write: endMySession, touches: [mySessionsQuery.queryKey], said: words.ended });
  return (
    <Panel title={profileTexts.sessions} words={profileTexts.sessionsWords} flush>
      <Loaded query={sessions} lines={1}>
        {(all) => (
          <Table
            label={profileTexts.sessions}
            columns={[
              { key: 'browser', label: words.browser },
              { key: 'where', label: words.where },
              { key: 'since', label: words.since, wide: true },
              { key: 'end', label: texts.actions, quiet: true },
            ]}
          >
            {all.map(({ id, userAgent, ip, createdAt }) => (
              <tr key={id}>
                <MainCell>
                  <span title={userAgent}>{browserOf(userAgent)}</span>
                </MainCell>
                <td>{ip}</td>
                <td data-wide>
                  <Ago at={createdAt} />
                </td>
                <td data-align="right">
                  <Button variant="subtle" color="red" aria-label={words.endOf(ip)} onClick={() => end.mutate(id)}>
                    {words.end}
                  </Button>
                </td>
              </tr>
            ))}
          </Table>
        )}
      </Loaded>
    </Panel>
  );
}

// Every browser also claims to be those that come after it.
const browsers: [RegExp, string][] = [
  [/Edg\//, 'Edge'],
  [/OPR\//, 'Opera'],
  [/Firefox\//, 'Firefox'],
  [/Chrom(e|ium)\//, 'Chrome'],
  [/Safari\//, 'Safari'],
];

const systems: [RegExp, string][] = [
  [/Android/, 'Android'],
  [/iPhone|iPad/, 'iOS'],
  [/Windows/, 'Windows'],
  [/Mac OS/, 'macOS'],
  [/Linux/, 'Linux'],
];

/** A browser as people call it; one that is not known is shown as it calls itself. */
function browserOf(userAgent: string): string {
  const find = (among: [RegExp, string][]) => among.find(([pattern]) => pattern.test(userAgent))?.[1];
  const [browser, system] = [find(browsers), find(systems)];
  return browser && system ? `${browser}, ${system}` : userAgent;
}
