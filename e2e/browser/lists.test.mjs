import assert from 'node:assert/strict';
import { accessible, call, open, test, useBrowser } from './browser.mjs';

useBrowser();

test('the flags of all projects are found, filtered and opened', async (t) => {
  const page = await open(t);
  await page.goto('/projects');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Flags' }).click();
  await page.getByRole('heading', { name: 'Flags' }).waitFor();
  await page.getByPlaceholder('Search by name or description').fill('demo-sa');
  await page.getByText('1 of 1').waitFor();
  await page.getByRole('row', { name: /demo-sale/ }).getByText('production').waitFor();
  await page.getByRole('combobox', { name: 'Project' }).click();
  await page.getByRole('option', { name: 'Default' }).click();
  await page.getByText('No flag matches').waitFor();
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await page.getByRole('link', { name: 'demo-banner' }).waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'demo-banner' }).click();
  await page.getByRole('heading', { name: 'demo-banner' }).waitFor();
});

test('a long list draws what is near, and reads on as one scrolls', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects', { id: 'long', name: 'Long' });
  const features = Array.from({ length: 130 }, (_, i) => ({ name: `long-${String(i).padStart(3, '0')}`, type: 'release' }));
  const nothing = { featureStrategies: [], featureEnvironments: [], contextFields: [], featureTags: [], segments: [], tagTypes: [], dependencies: [], links: [] };
  await call(page, 'POST', '/features-batch/import', { project: 'long', environment: 'development', data: { features, ...nothing } });
  await page.goto('/projects/long');
  await page.getByRole('link', { name: 'long-000' }).waitFor();
  assert.equal(await page.getByRole('table').getAttribute('aria-rowcount'), '131');
  await page.getByText('50 of 130').scrollIntoViewIfNeeded();
  await page.getByText('130 of 130').scrollIntoViewIfNeeded();
  await page.getByRole('link', { name: 'long-129' }).waitFor();
  await page.getByRole('link', { name: 'long-000' }).waitFor({ state: 'detached' });
  assert.equal(await page.getByRole('row', { name: /long-129/ }).getAttribute('aria-rowindex'), '131');
  await page.evaluate(() => scrollTo(0, 0));
  await page.getByRole('link', { name: 'long-000' }).press('ArrowDown');
  await page.locator(':focus').and(page.getByRole('link', { name: 'long-001' })).waitFor();
});

test('a switch shows at once what was asked for, and goes back with the reason if that is refused', async (t) => {
  const page = await open(t);
  await page.goto('/projects/demo');
  const toggle = page.getByRole('switch', { name: 'demo-maintenance in development' });
  await toggle.waitFor();
  assert.equal(await toggle.isChecked(), false);
  const asked = new Promise((resolve) => {
    page.route('**/demo-maintenance/environments/development/on', resolve);
  });
  await toggle.press('Space');
  await page.getByRole('switch', { name: 'demo-maintenance in development', checked: true }).waitFor();
  await (await asked).fulfill({ status: 403, json: { name: 'PermissionError', message: 'Not today, says the server.' } });
  await page.getByRole('alert').getByText('Not today, says the server.').waitFor();
  await page.getByRole('switch', { name: 'demo-maintenance in development', checked: false }).waitFor();
});

test('a favourite and an order of strategies are shown at once, and go back if they are refused', async (t) => {
  const page = await open(t);
  await page.goto('/projects/demo/features/demo-checkout');
  /** Does something whose write is refused, and waits for what that shows first, and for what it shows then. */
  const refused = async (path, act, first, then) => {
    const asked = new Promise((resolve) => {
      page.route(path, resolve, { times: 1 });
    });
    await act();
    await first.waitFor();
    await (await asked).fulfill({ status: 403, json: { name: 'PermissionError', message: `Not today, says the server of ${path}` } });
    await page.getByRole('alert').getByText(path).waitFor();
    await then.waitFor();
  };
  const add = page.getByRole('button', { name: 'Add to favourites' });
  await refused('**/demo-checkout/favorites', () => add.press('Enter'), page.getByRole('button', { name: 'Remove from favourites' }), add);

  const handles = page.getByRole('region', { name: 'production' }).getByRole('button', { name: /^Move / });
  const [first, second] = await handles.evaluateAll((all) => all.map((handle) => handle.getAttribute('aria-label')));
  const above = (name) => handles.first().and(page.getByRole('button', { name, exact: true }));
  await refused('**/production/strategies/set-sort-order', () => handles.first().press('ArrowDown'), above(second), above(first));
});

test('a flag is completed, found by its stage, and not completed after all', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects/demo/features', { name: 'e2e-done' });
  await page.goto('/projects/demo/features/e2e-done');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Complete' }).click();
  const dialog = page.getByRole('dialog', { name: 'Complete e2e-done' });
  await dialog.getByRole('radio', { name: 'It is discarded' }).check();
  await accessible(page);
  await dialog.getByRole('button', { name: 'Complete' }).click();
  await page.getByText('Completed, discarded since').waitFor();
  await page.goto('/projects/demo?stage=completed');
  await page.getByText('1 of 1').waitFor();
  await page.getByRole('link', { name: 'e2e-done' }).click();
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Not completed after all' }).click();
  await page.getByText('Defined since').waitFor();
});

test('the palette creates a flag in a project that one names', async (t) => {
  const page = await open(t);
  await page.goto('/events');
  await page.getByRole('heading', { name: 'Events' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search for projects, flags and actions' }).fill('create a flag in demo');
  await page.getByRole('option', { name: 'Create a flag in Demo shop' }).click();
  await page.getByRole('dialog', { name: 'Create a flag in Demo shop' }).waitFor();
});

// Each list, with what it asks for.
const lists = [
  ['/projects', '/projects'],
  ['/features', '/search/features'],
  ['/projects/demo', '/search/features'],
  ['/projects/demo/change-requests', '/projects/demo/change-requests'],
  ['/change-requests', '/search/change-requests'],
  ['/segments', '/segments'],
  ['/events', '/search/events'],
  ['/inbox', '/inbox'],
  ['/upcoming', '/upcoming'],
  ['/admin/environments', '/environments'],
  ['/admin/context-fields', '/context'],
  ['/admin/tags', '/tag-types'],
  ['/admin/users', '/user-admin'],
  ['/admin/groups', '/groups'],
  ['/admin/roles', '/roles'],
  ['/admin/api-tokens', '/api-tokens'],
  ['/admin/service-accounts', '/service-account'],
  ['/admin/integrations', '/addons'],
  ['/admin/applications', '/metrics/applications'],
];

test('each list says that it is loading, why it did not come, and comes when it is asked for again', async (t) => {
  const page = await open(t);
  for (const [path, asks] of lists) {
    let answer;
    const held = new Promise((resolve) => { answer = resolve; });
    const at = (url) => url.pathname === `/api/admin${asks}`;
    await page.route(at, async (route) => {
      await held;
      await route.fulfill({ status: 500, json: { name: 'InternalError', message: 'The disk is full.' } });
    });
    await page.goto(path);
    const main = page.getByRole('main');
    await main.getByRole('status', { name: 'Loading' }).first().waitFor().catch(() => assert.fail(`${path} does not say that it is loading`));
    answer();
    const failure = main.getByRole('alert').filter({ hasText: 'The disk is full.' }).first();
    await failure.waitFor().catch(() => assert.fail(`${path} does not say why it did not come`));
    await page.unroute(at);
    await main.getByRole('button', { name: 'Try again' }).first().click();
    await failure.waitFor({ state: 'detached' }).catch(() => assert.fail(`${path} did not come when it was asked for again`));
  }
});

test('the requests of everybody are listed and sorted, and the list is the same when one comes back', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/user-admin', { username: 'newadmin', password: 'a-Long-pass-9word', name: 'New', email: 'newadmin@example.com', rootRole: 1, sendEmail: false });
  const fresh = await open(t, { as: { username: 'newadmin', password: 'a-Long-pass-9word' } });
  await call(page, 'POST', '/projects', { id: 'listed', name: 'Listed' });
  await call(page, 'POST', '/projects/listed/features', { name: 'listed-flag' });
  const production = '/projects/listed/environments/production/change-requests';
  await call(page, 'PUT', `${production}/config`, { changeRequestsEnabled: true, requiredApprovals: 1 });
  const { id } = await call(page, 'POST', production, [{ feature: 'listed-flag', action: 'updateEnabled', payload: { enabled: true } }]);
  await call(page, 'PUT', `/projects/listed/change-requests/${id}/state`, { state: 'In review' });
  await fresh.goto('/change-requests');
  await fresh.getByText('You have no open change requests').waitFor();
  await fresh.getByRole('button', { name: 'Show all' }).click();
  const table = fresh.getByRole('table', { name: 'Change requests' });
  await table.getByRole('link', { name: `Change request #${id}` }).waitFor();
  await table.getByRole('button', { name: 'Sort by Title' }).click();
  await fresh.locator('[aria-sort=ascending]').waitFor();
  await accessible(fresh);
  await fresh.goto('/projects');
  await fresh.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'Change requests' }).click();
  await fresh.locator('[aria-sort=ascending]').waitFor();
  assert.equal(new URL(fresh.url()).searchParams.get('whose'), 'all');

  await fresh.goto('/projects/listed/change-requests');
  await fresh.getByText(/^Closed/).click();
  await fresh.waitForURL('**?closed=true');
  await fresh.goto('/projects/default/change-requests');
  await fresh.getByRole('radio', { name: /^Open/, checked: true }).waitFor({ state: 'attached' });
  await fresh.goto('/projects/listed/change-requests');
  await fresh.getByRole('radio', { name: /^Closed/, checked: true }).waitFor({ state: 'attached' });
  await call(page, 'PUT', `/projects/listed/change-requests/${id}/state`, { state: 'Cancelled' });
});

test('what was written is still there when the server cannot be reached, and is sent once more', async (t) => {
  const page = await open(t);
  await page.goto('/projects/demo?create=true');
  const dialog = page.getByRole('dialog', { name: 'Create a flag in Demo shop' });
  await dialog.getByLabel('Name').fill('e2e-offline');
  await page.context().setOffline(true);
  await dialog.getByRole('button', { name: 'Create flag' }).click();
  await dialog.getByText('The server cannot be reached.').waitFor();
  await page.getByText('What is shown may be out of date').waitFor({ state: 'attached' });
  await page.context().setOffline(false);
  assert.equal(await dialog.getByLabel('Name').inputValue(), 'e2e-offline');
  await dialog.getByRole('button', { name: 'Create flag' }).click();
  await page.getByRole('heading', { name: 'e2e-offline' }).waitFor();
  await page.getByText('What is shown may be out of date').waitFor({ state: 'detached' });
});

test('a comment is there at once, and in its field again if it is refused', async (t) => {
  const page = await open(t);
  const development = '/projects/demo/environments/development/change-requests';
  await call(page, 'PUT', `${development}/config`, { changeRequestsEnabled: true, requiredApprovals: 1 });
  const { id } = await call(page, 'POST', development, [{ feature: 'demo-sale', action: 'updateEnabled', payload: { enabled: false } }]);
  await page.goto(`/projects/demo/change-requests/${id}`);
  const asked = new Promise((resolve) => {
    page.route('**/comments', resolve);
  });
  const field = page.getByRole('textbox', { name: 'Comment' });
  await field.fill('Is this wise?');
  await page.getByRole('button', { name: 'Comment' }).press('Enter');
  const shown = page.getByRole('listitem').filter({ hasText: 'Is this wise?' });
  await shown.waitFor();
  await (await asked).fulfill({ status: 403, json: { name: 'PermissionError', message: 'Not today, says the server.' } });
  await page.getByRole('alert').getByText('Not today, says the server.').waitFor();
  await shown.waitFor({ state: 'detached' });
  assert.equal(await field.inputValue(), 'Is this wise?');
  await call(page, 'PUT', `/projects/demo/change-requests/${id}/state`, { state: 'Cancelled' });
  await call(page, 'PUT', `${development}/config`, { changeRequestsEnabled: false });
});

test('the search of every list stands in its address: going back and reloading keep it', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/segments', { name: 'insiders', constraints: [] });
  const searched = [
    ['/projects', 'demo', 'Demo shop'],
    ['/features', 'demo-sale', 'demo-sale'],
    ['/segments', 'insid', 'insiders'],
    ['/admin/users', 'admin', 'admin'],
    ['/admin/context-fields', 'userId', 'userId'],
    ['/events', 'demo-sale', 'demo-sale'],
  ];
  for (const [path, word, found] of searched) {
    await page.goto(path);
    const field = page.getByRole('main').getByRole('searchbox');
    const result = page.getByRole('main').getByText(found, { exact: true }).first();
    await field.fill(word);
    await page.waitForURL(`**${path}?q=${word}`);
    await page.getByRole('link', { name: 'Inbox' }).click();
    await page.getByRole('heading', { name: 'Inbox' }).waitFor();
    await page.goBack();
    await result.waitFor();
    assert.equal(await field.inputValue(), word, path);
    await page.reload();
    await result.waitFor();
    assert.equal(await field.inputValue(), word, path);
    await field.fill('');
    await page.waitForURL(`**${path}`);
  }
});

test('what is damaged in the browser, or pasted into the address, breaks no page', async (t) => {
  const page = await open(t);
  const damaged = ['{', 'null', '[1]', '{"sort":{},"closed":"yes"}'];
  for (const value of damaged) {
    await page.goto('/profile');
    await page.evaluate((value) => {
      for (const key of ['quorate-requests ', 'quorate-requests demo', 'quorate-time-zone', 'quorate-theme', 'quorate-username']) localStorage.setItem(key, value);
    }, value);
    for (const [path, heading] of [['/change-requests', 'Change requests'], ['/projects/demo/change-requests', 'Demo shop'], ['/upcoming', 'Upcoming']]) {
      await page.goto(path);
      await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    }
  }
  const pasted = [
    ['/segments?q=null', 'Segments'],
    ['/change-requests?q={"a":1}&sort=[]&whose=7', 'Change requests'],
    ['/projects/demo?q=[]&state=1&order={}', 'Demo shop'],
    ['/insights?days=often', 'Insight'],
    ['/events?from=yesterday&to={}', 'Events'],
    ['/playground?changeRequest=first&context=[]', 'Playground'],
    ['/projects/demo/change-requests/first', 'There is no such page'],
    ['/admin/integrations/first', 'There is no such page'],
  ];
  for (const [path, heading] of pasted) {
    await page.goto(path);
    await page.getByRole('heading', { level: 1, name: heading }).waitFor();
    assert.equal(await page.getByText('The page ran into an error').count(), 0, path);
  }
  // A browser that keeps nothing at all.
  await page.addInitScript(() => Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError'); } }));
  await page.goto('/change-requests');
  await page.getByText('Closed', { exact: true }).click();
  await page.waitForURL('**/change-requests?closed=true');
});

test('what is about to happen is ahead until its time has come', async (t) => {
  const page = await open(t);
  await page.clock.install();
  const scheduledAt = new Date(Date.now() + 40_000).toISOString();
  const soon = {
    id: 1, project: 'demo', environment: 'production', title: 'Soon', zone: 'UTC', features: ['demo-sale'], segments: [],
    schedule: { status: 'pending', scheduledAt }, scheduledBy: { id: 1, name: 'Ada' },
  };
  await page.route('**/api/admin/upcoming?*', (route) => route.fulfill({ json: { upcoming: [soon], total: 1, windows: [] } }));
  await page.goto('/upcoming');
  await page.getByRole('listitem').filter({ hasText: 'Soon' }).getByText('in under a minute').waitFor();
  // The words change as time passes, without anything being read anew.
  await page.clock.fastForward(45_000);
  await page.getByRole('listitem').filter({ hasText: 'Soon' }).getByText('now', { exact: true }).waitFor();
  await page.clock.fastForward(60_000);
  await page.getByRole('listitem').filter({ hasText: 'Soon' }).getByText('1 min. ago').waitFor();
});

test('a name as long as a page, without a space, stays within it', async (t) => {
  const page = await open(t, { width: 390, height: 844 });
  const long = (most, of) => of.repeat(most).slice(0, most);
  const [id, name] = [long(100, 'wide'), long(100, 'flag')];
  await call(page, 'POST', '/projects', { id, name: long(200, 'Wide'), description: long(200, 'wider') });
  await call(page, 'POST', `/projects/${id}/features`, { name, description: long(200, 'widest') });
  await call(page, 'POST', '/environments', { name: long(50, 'place'), type: 'development' });
  const pages = ['/projects', `/projects/${id}`, `/projects/${id}/settings/environments`, `/projects/${id}/features/${name}`, '/features', '/events', '/admin/environments'];
  for (const path of pages) {
    await page.goto(path);
    await page.getByRole('main').getByText(/(wide|flag|place){5}/i).first().waitFor();
    const [wanted, there] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
    assert.ok(wanted <= there, `${path} is ${wanted} wide, in ${there}`);
  }
  await call(page, 'DELETE', `/environments/${long(50, 'place')}`);
  await call(page, 'DELETE', `/projects/${id}/features/${name}`);
  await call(page, 'DELETE', `/projects/${id}`);
});
