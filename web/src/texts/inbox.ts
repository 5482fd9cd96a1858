/** The texts of the inbox. */
export const inboxTexts = {
  title: 'Inbox',
  about: 'What waits for you, and what happened to what is yours.',
  settings: 'What you are told',
  allRead: 'Mark all as read',
  waiting: 'Waits for you',
  nothingWaits: 'Nothing waits for you.',
  for: {
    requestedReview: 'You are asked to review it',
    schedule: 'Its schedule needs a decision',
    apply: 'Ready to be applied',
    review: 'You may review it',
  } as Record<string, string>,
  expires: 'expires',
  told: 'What happened',
  none: 'Nothing yet',
  noneWords: 'When somebody asks for your review, or something happens to your change requests, it is told here.',
  markRead: (message: string) => `Mark as read: ${message}`,
  count: (n: number) => (n === 0 ? 'Nothing is unread.' : `${n} unread`),
} as const;
