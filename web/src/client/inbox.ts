import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Schemas } from './client';

export type InboxItem = Schemas['inboxItemSchema'];
export type Waiting = Schemas['waitingRequestSchema'];
export type NotificationTopic = Schemas['notificationTopicSchema'];
export type Mail = NotificationTopic['mail'];

/** The key under which everything lies that one is told. */
export const inboxKey = ['inbox'];

const pageSize = 30;

/** What waits for somebody, and what they were told, the newest first, page after page. */
export const inboxQuery = infiniteQueryOptions({
  queryKey: [...inboxKey, 'items'],
  queryFn: ({ pageParam }) => ok(api.GET('/api/admin/inbox', { params: { query: { offset: String(pageParam), limit: String(pageSize) } } })),
  initialPageParam: 0,
  getNextPageParam: (last, all) => {
    const shown = all.reduce((sum, page) => sum + page.items.length, 0);
    return shown < last.total ? shown : undefined;
  },
  refetchInterval: 15_000,
});

/** How much one was told and has not read. It is asked for in the background too, since the browser's tab shows it. */
export const unreadQuery = queryOptions({
  queryKey: [...inboxKey, 'unread'],
  queryFn: async () => (await ok(api.GET('/api/admin/inbox', { params: { query: { limit: '1' } } }))).unread,
  refetchInterval: 15_000,
  refetchIntervalInBackground: true,
});

/** Marks what one was told as read: some of it, or all. */
export function markRead(what: Schemas['inboxReadSchema']) {
  return ok(api.POST('/api/admin/inbox/read', { body: what }));
}

/** How one wants to be told of what. */
export const notificationSettingsQuery = queryOptions({
  queryKey: ['notification-settings'],
  queryFn: () => ok(api.GET('/api/admin/user/notification-settings')),
});

export function setNotifications(body: Schemas['updateNotificationSettingsSchema']) {
  return ok(api.PUT('/api/admin/user/notification-settings', { body }));
}

/** Marks as read what one was told about a change request, as far as it is among the newest. Says whether there was any. */
export async function markRequestRead(id: number): Promise<boolean> {
  const { items } = await ok(api.GET('/api/admin/inbox', { params: { query: { limit: '200' } } }));
  const ids = items.filter((item) => item.readAt === null && item.changeRequest?.id === id).map((item) => item.id);
  if (ids.length > 0) await markRead({ ids });
  return ids.length > 0;
}
