/** What a search asks for: words, and filters that each name a field. */
export interface Asked {
  words: string;
  feature: string[];
  by: string[];
  environment: string[];
  status: string[];
}

const token = /(feature|by|environment|status):(?:"([^"]*)"|(\S*))/gi;

/**
 * Takes a search apart: by:ada status:"in review",approved banner. Of several values of a field, separated by commas,
 * any will do; a field without a value asks for nothing yet.
 */
export function parseSearch(text: string): Asked {
  const asked: Asked = { words: '', feature: [], by: [], environment: [], status: [] };
  const rest = text.replace(token, (_all, field: string, quoted?: string, plain?: string) => {
    const values = (quoted ?? plain ?? '').split(',').map((value) => value.trim());
    asked[field.toLowerCase() as Exclude<keyof Asked, 'words'>].push(...values.filter((value) => value !== ''));
    return ' ';
  });
  asked.words = rest.replace(/\s+/g, ' ').trim();
  return asked;
}

/** Says whether one of the values that a field may have is part of one of its texts. */
export function anyOf(values: string[], ...among: string[]): boolean {
  return values.length === 0 || values.some((value) => among.some((text) => text.toLowerCase().includes(value.toLowerCase())));
}
