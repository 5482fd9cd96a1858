import { test } from 'node:test';
import { accessible, call, open, useBrowser } from './browser.mjs';

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
