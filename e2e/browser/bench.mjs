// Measures the web app in a browser, each beside its bound: how long the first page takes with an empty
// cache, how long another page takes, and the longest task that keeps the browser from answering while a
// project of 2,000 flags and a request of 200 changes are scrolled and filtered.
import { chromium } from 'playwright-core';

const api = async (method, path, body) => {
  const answer = await fetch(`${process.env.QUORATE_URL}/api/admin${path}`, {
    method,
    headers: { Authorization: process.env.QUORATE_ADMIN, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
};

const flags = Array.from({ length: 2000 }, (_, i) => `flag-${String(i).padStart(4, '0')}`);
const rollout = (name) => ({ name: 'flexibleRollout', parameters: { rollout: '25', stickiness: 'default', groupId: name } });
await api('POST', '/features-batch/import', {
  project: 'default',
  environment: 'development',
  data: {
    features: flags.map((name) => ({ name, type: 'release', description: `What ${name} is for` })),
    featureStrategies: flags.map((name) => ({ featureName: name, ...rollout(name) })),
    featureEnvironments: flags.map((name) => ({ name, featureName: name, environment: 'development', enabled: true })),
    contextFields: [],
    featureTags: [],
    segments: [],
    tagTypes: [],
    dependencies: [],
    links: [],
  },
});
await api('PUT', '/projects/default/environments/production/change-requests/config', { changeRequestsEnabled: true, requiredApprovals: 1 });

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--headless', '--no-sandbox', '--disable-gpu'] });
const credentials = { username: process.env.QUORATE_USERNAME, password: process.env.QUORATE_PASSWORD };

/** Opens a page with an empty cache for the first person. */
async function open() {
  const context = await browser.newContext({ baseURL: process.env.QUORATE_URL, viewport: { width: 1360, height: 900 }, reducedMotion: 'reduce' });
  const page = await context.newPage();
  const answer = await page.request.post('/auth/simple/login', { data: credentials });
  if (!answer.ok()) throw new Error(await answer.text());
  await page.addInitScript(() => {
    window.longest = 0;
    new PerformanceObserver((list) => {
      for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
    }).observe({ type: 'longtask', buffered: true });
  });
  return page;
}

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const rows = [];
const report = (what, measured, bound) => rows.push({ what, ms: Math.round(measured), bound, 'of bound': (measured / bound).toFixed(2) });

const loads = [];
for (let i = 0; i < 5; i++) {
  const page = await open();
  await page.goto('/projects/default');
  await page.getByText('flag-0003').first().waitFor();
  loads.push(await page.evaluate(() => performance.now()));
  await page.context().close();
}
report('first load, empty cache, a project of 2,000 flags', median(loads), 1000);

const page = await open();
await page.goto('/projects/default');
await page.getByText('flag-0003').first().waitFor();

/** Clicks a link of the navigation and returns how long it took until the page had another heading. */
const go = (name) =>
  page.evaluate(async (name) => {
    const link = [...document.querySelectorAll('nav a')].find((a) => a.textContent.trim().startsWith(name));
    const before = document.querySelector('h1')?.textContent;
    const began = performance.now();
    link.click();
    while ((document.querySelector('h1')?.textContent ?? before) === before) await new Promise(requestAnimationFrame);
    return performance.now() - began;
  }, name);
const places = ['Change requests', 'Segments', 'Events', 'Projects'];
for (const name of places) await go(name); // the code of each page is loaded once
const switches = [];
for (let i = 0; i < 5; i++) for (const name of places) switches.push(await go(name));
report('switch to another page, median', median(switches), 100);
report('switch to another page, slowest', Math.max(...switches), 100);

await page.goto('/projects/default');
await page.getByText('flag-0003').first().waitFor();
await page.evaluate(() => { window.longest = 0; });
// Each page of the list is read when its place comes near.
while (!(await page.getByText('2000 of 2000').isVisible())) await page.mouse.wheel(0, 800);
for (let i = 0; i < 40; i++) await page.mouse.wheel(0, -800);
await page.getByPlaceholder('Search by name or description').pressSequentially('flag-19');
await page.getByText('flag-1903').first().waitFor();
report('longest task, 2,000 flags scrolled and filtered', await page.evaluate(() => window.longest), 100);

const changes = flags.slice(0, 200).map((feature) => ({ feature, action: 'addStrategy', payload: rollout(feature) }));
const drafted = await page.request.post('/api/admin/projects/default/environments/production/change-requests', { data: changes });
const { id } = await drafted.json();
await page.goto(`/projects/default/change-requests/${id}`);
await page.getByText('flag-0003').first().waitFor();
await page.evaluate(() => { window.longest = 0; });
for (let i = 0; i < 60; i++) await page.mouse.wheel(0, 900);
await page.waitForFunction(() => document.readyState === 'complete');
report('longest task, a request of 200 changes scrolled', await page.evaluate(() => window.longest), 100);

console.table(rows);
await browser.close();
