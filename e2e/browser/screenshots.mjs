// Takes the pictures of the app that the documentation shows, from the demo of a new server.
import { chromium } from 'playwright-core';

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
const page = await browser.newPage({ baseURL: process.env.QUORATE_URL, viewport: { width: 1360, height: 900 }, colorScheme: 'light', reducedMotion: 'reduce' });
const answer = await page.request.post('/auth/simple/login', { data: { username: 'bo', password: 'demo-bo' } });
if (!answer.ok()) throw new Error(`bo cannot sign in: ${await answer.text()}`);
await page.goto('/projects/demo/change-requests/1');
await page.getByText('Who gets it in production').first().waitFor();
await page.evaluate(() => document.fonts.ready);
await page.screenshot({ path: new URL('../../docs/images/change-request.png', import.meta.url).pathname });
await browser.close();
