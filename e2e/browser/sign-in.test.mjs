import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { admin, call, open, test, url, useBrowser } from './browser.mjs';

useBrowser();

test('a wrong password is refused, the right one leads to where one wanted to go', async (t) => {
  const page = await open(t, { as: null });
  await page.goto('/projects/demo');
  await page.getByLabel('Username or e-mail').fill(admin.username);
  await page.getByLabel('Password', { exact: true }).fill('something else');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('alert').getByText('The username or the password is not right.').waitFor();
  await page.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'Demo shop' }).waitFor();
});

test('signing out leads to signing in', async (t) => {
  const page = await open(t);
  const person = { username: 'leaver', password: 'a-Long-pass-9word' };
  await call(page, 'POST', '/user-admin', { ...person, name: 'Lea Ver', email: 'leaver@example.com', rootRole: 2, sendEmail: false });
  const other = await open(t, { as: person });
  await other.goto('/projects');
  await other.getByRole('button', { name: 'Account of Lea Ver' }).click();
  await other.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
  await other.getByText('You have signed out, on every device.').waitFor();
});

test('who came by a provider signs out there, too, and comes back', async (t) => {
  const page = await open(t);
  const provider = spawn('node', ['oidc.mjs'], {
    cwd: '../provider',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...process.env,
      PEOPLE: '{"olga":{"email":"olga@example.com","email_verified":true,"name":"Olga"}}',
      CLIENT: JSON.stringify({ client_id: 'quorate', client_secret: 's', redirect_uris: [`${url}/auth/oidc/callback`], post_logout_redirect_uris: [`${url}/signed-out`] }),
    },
  });
  t.after(() => provider.kill());
  const [said] = await once(provider.stdout, 'data');
  const discoverUrl = String(said).trim().replace('ready ', '');
  const settings = { discoverUrl, clientId: 'quorate', secret: 's', autoCreate: true, enableSingleSignOut: true };
  await call(page, 'POST', '/auth/oidc/settings', { ...settings, enabled: true });

  const olga = await (await open(t, { as: null })).context().newPage(); // the provider's page has a policy of its own
  await olga.goto('/auth/oidc/login?return=/projects');
  await olga.locator('[name=login]').fill('olga');
  await olga.locator('[name=password]').fill('any');
  await olga.keyboard.press('Enter');
  await olga.getByRole('button', { name: 'Continue' }).click();
  await olga.getByRole('button', { name: 'Account of Olga' }).click();
  // Signing out clears the cookies of this machine, the provider's as well, so the provider sends her back without asking.
  const there = olga.waitForRequest((request) => request.url().startsWith(`${discoverUrl}/session/end?`));
  await olga.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
  assert.match(new URL((await there).url()).searchParams.get('id_token_hint'), /^[^.]+\.[^.]+\.[^.]+$/);
  await olga.getByText('You have signed out, on every device.').waitFor();
  await call(page, 'POST', '/auth/oidc/settings', { ...settings, enabled: false });
});

test('when a session ends, what was written is still there after signing in again', async (t) => {
  const page = await open(t);
  await page.goto('/projects/demo?create=true');
  await page.getByRole('dialog').getByLabel('Name').fill('written-before');
  await page.context().clearCookies();
  await page.getByRole('dialog').getByRole('button', { name: 'Create flag' }).click();
  const again = page.getByRole('dialog', { name: 'Sign in again' });
  await again.getByLabel('Username or e-mail').fill(admin.username);
  await again.getByLabel('Password', { exact: true }).fill(admin.password);
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { name: 'written-before' }).waitFor();
  await call(page, 'GET', '/projects/demo/features/written-before');
});

test('a new person chooses a password by the link and is inside', async (t) => {
  const page = await open(t);
  const { inviteLink } = await call(page, 'POST', '/user-admin', { name: 'New Comer', email: 'new@example.com', rootRole: 2, sendEmail: false });
  const other = await open(t, { as: null });
  const link = new URL(inviteLink);
  await other.goto(link.pathname + link.search);
  await other.getByRole('heading', { name: 'Welcome to Quorate, New Comer' }).waitFor();
  await other.getByLabel('Password', { exact: true }).fill('short');
  await other.getByRole('button', { name: 'Save password and sign in' }).click();
  await other.getByRole('alert').waitFor();
  await other.getByLabel('Password', { exact: true }).fill('a-Long-pass-9word');
  await other.keyboard.press('Enter');
  await other.getByRole('heading', { name: 'Projects' }).waitFor();
  assert.equal((await call(other, 'GET', '/user')).user.name, 'New Comer');
  await page.goto(link.pathname + link.search);
  await page.getByRole('heading', { name: 'This link does not work' }).waitFor();
});
