import { Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { type Mail, notificationSettingsQuery, setNotifications } from '../../client/inbox';
import { Loaded } from '../../components/Loaded';
import { Page } from '../../components/Page';
import { Panel, Panels } from '../../components/Panel';
import { Table } from '../../components/Table';
import { useWrite } from '../../components/use-write';
import { ZoneField } from '../../components/ZoneField';
import styles from './NotificationsPage.module.css';
import { ProfileTabs } from './ProfileTabs';
import { profileTexts } from '../../texts/profile';

const mails: Mail[] = ['default', 'immediately', 'daily', 'inbox'];

/** What somebody is told by mail, and when. */
export function NotificationsPage() {
  const settings = useQuery(notificationSettingsQuery);
  const save = useWrite({ write: setNotifications, touches: [notificationSettingsQuery.queryKey], said: profileTexts.notifications.saved });
  return (
    <Page title={profileTexts.notifications.title} tabs={<ProfileTabs on="notifications" />}>
      <Loaded query={settings} lines={8}>
        {({ timeZone, topics }) => (
          <Panels>
            <Panel title={profileTexts.notifications.when} words={profileTexts.notifications.whenWords}>
              <div className={styles.zone}>
                <ZoneField label={profileTexts.zone} value={timeZone} onChange={(zone) => save.mutate({ timeZone: zone })} />
              </div>
            </Panel>
            <Panel title={profileTexts.notifications.topics} words={profileTexts.notifications.topicsWords} flush>
              <Table
                label={profileTexts.notifications.topics}
                columns={[
                  { key: 'topic', label: profileTexts.notifications.topic },
                  { key: 'mail', label: profileTexts.notifications.mail },
                ]}
              >
                {topics.map(({ topic, meaning, mail }) => (
                  <tr key={topic}>
                    <td className={styles.meaning}>{profileTexts.notifications.sentence(meaning)}</td>
                    <td>
                      <Select
                        aria-label={profileTexts.notifications.of(meaning)}
                        w={150}
                        data={mails.map((value) => ({ value, label: profileTexts.notifications.mails[value] }))}
                        value={mail}
                        onChange={(value) => value !== null && save.mutate({ topics: [{ topic, mail: value }] })}
                      />
                    </td>
                  </tr>
                ))}
              </Table>
            </Panel>
          </Panels>
        )}
      </Loaded>
    </Page>
  );
}
