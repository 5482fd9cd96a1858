import assert from 'node:assert/strict';
import { test } from 'node:test';
import { admin, call, open, useBrowser } from './browser.mjs';

useBrowser();

test('a change is proposed, approved and applied', async (t) => {
  const page = await open(t);
  const author = { username: 'author', password: 'a-Long-pass-9word' };
  await call(page, 'POST', '/user-admin', { ...author, name: 'Au Thor', email: 'author@example.com', rootRole: 2, sendEmail: false });
  await call(page, 'POST', '/projects', { id: 'guarded', name: 'Guarded' });
  await call(page, 'POST', '/projects/guarded/features', { name: 'guarded-flag' });

  await page.goto('/projects/guarded/settings');
  await page.getByRole('switch', { name: 'Protect production' }).press('Space');
  await page.getByRole('dialog').getByRole('button', { name: 'Protect production' }).click();
  await page.getByText('Needs 1 approval.').waitFor();

  const theirs = await open(t, { as: author });
  await theirs.goto('/projects/guarded');
  await theirs.getByRole('switch', { name: 'guarded-flag in production' }).press('Space');
  await theirs.getByRole('button', { name: 'Add to draft' }).click();
  await theirs.getByText('Your draft has 1 change in production.').waitFor();
  assert.ok(!(await theirs.getByRole('switch', { name: 'guarded-flag in production' }).isChecked()), 'nothing has changed yet');
  await theirs.getByRole('button', { name: 'View changes' }).click();
  const drawer = theirs.getByRole('dialog', { name: 'Your changes' });
  await drawer.getByLabel('Title').fill('Open the gate');
  await drawer.getByRole('button', { name: 'Submit for review' }).click();
  await theirs.getByRole('heading', { name: 'Open the gate' }).waitFor();
  const approve = theirs.getByRole('button', { name: 'Approve' });
  assert.equal(await approve.getAttribute('aria-disabled'), 'true');
  await approve.hover();
  await theirs.getByRole('tooltip').waitFor();

  await page.goto('/projects/guarded/change-requests');
  await page.getByRole('link', { name: 'Open the gate' }).click();
  await page.getByText('Switch on').waitFor();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('1 of 1').waitFor();
  await page.getByRole('button', { name: 'Apply to production' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply to production' }).click();
  await page.getByText(`${admin.username} applied it`).waitFor();
  // Who has the page open sees it without a reload.
  await theirs.getByText('applied it').waitFor();
  const flag = await call(page, 'GET', '/projects/guarded/features/guarded-flag');
  assert.ok(flag.environments.find(({ name }) => name === 'production').enabled);
});
