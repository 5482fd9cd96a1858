import assert from 'node:assert/strict';
import { accessible, call, open, test, useBrowser } from './browser.mjs';

useBrowser();

const author = { username: 'author', password: 'a-Long-pass-9word' };
const reviewer = { username: 'reviewer', password: 'a-Long-pass-9word' };
const project = '/projects/guarded';

/** Puts the switch of a flag in production into the author's draft, and sends that to review. Returns where the request is. */
async function submit(ada, flag, title) {
  await ada.goto(`${project}/features/${flag}`);
  await ada.getByRole('switch', { name: `${flag} in production` }).press('Space');
  await ada.getByRole('button', { name: 'Add to draft' }).click();
  await ada.getByText('Your draft has 1 change in production.').waitFor();
  await ada.getByRole('button', { name: 'View changes' }).click();
  const drawer = ada.getByRole('dialog', { name: 'Your changes' });
  await drawer.getByLabel('Title').fill(title);
  await drawer.getByRole('button', { name: 'Submit for review' }).click();
  await ada.getByRole('heading', { name: title }).waitFor();
  return new URL(ada.url()).pathname;
}

async function apply(page) {
  await page.getByRole('button', { name: 'Apply to production' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply to production' }).click();
}

test('an administrator protects production, and gives somebody a role to review', async (t) => {
  const page = await open(t);
  const person = async ({ username, password }, name, rootRole) =>
    (await call(page, 'POST', '/user-admin', { username, password, name, email: `${username}@example.com`, rootRole, sendEmail: false })).id;
  await person(author, 'Ada Author', 2);
  const bo = await person(reviewer, 'Bo Reviewer', 3);
  await call(page, 'POST', '/projects', { id: 'guarded', name: 'Guarded' });
  for (const name of ['first', 'second', 'third']) await call(page, 'POST', `${project}/features`, { name });
  const { roles: role } = await call(page, 'POST', '/roles', {
    name: 'Reviewer',
    type: 'custom',
    permissions: ['APPROVE_CHANGE_REQUEST', 'APPLY_CHANGE_REQUEST'].map((name) => ({ name, environment: 'production' })),
  });
  await call(page, 'POST', `${project}/access`, { roles: [role.id], users: [bo], groups: [] });

  await page.goto(`${project}/settings/environments`);
  await page.getByRole('switch', { name: 'Protect production' }).press('Space');
  await page.getByRole('dialog').getByRole('button', { name: 'Protect production' }).click();
  await page.getByText('Needs 1 approval.').waitFor();
});

test('a change is proposed, approved, edited, approved again, applied and undone', async (t) => {
  // Three people are at it at once.
  const page = await open(t);
  const ada = await open(t, { as: author });
  const bo = await open(t, { as: reviewer });
  const request = await submit(ada, 'first', 'Open the gate');
  // Nothing has changed yet, and the author may not approve.
  const approve = ada.getByRole('button', { name: 'Approve' }).and(ada.locator('[aria-disabled=true]'));
  await approve.hover();
  await ada.getByRole('tooltip').waitFor();
  const live = async (name) => (await call(page, 'GET', `${project}/features/${name}`)).environments.find((one) => one.name === 'production').enabled;
  assert.equal(await live('first'), false);

  await bo.goto(`${project}/change-requests`);
  await bo.getByRole('link', { name: 'Open the gate' }).click();
  await bo.getByRole('list', { name: 'What it changes' }).getByText('Switch on').waitFor();
  await bo.getByText('Who gets it in production').waitFor();
  await bo.getByRole('button', { name: 'Approve' }).click();
  await bo.getByText('1 of 1 approvals').waitFor();
  await bo.getByRole('button', { name: 'Withdraw approval' }).click();
  await bo.getByText('0 of 1 approvals').waitFor();
  await bo.getByRole('button', { name: 'Approve' }).click();
  await bo.getByText('1 of 1 approvals').waitFor();

  // An edit begins a new round. Who has the page open sees it without a reload.
  await ada.goto(`${project}/features/second`);
  await ada.getByRole('switch', { name: 'second in production' }).press('Space');
  await ada.getByRole('dialog').getByText('its approvals are lost').waitFor();
  await ada.getByRole('button', { name: /^Add to request/ }).click();
  await ada.getByText('It needs its approvals anew.').waitFor();
  await bo.getByText('Round 2', { exact: true }).waitFor();
  await bo.getByText('0 of 1 approvals').waitFor();
  await bo.getByRole('button', { name: 'Apply to production' }).and(bo.locator('[aria-disabled=true]')).waitFor();
  await bo.getByRole('button', { name: 'Approve' }).click();
  await bo.getByText('1 of 1 approvals').waitFor();
  await apply(bo);
  await bo.getByText('Bo Reviewer applied it').waitFor();

  await ada.goto(`${project}/features/first`);
  await ada.getByRole('switch', { name: 'first in production', checked: true }).waitFor();
  assert.ok((await live('first')) && (await live('second')));

  await ada.goto(request);
  await ada.getByRole('button', { name: 'Undo' }).click();
  await ada.getByText('and undoes what was applied').waitFor();
  await ada.getByRole('button', { name: 'Submit for review' }).waitFor();
  await ada.getByText('Switch off').first().waitFor();
  assert.notEqual(new URL(ada.url()).pathname, request);
  await ada.getByRole('button', { name: 'Discard', exact: true }).click();
  await ada.getByRole('dialog').getByRole('button', { name: 'Discard', exact: true }).click();
  await ada.getByText('The draft is discarded.').waitFor();
});

test('a request is rejected, and its author sees why', async (t) => {
  const ada = await open(t, { as: author });
  const bo = await open(t, { as: reviewer });
  const request = await submit(ada, 'third', 'Too early');
  await bo.goto(request);
  await bo.getByRole('button', { name: 'Reject' }).click();
  await bo.getByRole('dialog').getByLabel('Why').fill('Not before Monday.');
  await bo.getByRole('dialog').getByRole('button', { name: 'Reject' }).click();
  await ada.getByText('Not before Monday.').waitFor();
  // Who only hears the page is told as well.
  await ada.getByRole('status', { name: 'News of this request' }).getByText('Bo Reviewer rejected it').waitFor();
});

test('an edit of a segment is proposed where it takes effect, and so is its removal', async (t) => {
  const page = await open(t);
  const constraints = [{ contextName: 'country', operator: 'IN', values: ['NO'] }];
  for (const name of ['guarded-norway', 'guarded-sweden']) await call(page, 'POST', '/segments', { name, project: 'guarded', constraints });
  const ada = await open(t, { as: author });
  await ada.goto('/segments');
  await ada.getByRole('button', { name: 'guarded-norway' }).click();
  const form = ada.getByRole('dialog', { name: 'Edit guarded-norway' });
  await form.getByText('production is protected').waitFor();
  await form.getByLabel('Description').fill('Where the sun stays up.');
  await form.getByRole('button', { name: 'Add to draft' }).click();
  await ada.getByText('Your draft has 1 change in production.').waitFor();
  await ada.getByRole('button', { name: 'View changes' }).click();
  await ada.getByRole('dialog', { name: 'Your changes' }).getByText('Where the sun stays up.', { exact: true }).waitFor();
  await ada.keyboard.press('Escape');

  await ada.getByRole('button', { name: 'guarded-sweden' }).click();
  await ada.getByRole('button', { name: 'Remove', exact: true }).click();
  await ada.getByRole('dialog', { name: 'Remove segment guarded-sweden?' }).getByRole('button', { name: 'Add to draft' }).click();
  await ada.getByText('Your draft has 2 changes in production.').waitFor();
  const { segments } = await call(page, 'GET', '/segments');
  assert.ok(segments.some(({ name, description }) => name === 'guarded-norway' && !description), 'nothing has changed yet');
  assert.ok(segments.some(({ name }) => name === 'guarded-sweden'), 'nothing is removed yet');
});

test('whatever a request changes is edited in place, on a phone too', async (t) => {
  const page = await open(t);
  const production = `${project}/environments/production`;
  const ids = [];
  for (const title of ['One', 'Two', 'Three']) {
    ids.push((await call(page, 'POST', `${project}/features/third/environments/production/strategies`, { name: 'flexibleRollout', title, parameters: {} })).id);
  }
  const order = [ids[2], ids[0], ids[1]].map((id, sortOrder) => ({ id, sortOrder }));
  const ada = await open(t, { as: author, width: 390, height: 844 });
  // They join the change of a segment that is in the draft already.
  const { id } = await call(ada, 'POST', `${production}/change-requests`, [
    { feature: 'third', action: 'reorderStrategy', payload: order },
    { feature: 'third', action: 'patchVariant', payload: { variants: [{ name: 'red', weight: 1000, weightType: 'variable', stickiness: 'default' }] } },
    { feature: 'third', action: 'addDependency', payload: { feature: 'first' } },
  ]);
  await ada.goto(`${project}/change-requests/${id}`);
  const dialog = ada.getByRole('dialog');
  const edit = (change) => ada.getByRole('button', { name: `Edit: ${change}` }).click();
  const save = () => dialog.getByRole('button', { name: 'Save change' }).click();
  await ada.getByText('1. Three').waitFor();
  await edit('Put the strategies into another order');
  await dialog.getByRole('button', { name: 'Move down: Three' }).click();
  await accessible(ada);
  await save();
  await ada.getByText('2. Three').waitFor();
  await edit('Change the variants of the environment');
  await dialog.getByLabel('Name').fill('blue');
  await save();
  await ada.getByText('blue').first().waitFor();
  await edit('Make it depend on first');
  await dialog.getByText('Off', { exact: true }).click();
  await save();
  await ada.getByText('Make it depend on first being off').first().waitFor();
  await edit('Change the segment, wherever it is used');
  await dialog.getByLabel('Description').fill('Where the sun goes down.');
  await save();
  await ada.getByText('Where the sun goes down.', { exact: true }).waitFor();
  assert.equal(await ada.evaluate(() => document.documentElement.scrollWidth), 390);
  await call(ada, 'DELETE', `${project}/change-requests/${id}`);
});

test('a change is proposed, submitted, approved and applied by the keyboard alone', async (t) => {
  const ada = await open(t, { as: author });
  const bo = await open(t, { as: reviewer });
  const press = async (page, target, key) => {
    await target.waitFor();
    for (let i = 0; i < 150 && !(await target.evaluate((element) => element === document.activeElement)); i++) await page.keyboard.press('Tab');
    await page.keyboard.press(key);
  };
  const button = (page, name) => page.getByRole('button', { name });
  await ada.goto(`${project}/features/third`);
  await press(ada, ada.getByRole('switch', { name: 'third in production' }), 'Space');
  await press(ada, ada.getByRole('dialog').getByRole('button', { name: /^Add to draft/ }), 'Enter');
  await press(ada, button(ada, 'View changes'), 'Enter');
  await press(ada, ada.getByRole('dialog').getByRole('button', { name: 'Submit for review' }), 'Enter');
  await ada.waitForURL(/change-requests\/\d+$/);
  await bo.goto(new URL(ada.url()).pathname);
  await press(bo, button(bo, 'Approve'), 'Enter');
  await bo.getByText('1 of 1 approvals').waitFor();
  await press(bo, button(bo, 'Apply to production'), 'Enter');
  await press(bo, bo.getByRole('dialog').getByRole('button', { name: 'Apply to production' }), 'Enter');
  const news = ada.getByRole('status', { name: 'News of this request' });
  await news.getByText('Bo Reviewer applied it').waitFor();
});

test('a switch that may not be pressed says whether it is on, and why not', async (t) => {
  const page = await open(t, { as: reviewer });
  await page.goto('/projects/demo');
  const toggle = page.getByRole('switch', { name: 'demo-banner in development' });
  await toggle.waitFor();
  assert.ok(await toggle.isChecked());
  assert.equal(await toggle.getAttribute('aria-disabled'), 'true');
  await toggle.focus();
  await toggle.press('Space');
  await page.getByRole('tooltip').getByText('You may not switch flags in development').waitFor();
  assert.ok(await toggle.isChecked());
});
