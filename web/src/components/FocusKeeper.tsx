import { useEffect } from 'react';

/** Where the focus was. */
interface Place {
  element: HTMLElement;
  /** What it lay in, from the inside out, and as which child. */
  path: { around: Element; index: number }[];
  /** The dialog that it lay in, if not in the page itself. */
  dialog: Element | null;
}

const dialogs = '[role="dialog"]';
const parts = `section, main, ${dialogs}`;
const rows = 'li, tr';
const pressable = 'a[href], button:not(:disabled), input:not(:disabled)';
// What is closed may give the focus back by itself.
const grace = 50;

function placeOf(element: HTMLElement): Place {
  const path: Place['path'] = [];
  for (let child: Element = element; child.parentElement; child = child.parentElement) {
    path.push({ around: child.parentElement, index: [...child.parentElement.children].indexOf(child) });
  }
  return { element, path, dialog: element.closest(dialogs) };
}

/** All in an element that takes the focus, itself included. */
function takersIn(element: Element | undefined): HTMLElement[] {
  return element ? [element, ...element.querySelectorAll('*')].filter((one): one is HTMLElement => one.matches(pressable)) : [];
}

/** What of a row is most like an element that is gone. */
function alike(row: Element | undefined, { className }: HTMLElement): HTMLElement | undefined {
  const found = row?.matches(rows) ? takersIn(row) : [];
  return found.find((one) => one.className === className) ?? found[0];
}

/**
 * What the focus goes to after it was at a place: the same, if it is there; from a row the
 * next one, or the one before; from what was in no row, what comes before it; or the heading.
 */
function heirOf({ element, path }: Place): HTMLElement | undefined {
  if (element.isConnected) return element;
  const left = path.find(({ around }) => around.isConnected);
  if (!left?.around.closest(parts)) return undefined;
  // Its row may have stayed, and only what had the focus be gone.
  const row = left.around.closest(rows);
  const siblings = [...((row ? row.parentElement : left.around)?.children ?? [])];
  const index = row ? siblings.indexOf(row) + 1 : left.index;
  const wasInRow = row !== null || path.some(({ around }) => !around.isConnected && around.matches(rows));
  const next = wasInRow
    ? (alike(siblings[index], element) ?? alike(siblings[index - 1], element))
    : takersIn(siblings[index - 1]).at(-1);
  if (next) return next;
  for (let part = left.around.closest(parts); part; part = part.parentElement?.closest(parts) ?? null) {
    const heading = part.querySelector<HTMLElement>('h1, h2, h3');
    if (!heading) continue;
    heading.tabIndex = -1;
    return heading;
  }
  return undefined;
}

/**
 * Keeps the place of who works by the keyboard. When what has the focus goes, with its row
 * or with its dialog, the browser has it nowhere, and one would begin at the top again.
 */
export function FocusKeeper() {
  useEffect(() => {
    // The last one in each dialog that is open, and in the page.
    let places: Place[] = [];
    let page = '';
    let timer: ReturnType<typeof setTimeout>;
    const listening = new AbortController();
    const note = ({ target }: FocusEvent) => {
      // A menu gives the focus back by itself.
      if (!(target instanceof HTMLElement) || target.closest('[role="menu"]')) return;
      const place = placeOf(target);
      places = [place, ...places.filter(({ dialog }) => dialog !== place.dialog && (dialog === null || dialog.isConnected))];
      page = window.location.pathname;
    };
    const isLost = () => document.activeElement === document.body && places[0]?.element.isConnected === false;
    const find = () => {
      if (!isLost()) return;
      // On another page, nothing is where it was.
      const heirs = page === window.location.pathname ? places.map(heirOf) : [];
      places = [];
      heirs.find((heir) => heir?.checkVisibility())?.focus();
    };
    const observer = new MutationObserver(() => {
      if (!isLost()) return;
      clearTimeout(timer);
      timer = setTimeout(find, grace);
    });
    document.addEventListener('focusin', note, listening);
    observer.observe(document.body, { childList: true, subtree: true });
    return () => {
      listening.abort();
      observer.disconnect();
      clearTimeout(timer);
    };
  }, []);
  return null;
}
