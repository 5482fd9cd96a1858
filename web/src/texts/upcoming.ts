/** The texts of what is to come. */
export const upcomingTexts = {
  title: 'Upcoming',
  about: 'What is applied when, in all projects that you see.',
  zone: (zone: string) => `Times are those of ${zone}.`,
  none: 'Nothing is scheduled',
  noneWords: 'An approved change request can be scheduled: it is then listed here until it is applied.',
  broken: 'Wait for a decision',
  brokenWords: 'They are not applied by themselves any more.',
  windows: 'Freezes and maintenance',
  windowsWords: (days: number) => `In a freeze nothing is applied; where there are maintenance windows, nothing outside of them. The next ${days} days.`,
  kinds: { freeze: 'Freeze', maintenance: 'Maintenance' } as Record<string, string>,
  span: (from: string, to: string) => `${from} – ${to}`,
  today: 'Today',
  tomorrow: 'Tomorrow',
  names: (all: string[]) => (all.length > 3 ? `${all.slice(0, 3).join(', ')} and ${all.length - 3} more` : all.join(', ')),
} as const;
