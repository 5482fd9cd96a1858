import { Link } from '@tanstack/react-router';
import { Tabs } from '../../components/Tabs';
import { profileTexts } from '../../texts/profile';

/** The parts of one's own settings. */
export function ProfileTabs({ on }: { on: 'account' | 'notifications' }) {
  return (
    <Tabs
      label={profileTexts.title}
      tabs={[
        { label: profileTexts.tabs.account, link: <Link to="/profile" />, on: on === 'account' },
        { label: profileTexts.tabs.notifications, link: <Link to="/profile/notifications" />, on: on === 'notifications' },
      ]}
    />
  );
}
