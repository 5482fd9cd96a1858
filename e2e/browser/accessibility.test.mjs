import assert from 'node:assert/strict';
import { accessible, accessibleIn, call, open, part, soak, test, useBrowser } from './browser.mjs';

useBrowser();

// Each page, by something that shows when it is complete, and what is done on it first.
const pages = [
  ['/projects', 'Demo shop'],
  ['/projects/demo', 'demo-banner'],
  ['/projects/demo?q=nothing-is-called-so', 'No flag matches'],
  ['/projects/demo/change-requests', 'Look at me'],
  ['/projects/demo/settings', 'Names of flags'],
  ['/projects/demo/settings/environments', 'Approvals needed'],
  ['/projects/demo/settings/access', 'Who has which roles'],
  ['/projects/demo/settings/api-tokens', 'There are no API tokens yet'],
  ['/projects/demo/settings/context-fields', 'appVersion'],
  ['/projects?archived=true', 'No project is archived'],
  ['/projects/demo?state=archived', 'Nothing is archived here'],
  ['/projects/demo/features/demo-checkout?tab=usage', 'No application has reported this flag'],
  ['/projects/demo/features/demo-checkout', 'A quarter of Europe'],
  ['/projects/demo/features/demo-search-ranking', 'by-sales'],
  ['/projects/demo/features/demo-checkout?tab=settings', 'Impression data'],
  ['/projects/demo/features/demo-checkout?tab=history', 'Show what changed', (page) => page.getByText('Show what changed').last().click()],
  ['/change-requests', 'Look at me'],
  ['/segments', 'demo-customers-in-europe'],
  ['/events', 'Show what changed'],
  ['/playground?environments=production&context=userId%3Dann', 'demo-checkout', (page) => page.getByRole('button', { name: 'Why demo-checkout is so in production' }).click()],
  ['/profile', 'Personal access tokens'],
  ['/admin/environments', 'Flags on'],
  ['/admin/context-fields', 'sessionId'],
  ['/admin/tags', 'Lifetime in days'],
  ['/admin/strategy-types', 'Gradual rollout'],
  ['/projects/demo/applications', 'No application has reported yet'],
  ['/admin/api-tokens', 'Last used'],
  ['/admin/users', 'Invite link'],
  ['/admin/service-accounts', 'There are no service accounts yet'],
  ['/admin/groups', 'Create group'],
  ['/admin/roles', 'Roles in projects'],
  ['/admin/sign-on', 'Entity id and audience', (page) => page.getByText('More settings').click()],
  ['/admin/integrations', 'There are no integrations yet'],
  ['/admin/applications', 'No application has reported yet'],
  ['/projects/demo/import', 'Into the environment'],
  ['/projects/demo/history', 'What changed since'],
  ['/projects/demo/history?view=past&from=1', 'Flag demo-banner'],
  ['/admin/instance', 'Archived flags'],
  ['/projects/demo', 'demo-banner', (page) => page.getByRole('checkbox', { name: 'Select demo-banner' }).press('Space')],
  ['/no-such-page', 'There is no such page'],
];

test('every page is accessible, in light and in dark', async (t) => {
  const page = await open(t);
  const production = '/projects/demo/environments/production/change-requests';
  await call(page, 'PUT', `${production}/config`, { changeRequestsEnabled: true, requiredApprovals: 2 });
  const [strategy] = (await call(page, 'GET', '/projects/demo/features/demo-search-ranking')).environments.at(-1).strategies;
  const { id } = await call(page, 'POST', production, [
    { feature: 'demo-search-ranking', action: 'updateStrategy', payload: { ...strategy, parameters: { ...strategy.parameters, rollout: '10' } } },
    { feature: 'demo-maintenance', action: 'updateEnabled', payload: { enabled: true } },
  ]);
  const request = `/projects/demo/change-requests/${id}`;
  await call(page, 'PUT', `${request}/title`, { title: 'Look at me', description: 'Because **of this**.' });
  try {
    await page.goto('/projects/demo');
    await page.getByRole('button', { name: 'View changes' }).click();
    await page.getByRole('dialog').getByText('Switch on').waitFor();
    await accessible(page);
    await call(page, 'PUT', `${request}/state`, { state: 'In review', comment: 'What do you think?' });
    for (const [path, text, act] of [...pages, [request, 'What do you think?']]) {
      await t.test(`${path}, with “${text}”`, part, async () => {
        await page.goto(path);
        await page.getByText(text).first().waitFor();
        await act?.(page);
        await accessible(page);
      });
    }
  } finally {
    await call(page, 'PUT', `${request}/state`, { state: 'Cancelled' });
    await call(page, 'PUT', `${production}/config`, { changeRequestsEnabled: false });
  }
});

// Each dialog of a page, by the buttons that lead to it, and a text that shows when it is complete.
const dialogs = [
  ['/projects', ['Create project'], 'Part of addresses'],
  ['/projects/demo', ['Create flag'], 'Impression data'],
  ['/projects/demo/features/demo-reports', ['Edit: Our own people'], 'Stickiness'],
  ['/projects/demo/features/demo-search-ranking', [/^Edit: /], 'Share'],
  ['/projects/demo/features/demo-reports', ['More actions', 'Copy'], 'Name of the copy'],
  ['/projects/demo/features/demo-reports', ['More actions', 'Move to another project'], 'To the project'],
  ['/projects/demo/features/demo-reports', ['Add a link'], 'Address'],
  ['/projects/demo/features/demo-reports', ['Change what it depends on'], 'Parent'],
  ['/projects/demo/settings/environments', ['Edit the default strategy in development'], 'Stickiness'],
  ['/projects/demo/settings/access', ['Give access'], 'People and groups'],
  ['/segments', ['demo-customers-in-europe'], 'Used by'],
  ['/playground?environments=production&context=userId%3Dann', ['Why demo-checkout is so in production'], 'userId=ann'],
  ['/admin/environments', ['Create environment'], 'New projects are protected here'],
  ['/admin/environments/production/windows', ['Add window'], 'Repeats'],
  ['/admin/context-fields', ['userId'], 'Legal values'],
  ['/admin/tags', ['simple'], 'Colour'],
  ['/admin/strategy-types', ['Create strategy type', 'Add parameter'], 'Required'],
  ['/admin/api-tokens', ['Create API token'], 'A browser or phone'],
  ['/admin/users', ['Add user'], 'In the whole instance'],
  ['/admin/service-accounts', ['Create service account'], 'Role'],
  ['/admin/groups', ['Create group'], 'Members'],
  ['/admin/roles', ['Create role for projects'], 'Approve and reject change requests'],
  ['/admin/integrations', ['Create integration'], 'All environments'],
  ['/profile', ['Create token'], 'What it is for'],
  ['/profile', ['Make a link'], 'It is shown only now'],
];

// Wide in light, and on a phone in dark: by turns, and in a soak each dialog in both.
test('every dialog is accessible', async (t) => {
  const page = await open(t);
  for (const [index, [path, buttons, text]] of dialogs.entries()) {
    await t.test(`${path}, ${buttons.join(', ')}`, part, async () => {
      await page.setViewportSize({ width: 1600, height: 1000 });
      await page.goto(path);
      for (const name of buttons) await page.getByRole('button', { name, exact: true }).or(page.getByRole('menuitem', { name, exact: true })).first().click();
      const dialog = page.getByRole('dialog').last();
      await dialog.getByText(text).or(dialog.getByPlaceholder(text)).first().waitFor();
      if (soak || index % 2 === 0) await accessibleIn(page, 'light', '[role=dialog]');
      await page.setViewportSize({ width: 390, height: 800 });
      assert.ok(await dialog.evaluate((node) => node.scrollWidth <= 390), 'the dialog scrolls sideways');
      if (soak || index % 2 === 1) await accessibleIn(page, 'dark', '[role=dialog]');
    });
  }
  await call(page, 'DELETE', '/user/calendar-link'); // its dialog has made one
});

test('the palette is accessible', async (t) => {
  const page = await open(t);
  await page.goto('/projects');
  await page.getByText('Demo shop').waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search for projects, flags and actions' }).fill('demo');
  await page.getByRole('option', { name: /demo-banner/ }).waitFor();
  await accessible(page);
});

test('a phone shows an accessible page that does not scroll sideways', async (t) => {
  const page = await open(t, { width: 390, height: 800 });
  for (const [path, text] of [
    ['/projects/demo', 'demo-banner'],
    ['/projects/demo/features/demo-checkout', 'A quarter of Europe'],
    ['/projects/demo/settings/environments', 'Default strategy'],
    ['/admin/roles', 'Roles in projects'],
    ['/admin/sign-on', 'Entity id and audience'],
    ['/projects/demo/import', 'Into the environment'],
    ['/playground?environments=production', 'demo-checkout'],
  ]) {
    await t.test(path, part, async () => {
      await page.goto(path);
      await page.getByText(text).first().waitFor();
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
      await accessible(page);
    });
  }
});

test('signing in is accessible', async (t) => {
  const page = await open(t, { as: null });
  await page.goto('/projects');
  await page.getByLabel('Username or e-mail').waitFor();
  await accessible(page);
});
