import type { Course } from '../../client/insights';

/**
 * A cell of a CSV file. What a spreadsheet would take for a formula gets an apostrophe in
 * front (OWASP, CSV injection); what has commas, quotes or lines in it is quoted (RFC 4180).
 */
function cell(value: string): string {
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const head = ['id', 'project', 'environment', 'createdBy', 'state', 'submittedAt', 'reviewedAt', 'approvedAt', 'closedAt'];

/** The requests behind the figures, as CSV: one a row, times in UTC. */
export function csvOf(requests: Course[]): string {
  const rows = requests.map(({ id, project, environment, createdBy, state, submittedAt, reviewedAt, approvedAt, closedAt }) =>
    [String(id), project, environment, createdBy.name, state, submittedAt, reviewedAt ?? '', approvedAt ?? '', closedAt ?? ''].map(cell),
  );
  return [head, ...rows].map((row) => `${row.join(',')}\r\n`).join('');
}

/** Hands a text to the browser as a file to keep. */
export function download(name: string, text: string) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
