import assert from 'node:assert/strict';
import { accessible, call, open, test, useBrowser } from './browser.mjs';

useBrowser();

test('an administrator freezes an environment, and everybody sees it coming', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/environments', { name: 'staging', type: 'test' });
  await page.goto('/admin/environments');
  await page.getByRole('link', { name: 'Freezes and maintenance of staging' }).click();
  await page.getByText('There are no windows yet').waitFor();
  await page.getByRole('button', { name: 'Add window' }).click();
  const form = page.getByRole('dialog', { name: 'Add a window to staging' });
  await form.getByLabel('Name').fill('Quiet weekends');
  const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);
  await form.getByLabel('Begins').fill(`${day(2)}T22:00`);
  // It ends after it begins; the form says so, and the server is not asked.
  await form.getByRole('button', { name: 'Add window' }).click();
  await form.getByText('it ends after it begins').waitFor();
  await form.getByLabel('Ends').fill(`${day(3)}T06:00`);
  await form.getByRole('combobox', { name: 'Repeats' }).click();
  await page.getByRole('option', { name: 'Each year' }).click();
  await accessible(page);
  await form.getByRole('button', { name: 'Add window' }).click();
  await page.getByRole('button', { name: 'Quiet weekends' }).waitFor();
  await accessible(page);

  await page.goto('/upcoming');
  await page.getByText('Quiet weekends').waitFor();
  await accessible(page);

  await page.goto('/admin/environments/staging/windows');
  await page.getByRole('button', { name: 'Quiet weekends' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('button', { name: 'Delete Quiet weekends' }).click();
  await page.getByText('There are no windows yet').waitFor();
  await call(page, 'DELETE', '/environments/staging');
});

test('who may apply in a freeze all the same says why', async (t) => {
  const page = await open(t);
  const project = '/projects/frozen';
  const production = `${project}/environments/production`;
  await call(page, 'POST', '/projects', { id: 'frozen', name: 'Frozen' });
  await call(page, 'POST', `${project}/features`, { name: 'rescue' });
  await call(page, 'PUT', `${production}/change-requests/config`, { changeRequestsEnabled: true, requiredApprovals: 1, authorCounts: true });
  const { id } = await call(page, 'POST', `${production}/change-requests`, [{ feature: 'rescue', action: 'updateEnabled', payload: { enabled: true } }]);
  for (const state of ['In review', 'Approved']) await call(page, 'PUT', `${project}/change-requests/${id}/state`, { state });
  const start = new Date(Date.now() - 3_600_000).toISOString().slice(0, 16);
  const freeze = { name: 'Holidays', kind: 'freeze', start, durationMinutes: 1440, zone: 'UTC', projects: ['frozen'] };
  await call(page, 'POST', '/environments/production/windows', freeze);

  await page.goto(`${project}/change-requests/${id}`);
  await page.getByRole('button', { name: 'Apply to production' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText('Holidays').waitFor();
  await accessible(page);
  await dialog.getByLabel('Why, for the record').fill('The café is\non fire');
  await dialog.getByRole('button', { name: 'Apply to production' }).click();
  await page.getByText('admin applied it').waitFor();
  const { events } = await call(page, 'GET', '/search/events?project=IS:frozen&type=IS:change-requests-bypassed');
  assert.match(JSON.stringify(events), /The café is on fire/);

  // A direct write in a freeze waits for its reason; without one, nothing happens.
  await call(page, 'POST', '/environments/development/windows', freeze);
  await page.goto(`${project}/features/rescue`);
  const toggle = page.getByRole('switch', { name: 'rescue in development' });
  await toggle.press('Space');
  await dialog.getByText('Holidays').waitFor();
  await accessible(page);
  await dialog.getByRole('button', { name: 'Do it, for this reason' }).click();
  await dialog.getByText('Give a reason.').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('switch', { name: 'rescue in development', checked: false }).waitFor();
  await toggle.press('Space');
  await dialog.getByLabel('Reason').fill('To see whether the fire is out');
  await dialog.getByRole('button', { name: 'Do it, for this reason' }).click();
  await page.getByText('rescue is on in development.').waitFor();
});
