import assert from 'node:assert/strict';
import { test } from 'node:test';
import { call, open, useBrowser } from './browser.mjs';

useBrowser();

test('a flag is created, given a strategy and switched on; a reload shows it', async (t) => {
  const page = await open(t);
  await page.goto('/projects/demo');
  await page.getByRole('button', { name: 'Create flag' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create a flag in Demo shop' });
  await dialog.getByLabel('Name').fill('demo-banner');
  await dialog.getByRole('button', { name: 'Create flag' }).click();
  await dialog.getByText('already exists').waitFor();
  await dialog.getByLabel('Name').fill('e2e-basket');
  await dialog.getByLabel('Description').fill('A basket that remembers.');
  await dialog.getByRole('button', { name: 'Create flag' }).click();
  await page.getByRole('heading', { name: 'e2e-basket' }).waitFor();

  const development = page.getByRole('region', { name: 'development' });
  await development.getByRole('button', { name: 'Add strategy' }).click();
  const form = page.getByRole('dialog', { name: 'Add a strategy in development' });
  await form.getByLabel('Title').fill('Some of Norway');
  await form.getByLabel('Rollout in percent').fill('40');
  await form.getByRole('button', { name: 'Add constraint' }).click();
  await form.getByRole('button', { name: 'Add to development' }).click();
  await form.getByText('Choose a field.').waitFor();
  await form.getByRole('combobox', { name: 'Field' }).fill('country');
  await page.getByRole('option', { name: 'country' }).click();
  await form.getByRole('combobox', { name: 'Values' }).fill('NO,');
  await form.getByRole('button', { name: 'Add to development' }).click();
  await form.waitFor({ state: 'detached' });
  await development.getByText('40 % of users').waitFor();

  await development.getByRole('switch', { name: 'e2e-basket in development' }).press('Space');
  await page.getByText('e2e-basket is on in development.').waitFor();

  await page.reload();
  await development.getByText('Some of Norway').waitFor();
  await development.getByText('country').waitFor();
  assert.ok(await development.getByRole('switch', { name: 'e2e-basket in development' }).isChecked());
  const flag = await call(page, 'GET', '/projects/demo/features/e2e-basket');
  const [strategy] = flag.environments.find(({ name }) => name === 'development').strategies;
  assert.equal(strategy.parameters.rollout, '40');
  assert.deepEqual(strategy.constraints, [{ contextName: 'country', operator: 'IN', values: ['NO'], inverted: false, caseInsensitive: false }]);

  await page.getByRole('link', { name: 'History' }).click();
  await page.getByText('Show what changed').first().click();
  await page.getByRole('columnheader', { name: 'After' }).waitFor();
});

test('strategies change their order by the keyboard', async (t) => {
  const page = await open(t);
  await page.goto('/projects/demo/features/demo-checkout');
  const production = page.getByRole('region', { name: 'production' });
  await production.getByRole('button', { name: 'Move Our own people' }).press('ArrowDown');
  await page.getByRole('alert').getByText('Moved from place 1 to place 2 of 2.').waitFor();
  await page.reload();
  await production.getByText('Our own people').waitFor();
  assert.deepEqual(await production.getByRole('heading', { level: 3 }).allTextContents(), ['A quarter of Europe', 'Our own people']);
  await production.getByRole('button', { name: 'Move Our own people' }).press('ArrowUp');
  await page.getByRole('alert').getByText('Moved from place 2 to place 1 of 2.').waitFor();
});

test('the palette finds a flag', async (t) => {
  const page = await open(t);
  await page.goto('/events');
  await page.getByRole('heading', { name: 'Events' }).waitFor();
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search for projects, flags and actions' }).fill('search-rank');
  await page.getByRole('option', { name: /demo-search-ranking/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'demo-search-ranking' }).waitFor();
});
