import { accessible, open, test, useBrowser } from './browser.mjs';

useBrowser();

const password = 'a-Long-pass-9word';

test('from the link of a first start to a change that somebody else has approved', async (t) => {
  const page = await open(t, { as: null });
  const link = new URL(process.env.QUORATE_FIRST);
  const at = (path) => new URL(path, link).toString();
  await page.goto(link.toString());
  await page.getByText('You sign in as admin.').waitFor();
  await accessible(page);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');

  await page.getByRole('button', { name: 'Create project' }).click();
  const project = page.getByRole('dialog', { name: 'Create project' });
  await project.getByLabel('Name').fill('Web shop');
  await project.getByRole('button', { name: 'Create project' }).click();
  await page.getByRole('heading', { name: 'Web shop' }).waitFor();
  await page.getByRole('button', { name: 'Create flag' }).first().click();
  const flag = page.getByRole('dialog', { name: 'Create a flag in Web shop' });
  await flag.getByLabel('Name').fill('new-basket');
  await flag.getByRole('button', { name: 'Create flag' }).click();
  await page.getByRole('heading', { name: 'new-basket' }).waitFor();

  // What comes next is said: an application, and somebody who approves.
  await page.goto(at('/projects/web-shop'));
  await page.getByRole('link', { name: 'Connect an application' }).click();
  await page.getByText('There are no API tokens yet').waitFor();
  await page.getByRole('navigation', { name: 'Settings of the project' }).getByRole('link', { name: 'Environments' }).click();
  await page.getByRole('switch', { name: 'Protect production' }).press('Space');
  await page.getByRole('dialog').getByRole('button', { name: 'Protect production' }).click();
  await page.getByText('Besides you, nobody may approve changes here.').waitFor();
  await page.getByRole('link', { name: 'Add users' }).click();
  await page.getByRole('button', { name: 'Add user' }).click();
  const user = page.getByRole('dialog', { name: 'Add user' });
  await user.getByLabel('Name', { exact: true }).fill('Pia Proposes');
  await user.getByLabel('E-mail').fill('pia@example.com');
  await user.getByRole('button', { name: 'Add user' }).click();
  const invitation = await page.getByRole('dialog', { name: 'A link for Pia Proposes' }).getByRole('region', { name: 'Copy link' }).innerText();

  const pia = await open(t, { as: null });
  const { pathname, search } = new URL(invitation);
  await pia.goto(at(pathname + search));
  await pia.getByLabel('Password', { exact: true }).fill(password);
  await pia.keyboard.press('Enter');
  await pia.getByRole('heading', { name: 'Projects' }).waitFor();
  await pia.getByRole('link', { name: /Web shop/ }).first().click();
  await pia.getByRole('switch', { name: 'new-basket in production' }).press('Space');
  await pia.getByRole('dialog').getByRole('button', { name: 'Add to draft' }).click();
  await pia.getByRole('button', { name: 'View changes' }).click();
  await pia.getByRole('dialog').getByRole('button', { name: 'Submit for review' }).click();
  await pia.getByText('Change request #1 is submitted.').waitFor();

  await page.goto(at('/inbox'));
  await page.getByRole('link', { name: /Change request #1/ }).first().click();
  await page.getByRole('button', { name: 'Approve' }).click();
  await page.getByText('You have approved #1.').waitFor();
  await page.getByRole('button', { name: 'Apply to production' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Apply to production' }).click();
  await page.getByText('#1 is applied.').waitFor();
});
