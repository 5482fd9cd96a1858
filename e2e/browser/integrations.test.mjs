import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { accessible, open, test, useBrowser } from './browser.mjs';

useBrowser();

/** Starts something that takes webhooks. Returns its address, and what it has got. */
async function receiver(t) {
  const got = [];
  const server = createServer(async (request, response) => {
    const body = (await request.setEncoding('utf8').toArray()).join('');
    got.push({ headers: request.headers, body: JSON.parse(body) });
    response.end();
  });
  await new Promise((listens) => server.listen(0, '127.0.0.1', listens));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${server.address().port}/hook`, got };
}

test('a webhook is created, tested, changed without its secrets, and deleted', async (t) => {
  const { address, got } = await receiver(t);
  const page = await open(t);
  await page.goto('/admin/integrations');
  await page.getByRole('button', { name: 'Create integration' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name', { exact: true }).fill('To the tester');
  await dialog.getByLabel('URL').fill(address);
  await dialog.getByRole('button', { name: 'Create integration' }).click();
  await dialog.getByText('Choose at least one type of event.').waitFor();
  await dialog.getByRole('combobox', { name: 'Events' }).fill('flag created');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  // The keyboard, since the list of the field that comes next may cover the button.
  await dialog.getByRole('button', { name: 'Create integration' }).press('Enter');
  const secret = page.getByRole('dialog', { name: 'Signing secret' });
  await secret.getByText(/^whsec_/).waitFor();
  await secret.getByRole('button', { name: 'Copy the signing secret' }).waitFor();
  await accessible(page);
  await secret.getByRole('button', { name: 'Done' }).click();

  await page.getByRole('heading', { name: 'To the tester' }).waitFor();
  await page.getByText('Nothing was sent yet').waitFor();
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('row', { name: /A test.*Sent.*200/ }).waitFor();
  assert.equal(got.length, 1);
  assert.equal(got[0].body.type, 'addon-test');
  assert.match(got[0].headers['webhook-signature'], /^v1,/);
  await accessible(page);

  await page.getByRole('button', { name: 'Edit integration' }).click();
  assert.equal(await dialog.getByLabel('URL').inputValue(), '*****');
  await accessible(page);
  await dialog.getByLabel('Name', { exact: true }).fill('To whoever tests');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'To whoever tests' }).waitFor();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Send a test' }).click();
  await page.getByRole('row', { name: /A test.*Sent.*200/ }).nth(1).waitFor();
  assert.equal(got.length, 2, 'the address is still the one that was given');

  await page.getByRole('link', { name: 'Integrations' }).first().click();
  await page.getByRole('switch', { name: 'Enable To whoever tests' }).press('Space');
  await page.getByText('To whoever tests is disabled.').waitFor();
  await accessible(page);
  await page.getByRole('link', { name: 'To whoever tests' }).click();
  await page.getByRole('button', { name: 'Edit integration' }).click();
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Delete To whoever tests' }).click();
  await page.getByText('There are no integrations yet').waitFor();
});
