export function EventListPage() { return null; }
