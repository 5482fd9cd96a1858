import { Store } from './store';

/** How much somebody was told and has not read; the browser's tab shows it. */
export const unread = new Store(0);
