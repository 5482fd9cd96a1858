import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessible, call, open, useBrowser } from './browser.mjs';

useBrowser();

// Each page, by something that shows when it is complete, and what is done on it first.
const pages = [
  ['/projects', 'Demo shop'],
  ['/projects?create=true', 'Part of addresses'],
  ['/projects/demo', 'demo-banner'],
  ['/projects/demo?q=nothing-is-called-so', 'No flag matches'],
  ['/projects/demo?create=true', 'Impression data'],
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
  [
    '/projects/demo/features/demo-reports',
    'Our own people',
    async (page) => {
      await page.getByRole('button', { name: 'Edit: Our own people' }).first().click();
      await page.getByRole('dialog').getByText('Stickiness').waitFor();
    },
  ],
  ['/change-requests', 'Look at me'],
  ['/segments', 'demo-customers-in-europe'],
  [
    '/segments',
    'demo-customers-in-europe',
    async (page) => {
      await page.getByRole('button', { name: 'demo-customers-in-europe' }).click();
      await page.getByRole('dialog').getByText('Used by').waitFor();
    },
  ],
  ['/events', 'Show what changed'],
  ['/playground?environments=production&context=userId%3Dann', 'demo-checkout', (page) => page.getByRole('button', { name: 'Why demo-checkout is so in production' }).click()],
  ['/profile', 'Personal access tokens'],
  ['/admin/environments', 'Flags on'],
  ['/admin/context-fields', 'sessionId'],
  ['/admin/tags', 'Lifetime in days'],
  ['/admin/api-tokens', 'Last used', (page) => page.getByRole('button', { name: 'Create API token' }).click()],
  ['/admin/users', 'Invite link'],
  ['/admin/service-accounts', 'There are no service accounts yet'],
  ['/admin/groups', 'Create group', (page) => page.getByRole('button', { name: 'Create group' }).first().click()],
  [
    '/admin/roles',
    'Roles in projects',
    async (page) => {
      await page.getByRole('button', { name: 'Create role for projects' }).click();
      await page.getByText('Approve and reject change requests').waitFor();
    },
  ],
  ['/admin/sign-on', 'Entity id and audience', (page) => page.getByText('More settings').click()],
  ['/admin/integrations', 'There are no integrations yet'],
  ['/admin/integrations', 'Create integration', (page) => page.getByRole('button', { name: 'Create integration' }).first().click()],
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
      await page.goto(path);
      await page.getByText(text).first().waitFor();
      await act?.(page);
      await accessible(page);
    }
  } finally {
    await call(page, 'PUT', `${request}/state`, { state: 'Cancelled' });
    await call(page, 'PUT', `${production}/config`, { changeRequestsEnabled: false });
  }
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
    await page.goto(path);
    await page.getByText(text).first().waitFor();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390, path);
    await accessible(page);
  }
});

test('signing in is accessible', async (t) => {
  const page = await open(t, { as: null });
  await page.goto('/projects');
  await page.getByLabel('Username or e-mail').waitFor();
  await accessible(page);
});
