export function FlagListPage() { return null; }
