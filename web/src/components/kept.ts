// What a browser keeps for the app. It may refuse to, and gives back what anybody has put there.

/** What the browser keeps under a name, if anything. */
export function kept(name: string): string | null {
  try {
    return localStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keeps a value under a name for the next time; undefined forgets it. */
export function keep(name: string, value: string | undefined) {
  try {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, value);
  } catch {
    // It holds as long as the page is open.
  }
}
