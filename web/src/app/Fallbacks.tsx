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

/** What is shown when a page cannot be drawn, as when its code could not be fetched. */
export function Crashed() {
  return (
    <Empty
      icon={<AlertIcon size={24} />}
      title={texts.state.crashed}
      action={
        <Button variant="default" onClick={() => window.location.reload()}>
          {texts.state.reload}
        </Button>
      }
    >
      {texts.state.crashedWords}
    </Empty>
  );
}
