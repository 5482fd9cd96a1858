import { notifications } from '@mantine/notifications';
import { sentence } from '../client/problem';
import { texts } from '../texts';

const closeButtonProps = { 'aria-label': texts.close };

/** Says shortly that something was done. */
export function done(message: string) {
  notifications.show({ message, color: 'teal', autoClose: 4000, closeButtonProps });
}

/** Says why something could not be done. It stays long enough to be read. */
export function failed(error: Error) {
  notifications.show({ title: texts.state.notDone, message: sentence(error), color: 'red', autoClose: 12_000, closeButtonProps });
}
