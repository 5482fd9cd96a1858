import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { calendarLinkQuery, endCalendarLink, makeCalendarLink } from '../../client/me';
import { Ago } from '../../components/Ago';
import { Confirm } from '../../components/Confirm';
import { Loaded } from '../../components/Loaded';
import { Panel } from '../../components/Panel';
import { SecretDialog } from '../../components/Secret';
import { useWrite } from '../../components/use-write';
import { profileTexts } from '../../texts/profile';

/** The secret address by which a calendar program reads what is to come. */
export function CalendarLink() {
  const link = useQuery(calendarLinkQuery);
  const [asking, setAsking] = useState<'again' | 'end' | null>(null);
  const [made, setMade] = useState<string | null>(null);
  const close = () => setAsking(null);
  const touches = [calendarLinkQuery.queryKey];
  const make = useWrite({ write: makeCalendarLink, touches, then: setMade });
  const end = useWrite({ write: endCalendarLink, touches, said: profileTexts.calendarEnded });
  return (
    <Panel title={profileTexts.calendar} words={profileTexts.calendarWords}>
      <Loaded query={link} lines={1}>
        {(since) => (
          <Group gap="sm">
            <Text size="sm">
              {since === null ? (
                profileTexts.calendarNone
              ) : (
                <>
                  {profileTexts.calendarSince} <Ago at={since} />.
                </>
              )}
            </Text>
            <Button variant="default" loading={make.isPending} onClick={() => (since === null ? make.mutate() : setAsking('again'))}>
              {since === null ? profileTexts.calendarMake : profileTexts.calendarAgain}
            </Button>
            {since !== null && (
              <Button variant="subtle" color="red" onClick={() => setAsking('end')}>
                {profileTexts.calendarEnd}
              </Button>
            )}
          </Group>
        )}
      </Loaded>
      {asking === 'again' && (
        <Confirm
          title={profileTexts.calendarAgainTitle}
          words={profileTexts.calendarAgainWords}
          act={profileTexts.calendarAgain}
          pending={make.isPending}
          onConfirm={() => make.mutate(undefined, { onSettled: close })}
          onClose={close}
        />
      )}
      {asking === 'end' && (
        <Confirm
          title={profileTexts.calendarEndTitle}
          words={profileTexts.calendarEndWords}
          act={profileTexts.calendarEnd}
          danger
          pending={end.isPending}
          onConfirm={() => end.mutate(undefined, { onSettled: close })}
          onClose={close}
        />
      )}
      {made !== null && (
        <SecretDialog
          title={profileTexts.calendarMade}
          words={profileTexts.calendarMadeWords}
          secret={made}
          label={profileTexts.calendarCopy}
          onClose={() => setMade(null)}
        />
      )}
    </Panel>
  );
}
