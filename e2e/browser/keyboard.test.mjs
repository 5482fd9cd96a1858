// Whoever works by the keyboard keeps their place.
import { call, open, test, useBrowser } from './browser.mjs';

useBrowser();

const watcher = { username: 'watcher', password: 'a-Long-pass-9word' };

/** Waits until something has the focus. */
async function hasFocus(page, locator) {
  await locator.and(page.locator(':focus')).waitFor();
}

test('a dialog gives the focus back to what opened it', async (t) => {
  const page = await open(t);
  await page.goto('/admin/users');
  const edit = page.getByRole('button', { name: 'admin', exact: true });
  await edit.press('Enter');
  await page.getByRole('dialog').getByLabel('Name').press('Escape');
  await hasFocus(page, edit);
  await call(page, 'POST', '/user-admin', { ...watcher, name: 'Wanda Watcher', email: 'wanda@example.com', rootRole: 3, sendEmail: false });
  await page.reload();
  const more = page.getByRole('button', { name: 'More for Wanda Watcher' });
  await more.press('Enter');
  await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
  await hasFocus(page, page.getByRole('dialog').getByRole('button', { name: 'Delete Wanda Watcher' }));
  await page.keyboard.press('Escape');
  await hasFocus(page, more);
});

test('when a row goes, the next one has the focus, then the one before, then the heading', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects', { id: 'rows', name: 'Rows' });
  for (const tokenName of ['first', 'second', 'third']) {
    await call(page, 'POST', '/projects/rows/api-tokens', { tokenName, type: 'backend', environment: 'development', projects: ['rows'] });
  }
  await page.goto('/projects/rows/settings/api-tokens');
  const more = (name) => page.getByRole('button', { name: `More for ${name}` });
  const remove = async (name) => {
    await more(name).press('Enter');
    await page.getByRole('menuitem', { name: 'Delete' }).press('Enter');
    await page.getByRole('button', { name: `Delete ${name}` }).press('Enter');
    await more(name).waitFor({ state: 'detached' });
  };
  await more('first').waitFor();
  const [upper, middle, lower] = await page.getByRole('button', { name: /^More for/ }).evaluateAll((all) => all.map((one) => one.ariaLabel.replace('More for ', '')));
  await remove(middle);
  await hasFocus(page, more(lower));
  await remove(lower);
  await hasFocus(page, more(upper));
  await remove(upper);
  await hasFocus(page, page.getByRole('heading', { level: 1 }));
});

test('what is marked as read leaves the focus in the inbox', async (t) => {
  const page = await open(t);
  const { project, environment } = { project: 'rows', environment: 'development' };
  const path = `/projects/${project}/environments/${environment}/change-requests`;
  await call(page, 'PUT', `${path}/config`, { changeRequestsEnabled: true, requiredApprovals: 1 });
  const wanda = await open(t, { as: watcher });
  const { user } = await call(wanda, 'GET', '/user');
  const { roles } = await call(page, 'GET', '/roles');
  await call(page, 'POST', `/projects/${project}/access`, { roles: [roles.find(({ name }) => name === 'Owner').id], users: [user.id], groups: [] });
  await call(page, 'POST', `/projects/${project}/features`, { name: 'rows-one' });
  const { id } = await call(page, 'POST', path, [{ feature: 'rows-one', action: 'updateEnabled', payload: { enabled: true } }]);
  await call(page, 'PUT', `/projects/${project}/change-requests/${id}/state`, { state: 'In review', reviewers: [user.id] });
  await call(page, 'POST', `/projects/${project}/change-requests/${id}/comments`, { text: '@watcher, is this wise?' });
  await wanda.goto('/inbox');
  const unread = wanda.getByRole('button', { name: /^Mark as read/ });
  await unread.nth(1).waitFor();
  const below = await unread.nth(1).getAttribute('aria-label');
  await unread.first().press('Enter');
  await hasFocus(wanda, wanda.getByRole('button', { name: below }));
  await wanda.keyboard.press('Enter');
  await unread.first().waitFor({ state: 'detached' });
  await wanda.waitForFunction(() => document.activeElement !== document.body);
});
