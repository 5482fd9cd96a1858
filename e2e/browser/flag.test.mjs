import assert from 'node:assert/strict';
import { call, open, soak, test, useBrowser } from './browser.mjs';

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

// Each operator, and what is written for it; what is stored is the same, or follows.
const allOperators = [
  ['is one of', 'values', { operator: 'IN', values: ['7', '8'] }],
  ['is none of', 'values', { operator: 'NOT_IN', values: ['7', '8'] }],
  ['contains', 'values', { operator: 'STR_CONTAINS', values: ['7', '8'] }],
  ['starts with', 'values', { operator: 'STR_STARTS_WITH', values: ['7', '8'] }],
  ['ends with', 'values', { operator: 'STR_ENDS_WITH', values: ['7', '8'] }],
  ['matches', '^eu-', { operator: 'REGEX', value: '^eu-' }],
  ['equals', '5', { operator: 'NUM_EQ', value: '5' }],
  ['is greater than', '5', { operator: 'NUM_GT', value: '5' }],
  ['is at least', '5', { operator: 'NUM_GTE', value: '5' }],
  ['is less than', '5', { operator: 'NUM_LT', value: '5' }],
  ['is at most', '5', { operator: 'NUM_LTE', value: '5' }],
  ['is after', 'time', { operator: 'DATE_AFTER', value: '2030-06-01T12:00:00.000Z' }],
  ['is before', 'time', { operator: 'DATE_BEFORE', value: '2030-06-01T12:00:00.000Z' }],
  ['is version', '1.2.3', { operator: 'SEMVER_EQ', value: '1.2.3' }],
  ['is newer than', '1.2.3', { operator: 'SEMVER_GT', value: '1.2.3' }],
  ['is at least version', '1.2.3', { operator: 'SEMVER_GTE', value: '1.2.3' }],
  ['is older than', '1.2.3', { operator: 'SEMVER_LT', value: '1.2.3' }],
  ['is at most version', '1.2.3', { operator: 'SEMVER_LTE', value: '1.2.3' }],
  ['is in the network', 'network', { operator: 'IN_CIDR', values: ['192.0.2.0/24'] }],
];

// A soak tries them all; otherwise, one of each kind will do.
const operators = allOperators.filter(([, kind], index) => soak || allOperators.findIndex(([, other]) => other === kind) === index);

test('constraints of every operator are written and stored', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects/demo/features', { name: 'e2e-operators' });
  await page.goto('/projects/demo/features/e2e-operators');
  await page.getByRole('region', { name: 'development' }).getByRole('button', { name: 'Add strategy' }).click();
  const form = page.getByRole('dialog', { name: 'Add a strategy in development' });
  for (const [index, [words, written]] of operators.entries()) {
    await form.getByRole('button', { name: 'Add constraint' }).click();
    const row = form.getByRole('group', { name: `Constraint ${index + 1}`, exact: true });
    await row.getByRole('combobox', { name: 'Field' }).fill('appVersion');
    await page.getByRole('option', { name: 'appVersion' }).click();
    await row.getByRole('combobox', { name: 'Operator' }).click();
    await page.getByRole('option', { name: words, exact: true }).click();
    if (written === 'values') await row.getByRole('combobox', { name: 'Values' }).fill('7, 8,');
    else if (written === 'network') await row.getByRole('combobox', { name: 'Values' }).fill('192.0.2.0/24,');
    else if (written === 'time') await row.getByLabel(/^Time in the zone/).fill(await page.evaluate(() => {
      const time = new Date('2030-06-01T12:00:00Z');
      return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    }));
    else await row.getByRole(/^\d+$/.test(written) ? 'spinbutton' : 'textbox', { name: 'Value' }).fill(written);
  }
  await form.getByRole('button', { name: 'Add to development' }).click();
  await form.waitFor({ state: 'detached' });
  const flag = await call(page, 'GET', '/projects/demo/features/e2e-operators');
  const [strategy] = flag.environments.find(({ name }) => name === 'development').strategies;
  assert.deepEqual(
    strategy.constraints.map(({ operator, value, values = [] }) => ({ operator, ...(value ? { value } : {}), ...(values.length > 0 ? { values } : {}) })),
    operators.map(([, , stored]) => stored),
  );
});

test('flags are tagged, archived, revived and deleted together', async (t) => {
  const page = await open(t);
  for (const name of ['e2e-bulk-one', 'e2e-bulk-two', 'e2e-bulk-three']) await call(page, 'POST', '/projects/demo/features', { name });
  await page.goto('/projects/demo?q=e2e-bulk');
  await page.getByRole('checkbox', { name: 'Select e2e-bulk-one' }).press('Space');
  await page.getByRole('checkbox', { name: 'Select e2e-bulk-two' }).press('Space');
  const bar = page.getByRole('region', { name: 'What to do with the selected flags' });
  await bar.getByText('2 selected').waitFor();
  await bar.getByRole('button', { name: 'Switch on' }).click();
  await page.getByRole('menuitem', { name: 'in development' }).click();
  await page.getByText('2 flags switched on in development.').waitFor();
  await page.getByRole('switch', { name: 'e2e-bulk-two in development', checked: true }).waitFor();

  await page.getByRole('checkbox', { name: 'Select all that are shown' }).press('Space');
  await bar.getByText('3 selected').waitFor();
  await bar.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive 3 flags' }).click();
  await page.getByText('3 flags archived.').waitFor();
  await page.getByText('No flag matches').waitFor();

  await page.goto('/projects/demo?q=e2e-bulk&state=archived');
  await page.getByRole('checkbox', { name: 'Select e2e-bulk-one' }).press('Space');
  await bar.getByRole('button', { name: 'Revive' }).click();
  await page.getByText('1 flag revived, and off everywhere.').waitFor();
  await page.getByRole('checkbox', { name: 'Select all that are shown' }).press('Space');
  await bar.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete 2 flags' }).click();
  await page.getByText('2 flags deleted.').waitFor();
  const { features } = await call(page, 'GET', '/projects/demo/features');
  assert.deepEqual(features.map(({ name }) => name).filter((name) => name.startsWith('e2e-bulk')), ['e2e-bulk-one']);
});

test('a flag is copied, depends on another, has a link, and is moved', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects', { id: 'other', name: 'Other' });
  await page.goto('/projects/demo/features/demo-reports');
  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Copy' }).click();
  const copy = page.getByRole('dialog', { name: 'Copy demo-reports' });
  await copy.getByLabel('Name of the copy').fill('e2e-copy');
  await copy.getByRole('button', { name: 'Copy' }).click();
  await page.getByRole('heading', { name: 'e2e-copy' }).waitFor();
  await page.getByText('Our own people').first().waitFor();

  await page.getByRole('button', { name: 'Add a link' }).click();
  const link = page.getByRole('dialog', { name: 'Add a link' });
  await link.getByLabel('Address').fill('https://issues.example.com/7');
  await link.getByLabel('Title').fill('Issue 7');
  await link.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'Issue 7' }).waitFor();

  await page.getByRole('button', { name: 'Change what it depends on' }).click();
  const dependency = page.getByRole('dialog', { name: 'What e2e-copy depends on' });
  await dependency.getByRole('combobox', { name: 'Parent' }).click();
  await page.getByRole('option', { name: 'demo-sale' }).click();
  await dependency.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('link', { name: 'demo-sale' }).waitFor();
  await page.getByRole('button', { name: 'Change what it depends on' }).click();
  await dependency.getByRole('button', { name: 'Depend on none' }).click();
  await page.getByRole('link', { name: 'demo-sale' }).waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Move to another project' }).click();
  const move = page.getByRole('dialog', { name: 'Move e2e-copy' });
  await move.getByRole('combobox', { name: 'To the project' }).click();
  await page.getByRole('option', { name: 'Other' }).click();
  await move.getByRole('button', { name: 'Move', exact: true }).click();
  await page.waitForURL('**/projects/other/features/e2e-copy');
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
