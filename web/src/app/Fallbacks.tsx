import { Button } from '@mantine/core';
import { AlertIcon, SearchIcon } from '@primer/octicons-react';
import { Link } from '@tanstack/react-router';
import { Page } from '../components/Page';
import { Empty } from '../components/states';
import { texts } from '../texts';

/** What is shown for an address that leads nowhere. */
export function NoPage() {
  return (
    <main>
      <Page title={texts.state.noPage}>
        <Empty
          icon={<SearchIcon size={24} />}
          title={texts.state.noPageWords}
          action={
            <Button variant="default" renderRoot={(props) => <Link to="/projects" {...props} />}>
              {texts.state.home}
            </Button>
          }
        />
      </Page>
    </main>
  );
}

// What browsers call it when the code of a page does not come: Chromium and Firefox, then Safari.
const noCode = /dynamically imported module|module script failed/i;

/** What is shown when a page cannot be drawn, as when its code could not be fetched. */
export function Crashed({ error }: { error: unknown }) {
  const away = error instanceof Error && noCode.test(error.message);
  return (
    <Empty
      icon={<AlertIcon size={24} />}
      title={away ? texts.state.away : texts.state.crashed}
      action={
        <Button variant="default" onClick={() => window.location.reload()}>
          {away ? texts.state.retry : texts.state.reload}
        </Button>
      }
    >
      {away ? texts.state.awayWords : texts.state.crashedWords}
    </Empty>
  );
}
