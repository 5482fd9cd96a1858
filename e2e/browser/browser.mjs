// A browser on the web app of a running server.
import assert from 'node:assert/strict';
import { after, before, test as limited } from 'node:test';
import axe from 'axe-core';
import { chromium } from 'playwright-core';

/** The address of the server. */
export const url = process.env.QUORATE_URL;

/** The first person, an administrator. */
export const admin = { username: process.env.QUORATE_USERNAME, password: process.env.QUORATE_PASSWORD };

/** Whether this is a soak, in which nothing is left out. */
export const soak = process.env.QUORATE_SOAK !== undefined;

const flags = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const rules = {
  all: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] },
  // What is the same in light and in dark needs to be looked at but once.
  ofColours: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
};

/**
 * A test with a limit, so that one that hangs is known by its name: what is computed in a page, or waited for
 * outside of one, has no limit of its own.
 */
export const test = (name, run) => limited(name, { timeout: 180_000 }, run);

/** The limit of a page or dialog that is one part of a test: `t.test(name, part, run)`. */
export const part = { timeout: 30_000 };

let browser;

/** Starts a browser for the tests of a file. */
export function useBrowser() {
  before(async () => {
    browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: flags });
  });
  after(() => browser.close());
}

/**
 * Opens a page for somebody, signed in unless told otherwise. A script or style that the
 * policy of the server refuses, and an error that nothing catches, fail the test.
 */
export async function open(t, { as = admin, width = 1280, height = 900 } = {}) {
  const context = await browser.newContext({ baseURL: url, viewport: { width, height } });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) errors.push(message.text());
  });
  t.after(async () => {
    await context.close();
    assert.deepEqual(errors, []);
  });
  if (as) await signIn(page, as);
  return page;
}

/** Signs somebody in, without the page that does it. */
export async function signIn(page, { username, password }) {
  const answer = await page.request.post('/auth/simple/login', { data: { username, password } });
  assert.equal(answer.status(), 200, await answer.text());
}

/** Calls the admin API as the person who is signed in. */
export async function call(page, method, path, data) {
  const answer = await page.request.fetch(`/api/admin${path}`, { method, ...(data === undefined ? {} : { data }) });
  const text = await answer.text();
  assert.ok(answer.ok(), `${method} ${path}: ${answer.status()} ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Holds that a page breaks no rule of WCAG 2.2 AA that a program can check, in light and in dark. */
export async function accessible(page) {
  await accessibleIn(page, 'light');
  await accessibleIn(page, 'dark', 'html', rules.ofColours);
}

/** The same in one of the two, of a part of the page alone if one is named. */
export async function accessibleIn(page, colorScheme, part = 'html', runOnly = rules.all) {
  await page.emulateMedia({ colorScheme });
  // What is still fading has other colours than it will have. What turns until something has loaded is not waited for: it has no end.
  await page.evaluate(() => {
    const ending = document.getAnimations().filter(({ effect }) => effect.getComputedTiming().endTime < Infinity);
    return Promise.all(ending.map((animation) => animation.finished.catch(() => {})));
  });
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const { violations } = await page.evaluate(([part, options]) => window.axe.run(part, options), [
    part,
    // The banner of the page behind a dialog is not there for who is in the dialog.
    { runOnly, resultTypes: ['violations'], rules: part === 'html' ? {} : { 'landmark-no-duplicate-banner': { enabled: false } } },
  ]);
  // A tooltip floats beside what it describes, in no landmark.
  const wrong = violations.filter(({ id, nodes }) => id !== 'region' || nodes.some(({ html }) => !html.includes('role="tooltip"')));
  const found = wrong.map(({ id, help, nodes }) => `${id}: ${help}\n${nodes.map(({ html, failureSummary }) => `  ${html}\n  ${failureSummary}`).join('\n')}`);
  assert.deepEqual(found, [], `${page.url()}, ${colorScheme}\n${found.join('\n')}`);
}
