// Takes the pictures of the app that the documentation shows, from the demo of a new server:
// each in light and in dark.
import { chromium } from 'playwright-core';

// Each picture, by who looks, at which page, what shows that it is complete, and what is done on it first.
const pictures = [
  ['change-request', 'bo', '/projects/demo/change-requests/1', 'Who gets it in production'],
  ['flags', 'ada', '/projects/demo', 'demo-search-ranking', (page) => page.getByRole('checkbox', { name: 'Select demo-dark-mode' }).press('Space')],
  ['flag', 'ada', '/projects/demo/features/demo-checkout', 'A quarter of Europe'],
  ['protection', 'admin', '/projects/demo/settings/environments', 'Approvals needed'],
  [
    'role',
    'admin',
    '/admin/roles',
    'Reviewer',
    async (page) => {
      await page.getByRole('button', { name: 'Reviewer' }).click();
      await page.getByRole('checkbox', { name: 'Approve and reject change requests in production' }).scrollIntoViewIfNeeded();
    },
  ],
  ['inbox', 'bo', '/inbox', 'You are asked to review it'],
  ['insight', 'admin', '/insights', 'How long it takes'],
  ['playground', 'ada', '/playground?environments=development,production&context=userId%3Dann%252Czoe%26country%3DDE', 'demo-search-ranking'],
];

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
for (const colorScheme of ['light', 'dark']) {
  for (const [name, username, path, text, act] of pictures) {
    const page = await browser.newPage({ baseURL: process.env.QUORATE_URL, viewport: { width: 1360, height: 900 }, colorScheme, reducedMotion: 'reduce' });
    const answer = await page.request.post('/auth/simple/login', { data: { username, password: `demo-${username}` } });
    if (!answer.ok()) throw new Error(`${username} cannot sign in: ${await answer.text()}`);
    await page.goto(path);
    await page.getByText(text).first().waitFor();
    await act?.(page);
    await page.evaluate(() => document.fonts.ready);
    const file = `../../docs/images/${name}${colorScheme === 'dark' ? '-dark' : ''}.png`;
    await page.screenshot({ path: new URL(file, import.meta.url).pathname });
    await page.close();
  }
}
await browser.close();
