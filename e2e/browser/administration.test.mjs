import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { call, open, test, useBrowser } from './browser.mjs';

useBrowser();

const password = 'a-Long-pass-9word';

/** Chooses an option of a field, which an arrow key opens. */
async function choose(page, field, option) {
  await field.press('ArrowDown');
  await page.getByRole('option', { name: option, exact: true }).click();
}

/** Runs a program for Node.js where there are SDKs, until it prints a line, and returns that. */
async function printed(code) {
  const program = spawn(process.execPath, ['--input-type=module', '--eval', code], { cwd: new URL('../sdk', import.meta.url), stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    return String((await once(program.stdout, 'data'))[0]).trim();
  } finally {
    program.kill();
  }
}

test('a project is made from nothing, with production protected', async (t) => {
  const page = await open(t);
  await page.goto('/projects');
  await page.getByRole('button', { name: 'Create project' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create project' });
  await dialog.getByLabel('Name').fill('From nothing');
  await choose(page, dialog.getByRole('combobox', { name: 'Approvals needed in production' }), '2 approvals');
  await dialog.getByRole('button', { name: 'Create project' }).click();
  await page.getByRole('heading', { name: 'From nothing' }).waitFor();

  await page.getByRole('link', { name: 'Settings' }).click();
  await page.getByLabel('Pattern').fill('^new-[a-z]+$');
  await page.getByLabel('Example').fill('new-checkout');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The settings of the project are saved.').waitFor();
  await page.getByRole('navigation', { name: 'Settings of the project' }).getByRole('link', { name: 'Environments' }).click();
  const production = page.getByRole('region', { name: 'production' });
  await production.getByText('Needs 2 approvals.').waitFor();
  assert.ok(await production.getByRole('switch', { name: 'Protect production' }).isChecked());
  await production.getByRole('button', { name: 'Edit the default strategy in production' }).click();
  await page.getByLabel('Rollout in percent').fill('10');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await production.getByText('10 % of users').waitFor();

  await page.goto('/projects/from-nothing?create=true');
  const create = page.getByRole('dialog', { name: 'Create a flag in From nothing' });
  await create.getByLabel('Name').fill('Wrong');
  await create.getByRole('button', { name: 'Create flag' }).click();
  await create.getByRole('textbox', { name: 'Name', exact: true }).and(page.locator('[aria-invalid=true]')).waitFor();
  await create.getByLabel('Name').fill('new-basket');
  await create.getByRole('button', { name: 'Create flag' }).click();
  await create.waitFor({ state: 'hidden' }); // until then it keeps the focus
  await page.getByRole('switch', { name: 'new-basket in production' }).press('Space');
  await page.getByRole('dialog').getByText('once 2 other people have approved it').waitFor();
});

test('a user and a role are made, the role is given in a project, and is held there', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects', { id: 'staffed', name: 'Staffed' });
  await page.goto('/admin/users');
  await page.getByRole('button', { name: 'Add user' }).click();
  const user = page.getByRole('dialog', { name: 'Add user' });
  await user.getByLabel('Name', { exact: true }).fill('Rita Reviewer');
  await user.getByLabel('E-mail').fill('rita@example.com');
  await user.getByRole('button', { name: 'Add user' }).click();
  const link = page.getByRole('dialog', { name: 'A link for Rita Reviewer' });
  const address = new URL(await link.getByRole('region', { name: 'Copy link' }).innerText());
  await link.getByRole('button', { name: 'Done' }).click();

  await page.goto('/admin/roles');
  await page.getByRole('button', { name: 'Create role for projects' }).click();
  const role = page.getByRole('dialog', { name: 'Create role for projects' });
  await role.getByLabel('Name').fill('Approver');
  await role.getByRole('checkbox', { name: 'Approve and reject change requests in production' }).check();
  await role.getByRole('checkbox', { name: 'Update flags', exact: true }).check();
  await role.getByText('2 permissions').waitFor();
  await role.getByRole('button', { name: 'Create', exact: true }).click();
  await page.getByText('Role Approver is saved.').waitFor();

  await page.goto('/projects/staffed/settings/access');
  await page.getByRole('button', { name: 'Give access' }).click();
  const access = page.getByRole('dialog', { name: 'Give access to the project' });
  await choose(page, access.getByRole('combobox', { name: 'People and groups' }), 'Rita Reviewer');
  await access.getByRole('heading').click();
  await choose(page, access.getByRole('combobox', { name: 'Roles' }), 'Approver');
  await access.getByRole('heading').click();
  await access.getByRole('button', { name: 'Give access' }).click();
  await page.getByRole('row', { name: /Rita Reviewer/ }).getByText('Approver').waitFor();

  const rita = await open(t, { as: null });
  await rita.goto(address.pathname + address.search);
  await rita.getByLabel('Password', { exact: true }).fill(password);
  await rita.keyboard.press('Enter');
  await rita.getByRole('heading', { name: 'Projects' }).waitFor();
  const { permissions } = await call(rita, 'GET', '/user');
  assert.deepEqual(
    permissions.map(({ permission, project, environment = '' }) => `${permission} ${project} ${environment}`).sort(),
    ['APPROVE_CHANGE_REQUEST staffed production', 'UPDATE_FEATURE staffed '],
  );
  // What only administrators see says so.
  await rita.goto('/admin/users');
  await rita.getByText('Only an administrator may do this.').waitFor();
});

test('an API token is made, and an application can use it; a personal token is shown once', async (t) => {
  const page = await open(t);
  await page.goto('/projects/demo/settings/api-tokens');
  await page.getByRole('button', { name: 'Create API token' }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Create API token' });
  await dialog.getByLabel('Name').fill('shop');
  await dialog.getByRole('button', { name: 'Create API token' }).click();
  const made = page.getByRole('dialog', { name: 'The token for shop' });
  const secret = await made.getByRole('region', { name: 'Copy token' }).innerText();
  await choose(page, made.getByRole('combobox', { name: 'How an application uses it' }), 'Python');
  assert.match(await made.getByRole('region', { name: 'Copy code' }).innerText(), new RegExp(`"Authorization": "${secret.replace(/[*.]/g, '\\$&')}"`));
  // The code does what it says, in an application that has the SDK.
  await call(page, 'POST', '/projects/demo/features', { name: 'my-flag' });
  await call(page, 'POST', '/projects/demo/features/my-flag/environments/development/on');
  await choose(page, made.getByRole('combobox', { name: 'How an application uses it' }), 'Node.js');
  assert.equal(await printed(await made.getByRole('region', { name: 'Copy code' }).innerText()), 'true');
  await choose(page, made.getByRole('combobox', { name: 'How an application uses it' }), 'OpenFeature (Node.js)');
  assert.equal(await printed(await made.getByRole('region', { name: 'Copy code' }).innerText()), 'true');
  const answer = await page.request.get('/api/client/features', { headers: { Authorization: secret } });
  assert.ok((await answer.json()).features.some(({ name }) => name === 'demo-banner'));
  await made.getByRole('button', { name: 'Done' }).click();
  await page.getByRole('button', { name: 'More for shop' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete shop' }).click();
  await page.getByText('The token is deleted.').waitFor();

  await page.goto('/profile');
  await page.getByRole('button', { name: 'Create token' }).click();
  const personal = page.getByRole('dialog', { name: 'Create token' });
  await personal.getByLabel('What it is for').fill('scripts');
  await personal.getByRole('button', { name: 'Create token' }).click();
  const shown = await page.getByRole('dialog', { name: 'Your new token' }).getByRole('region', { name: 'Copy token' }).innerText();
  assert.match(shown, /^user:/);
  await page.reload();
  await page.getByRole('cell', { name: 'scripts' }).waitFor();
  assert.equal(await page.getByText(shown).count(), 0);
});

test('environments are made, and ordered by the keyboard', async (t) => {
  const page = await open(t);
  await page.goto('/admin/environments');
  await page.getByRole('button', { name: 'Create environment' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create environment' });
  await dialog.getByLabel('Name').fill('staging');
  await dialog.getByLabel('New projects are protected here').check();
  await dialog.getByRole('button', { name: 'Create environment' }).click();
  await page.getByRole('button', { name: 'Move staging' }).press('ArrowUp');
  await page.getByText('The order is saved.').waitFor();
  const names = async () => (await call(page, 'GET', '/environments')).environments.toSorted((a, b) => a.sortOrder - b.sortOrder).map(({ name }) => name);
  assert.deepEqual((await names()).slice(-2), ['staging', 'production']);
  await page.getByRole('button', { name: 'More actions: staging' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete staging' }).click();
  await page.getByText('Environment staging is deleted.').waitFor();
});

test('a type of strategy is made, and a strategy of it', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects/demo/features', { name: 'e2e-typed' });
  await page.goto('/admin/strategy-types');
  await page.getByRole('button', { name: 'Create strategy type' }).click();
  const dialog = page.getByRole('dialog', { name: 'Create strategy type' });
  await dialog.getByLabel('Name').fill('tenant');
  for (const [index, [name, type]] of [['ids', 'List'], ['share', 'Percentage'], ['beta', 'Yes or no']].entries()) {
    await dialog.getByRole('button', { name: 'Add parameter' }).click();
    const parameter = dialog.getByRole('group', { name: `Parameter ${index + 1}` });
    await parameter.getByLabel('Name').fill(name);
    await choose(page, parameter.getByRole('combobox', { name: 'Type' }), type);
  }
  await dialog.getByRole('button', { name: 'Create strategy type' }).click();
  await page.getByText('Strategy type tenant is saved.').waitFor();

  await page.goto('/projects/demo/features/e2e-typed');
  await page.getByRole('region', { name: 'development' }).getByRole('button', { name: 'Add strategy' }).click();
  const form = page.getByRole('dialog', { name: 'Add a strategy in development' });
  await choose(page, form.getByRole('combobox', { name: 'Type' }), 'tenant');
  await form.getByRole('combobox', { name: 'ids' }).fill('7, 8,');
  await form.getByRole('spinbutton', { name: 'share' }).fill('30');
  await form.getByRole('checkbox', { name: 'beta' }).check();
  await form.getByRole('button', { name: 'Add to development' }).click();
  await form.waitFor({ state: 'detached' });
  const flag = await call(page, 'GET', '/projects/demo/features/e2e-typed');
  const [strategy] = flag.environments.find(({ name }) => name === 'development').strategies;
  assert.deepEqual([strategy.name, strategy.parameters], ['tenant', { ids: '7,8', share: '30', beta: 'true' }]);

  await page.goto('/admin/strategy-types');
  await page.getByRole('button', { name: 'More for tenant' }).click();
  await page.getByRole('menuitem', { name: 'Deprecate' }).click();
  await page.getByRole('row', { name: /tenant/ }).getByText('Deprecated').waitFor();
  await page.getByRole('button', { name: 'More for tenant' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete tenant' }).click();
  await page.getByText('Strategy type tenant is deleted.').waitFor();
});

test('new flags get the links of their project', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects', { id: 'linked', name: 'Linked' });
  await page.goto('/projects/linked/settings');
  await page.getByRole('button', { name: 'Add link', exact: true }).click();
  const link = page.getByRole('group', { name: 'Link 1' });
  await link.getByLabel('Title').fill('Ticket');
  await link.getByLabel('Address').fill('https://');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await link.getByText('is not a link').waitFor();
  await link.getByLabel('Address').fill('https://tickets.example.com/{{project}}/{{feature}}');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('The settings of the project are saved.').waitFor();
  await call(page, 'POST', '/projects/linked/features', { name: 'with-link' });
  await page.goto('/projects/linked/features/with-link');
  assert.equal(await page.getByRole('link', { name: 'Ticket' }).getAttribute('href'), 'https://tickets.example.com/linked/with-link');
});

test('a calendar link is made, shown once, and ended', async (t) => {
  const page = await open(t);
  await page.goto('/profile');
  const panel = page.getByRole('region', { name: 'Calendar link' });
  await panel.getByRole('button', { name: 'Make a link' }).click();
  const made = page.getByRole('dialog', { name: 'Your calendar link' });
  const { pathname } = new URL(await made.getByRole('region', { name: 'Copy link' }).innerText());
  assert.match(await (await page.request.get(pathname)).text(), /^BEGIN:VCALENDAR/);
  await made.getByRole('button', { name: 'Done' }).click();
  await panel.getByRole('button', { name: 'End the link' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'End the link' }).click();
  await panel.getByText('You have no link.').waitFor();
  assert.equal((await page.request.get(pathname)).status(), 404);
});

test('the playground says which flags are on for whom, and why', async (t) => {
  const page = await open(t);
  await page.goto('/playground');
  await choose(page, page.getByRole('combobox', { name: 'Environments' }), 'production');
  await page.getByRole('heading', { name: 'Playground' }).click();
  await page.getByRole('textbox', { name: 'Values of field 1' }).fill('ann, zoe');
  await page.getByRole('button', { name: 'Ask' }).click();
  await page.getByRole('button', { name: 'Why demo-checkout is so in production' }).getByText('of 2 on').waitFor();
  assert.match(page.url(), /context=userId/);
  await page.getByRole('button', { name: 'Why demo-checkout is so in production' }).click();
  const reasons = page.getByRole('dialog', { name: 'demo-checkout in production' });
  const zoe = reasons.getByRole('region', { name: 'Combination 2' });
  await zoe.getByText('userId=zoe').waitFor();
  await zoe.getByRole('listitem').filter({ hasText: 'Our own people' }).getByRole('img', { name: 'does not hold' }).first().waitFor();
});

test('times are in the zone that a reader has chosen', async (t) => {
  const page = await open(t);
  await page.goto('/profile');
  const zone = page.getByRole('combobox', { name: 'Time zone' });
  await zone.fill('Asia/Tokyo');
  await page.getByRole('option', { name: 'Asia/Tokyo' }).click();
  await call(page, 'POST', '/projects/demo/features', { name: 'e2e-zoned' });
  await page.goto('/projects/demo/features/e2e-zoned');
  await page.getByRole('region', { name: 'development' }).getByRole('button', { name: 'Add strategy' }).click();
  const form = page.getByRole('dialog', { name: 'Add a strategy in development' });
  await form.getByRole('button', { name: 'Add constraint' }).click();
  await choose(page, form.getByRole('combobox', { name: 'Field' }), 'currentTime');
  await form.getByLabel('Time in the zone Asia/Tokyo').fill('2030-01-01T09:00:00');
  await form.getByRole('button', { name: 'Add to development' }).click();
  await form.waitFor({ state: 'detached' });
  const flag = await call(page, 'GET', '/projects/demo/features/e2e-zoned');
  const [strategy] = flag.environments.find(({ name }) => name === 'development').strategies;
  assert.equal(strategy.constraints[0].value, '2030-01-01T00:00:00.000Z');
});
