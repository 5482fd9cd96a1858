import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { accessible, call, open, test, useBrowser } from './browser.mjs';

useBrowser();

test('flags are exported, and their import into a protected environment ends in a change request', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects', { id: 'carried', name: 'Carried' });
  for (const name of ['carried-on', 'carried-off']) {
    await call(page, 'POST', '/projects/carried/features', { name });
    await call(page, 'POST', `/projects/carried/features/${name}/environments/development/strategies`, { name: 'flexibleRollout', parameters: { rollout: '40', stickiness: 'default', groupId: name } });
  }
  await call(page, 'POST', '/projects/carried/features/carried-on/environments/development/on');
  await call(page, 'PUT', '/projects/carried/environments/production/change-requests/config', { changeRequestsEnabled: true, requiredApprovals: 1 });

  await page.goto('/projects/carried');
  await page.getByRole('checkbox', { name: 'Select carried-on' }).press('Space');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Export 1 flag' });
  const field = dialog.getByRole('combobox', { name: 'As they are in' });
  await field.press('ArrowDown');
  await page.getByRole('option', { name: 'development' }).click();
  const started = page.waitForEvent('download');
  await dialog.getByRole('button', { name: 'Export' }).click();
  const file = await (await started).path();
  assert.deepEqual(JSON.parse(await readFile(file, 'utf8')).features.map(({ name }) => name), ['carried-on']);

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Import flags' }).click();
  await page.getByLabel('Content').fill('{"features":');
  await page.getByText('This is no JSON.').waitFor();
  await page.locator('input[type=file]').setInputFiles(file);
  const into = page.getByRole('combobox', { name: 'Into the environment' });
  await into.press('ArrowDown');
  await page.getByRole('option', { name: 'production' }).click();
  const check = page.getByRole('region', { name: 'What it does' });
  await check.getByText('These flags exist and will be overwritten:').waitFor();
  await check.getByText('A protected environment is touched.').waitFor();
  await accessible(page);
  await check.getByRole('button', { name: 'Import into production' }).click();
  await page.getByRole('link', { name: /To change request #/ }).click();
  await page.getByText('Switch on').first().waitFor();
  const flag = await call(page, 'GET', '/projects/carried/features/carried-on');
  assert.equal(flag.environments.find(({ name }) => name === 'production').enabled, false);

  // A second one is refused while the first is pending, and says where that is.
  await page.goto('/projects/carried/import');
  await page.locator('input[type=file]').setInputFiles(file);
  await into.press('ArrowDown');
  await page.getByRole('option', { name: 'production' }).click();
  await check.getByText('You have a pending change request there.').waitFor();
  await check.getByRole('link', { name: /To change request #\d+, which is pending/ }).waitFor();
  assert.equal(await check.getByRole('button', { name: 'Import into production' }).getAttribute('aria-disabled'), 'true');
});

test('the events that are found are downloaded as CSV and as JSON', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects/demo/features', { name: 'e2e-downloaded' });
  await page.goto('/events?type=feature-created&q=e2e-downloaded');
  await page.getByText('e2e-downloaded').first().waitFor();
  const downloaded = async (format) => {
    await page.getByRole('button', { name: 'Export' }).click();
    const started = page.waitForEvent('download');
    await page.getByRole('menuitem', { name: `What is found, as ${format}` }).click();
    return readFile(await (await started).path(), 'utf8');
  };
  const [head, row, ...rest] = (await downloaded('CSV')).trim().split(/\r?\n/);
  assert.match(head, /type/);
  assert.match(row, /feature-created.*e2e-downloaded/);
  assert.deepEqual(rest, []);
  const events = JSON.parse(await downloaded('JSON'));
  assert.deepEqual(events.map(({ type, featureName }) => [type, featureName]), [['feature-created', 'e2e-downloaded']]);
});

test('what differs since an event is shown, and how it was', async (t) => {
  const page = await open(t);
  await call(page, 'POST', '/projects/demo/features', { name: 'e2e-past' });
  await call(page, 'POST', '/projects/demo/features/e2e-past/environments/development/strategies', { name: 'flexibleRollout', parameters: { rollout: '30', stickiness: 'default', groupId: 'e2e-past' } });
  await call(page, 'POST', '/projects/demo/features/e2e-past/environments/development/on');
  await page.goto('/projects/demo/features/e2e-past?tab=history');
  await page.getByRole('button', { name: /What changed since revision/ }).last().click();
  await page.getByRole('row', { name: /development › On/ }).waitFor();
  await accessible(page);
  await page.getByText('As it was', { exact: true }).click();
  await page.getByRole('region', { name: 'development' }).getByText('Off').waitFor();
});

test('a provider is set up; what is wrong is said at its field', async (t) => {
  const page = await open(t);
  await page.goto('/admin/sign-on');
  const oidc = page.getByRole('region', { name: 'OpenID Connect' });
  await oidc.getByText('/auth/oidc/callback').waitFor();
  await oidc.getByLabel('Address of the provider').fill('http://id.example.com');
  await oidc.getByLabel('Client id').fill('quorate');
  await oidc.getByRole('button', { name: 'Save' }).click();
  await oidc.getByText('is not an address that begins with https://').waitFor();
  await oidc.getByLabel('Address of the provider').fill('https://id.example.com');
  await oidc.getByLabel('Client secret').fill('a-secret');
  await oidc.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. It holds from the next sign-in on.').waitFor();
  assert.equal((await call(page, 'GET', '/auth/oidc/settings')).clientId, 'quorate');
});

test('SAML is set up, and the certificate that providers need is shown', async (t) => {
  const page = await open(t);
  await page.goto('/admin/sign-on');
  const saml = page.getByRole('region', { name: 'SAML 2.0' });
  await saml.getByText('/auth/saml/logout').waitFor();
  await saml.getByLabel('Entity id of the provider').fill('https://id.example.com');
  await saml.getByLabel('Quorate’s own certificate').fill('nonsense');
  await saml.getByRole('switch', { name: 'Sign requests to sign in' }).click();
  await saml.getByRole('button', { name: 'Save' }).click();
  await saml.getByText('It is not an X.509 certificate with its private key').waitFor();
  await saml.getByLabel('Quorate’s own certificate').fill('');
  await saml.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved. It holds from the next sign-in on.').waitFor();
  assert.match(await saml.getByLabel('Quorate’s own certificate').inputValue(), /^-----BEGIN CERTIFICATE-----/);
  assert.equal((await call(page, 'GET', '/auth/saml/settings')).signRequests, true);
});
