import { Page } from '../../components/Page';
import { upcomingTexts } from '../../texts/upcoming';
import { UpcomingList } from './UpcomingList';

/** What is scheduled in all projects. */
export function UpcomingPage() {
  return (
    <Page title={upcomingTexts.title} about={upcomingTexts.about}>
      <UpcomingList />
    </Page>
  );
}
