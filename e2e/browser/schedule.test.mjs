import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { accessible, call, open, test, useBrowser } from './browser.mjs';

useBrowser();

const author = { username: 'planner', password: 'a-Long-pass-9word' };
const reviewer = { username: 'releaser', password: 'a-Long-pass-9word' };
const project = '/projects/planned';
const production = `${project}/environments/production`;

/** Adds changes in production to a new draft of who is signed in, and returns its path. */
async function draft(page, title, changes) {
  const { id } = await call(page, 'POST', `${production}/change-requests`, changes);
  await call(page, 'PUT', `${project}/change-requests/${id}/title`, { title });
  return `${project}/change-requests/${id}`;
}

/** Opens the dialog that schedules the request that is shown, and sets the time: tomorrow in Oslo. */
async function fillSchedule(page, act) {
  await page.getByRole('button', { name: act }).click();
  const dialog = page.getByRole('dialog');
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  await dialog.getByLabel('Date').fill(tomorrow);
  await dialog.getByLabel('Time', { exact: true }).fill('22:30');
  return dialog;
}

test('an administrator plans releases, and lets two people do it', async (t) => {
  const page = await open(t);
  const person = async ({ username, password }, name) =>
    (await call(page, 'POST', '/user-admin', { username, password, name, email: `${username}@example.com`, rootRole: 2, sendEmail: false })).id;
  await person(author, 'Pia Planner');
  const rob = await person(reviewer, 'Rob Releaser');
  await call(page, 'POST', '/projects', { id: 'planned', name: 'Planned' });
  await call(page, 'POST', `${project}/features`, { name: 'launch' });
  await call(page, 'POST', `${project}/features/launch/environments/production/strategies`, {
    name: 'flexibleRollout',
    title: 'A tenth',
    parameters: { rollout: '10', stickiness: 'default', groupId: 'launch' },
  });
  const { roles: role } = await call(page, 'POST', '/roles', {
    name: 'Releaser',
    type: 'custom',
    permissions: ['APPROVE_CHANGE_REQUEST', 'APPLY_CHANGE_REQUEST'].map((name) => ({ name, environment: 'production' })),
  });
  await call(page, 'POST', `${project}/access`, { roles: [role.id], users: [rob], groups: [] });
  await call(page, 'PUT', `${production}/change-requests/config`, { changeRequestsEnabled: true, requiredApprovals: 1 });
});

test('a request is scheduled, suspended by what somebody else changes, and scheduled again', async (t) => {
  const page = await open(t);
  const pia = await open(t, { as: author });
  const rob = await open(t, { as: reviewer });
  const { environments } = await call(page, 'GET', `${project}/features/launch`);
  const [strategy] = environments.find(({ name }) => name === 'production').strategies;
  const rollout = (percent) => ({ ...strategy, parameters: { ...strategy.parameters, rollout: percent } });
  const request = await draft(pia, 'Half of them', [{ feature: 'launch', action: 'updateStrategy', payload: rollout('50') }]);
  const { user } = await call(rob, 'GET', '/user');
  await call(pia, 'PUT', `${request}/state`, { state: 'In review', reviewers: [user.id] });

  // The reviewer is told, in the navigation and in the browser's tab.
  await rob.goto('/projects');
  const inbox = rob.getByRole('link', { name: 'Inbox, 1 unread' });
  await inbox.waitFor();
  await rob.waitForFunction(() => document.title.startsWith('(1) '));
  await inbox.click();
  await rob.getByText('You are asked to review it').waitFor();
  await accessible(rob);
  // It is marked as read at once, and no longer if that is refused.
  const asked = new Promise((resolve) => {
    rob.route('**/inbox/read', resolve, { times: 1 });
  });
  await rob.getByRole('button', { name: 'Mark all as read' }).click();
  await rob.getByRole('link', { name: 'Inbox', exact: true }).waitFor();
  await (await asked).fulfill({ status: 403, json: { name: 'PermissionError', message: 'Not today, says the server.' } });
  await rob.getByRole('alert').getByText('Not today, says the server.').waitFor();
  await inbox.waitFor();
  // What one has come to, by whichever link, one was told.
  await Promise.all([rob.waitForResponse((answer) => answer.url().endsWith('/inbox/read')), rob.goto(request)]);
  await rob.getByRole('link', { name: 'Inbox', exact: true }).waitFor();
  await rob.waitForFunction(() => !document.title.startsWith('('));
  await rob.getByRole('button', { name: 'Approve' }).click();
  await rob.getByText('1 of 1 approvals').waitFor();

  const dialog = await fillSchedule(rob, 'Schedule');
  // What the server refuses is said where it was entered.
  await dialog.getByLabel('Date').fill('2020-01-01');
  await dialog.getByRole('button', { name: 'Schedule' }).click();
  await dialog.getByText('is past').waitFor();
  await accessible(rob);
  await dialog.getByLabel('Date').fill(new Date(Date.now() + 86_400_000).toISOString().slice(0, 10));
  await dialog.getByLabel('Time zone').fill('Europe/Oslo');
  await rob.getByRole('option', { name: 'Europe/Oslo' }).click();
  await dialog.getByText(/In UTC/).waitFor();
  // A time that clocks there skip, or show twice, is not taken for another one.
  const [year] = await dialog.getByLabel('Date').inputValue().then((day) => day.split('-').map(Number));
  const lastSunday = (month) => {
    const end = new Date(Date.UTC(year + 1, month, 0));
    return new Date(end.getTime() - end.getUTCDay() * 86_400_000).toISOString().slice(0, 10);
  };
  const planned = await dialog.getByLabel('Date').inputValue();
  await dialog.getByLabel('Time', { exact: true }).fill('02:30');
  await dialog.getByLabel('Date').fill(lastSunday(3));
  await dialog.getByText('never show this time').waitFor();
  await dialog.getByLabel('Date').fill(lastSunday(10));
  await dialog.getByText('show this time twice').waitFor();
  await accessible(rob);
  await dialog.getByLabel('Date').fill(planned);
  await dialog.getByLabel('Time', { exact: true }).fill('22:30');
  await dialog.getByRole('button', { name: 'Schedule' }).click();
  await rob.getByRole('heading', { name: /^Scheduled for/ }).waitFor();
  await rob.getByText('in Europe/Oslo').waitFor();
  await rob.getByText('in the name of Rob Releaser').waitFor();
  await accessible(rob);
  await rob.getByRole('button', { name: 'Apply to production' }).click();
  await rob.getByRole('dialog').getByText('Applied now, that time is ignored.').waitFor();
  await rob.keyboard.press('Escape');
  await rob.getByRole('button', { name: 'Reject' }).click();
  await rob.getByRole('dialog').getByText('That schedule is gone then').waitFor();
  await rob.keyboard.press('Escape');

  // What it would do is tried before.
  await rob.getByRole('link', { name: 'Try it in the playground' }).click();
  await rob.getByText('as it is and with the request applied').waitFor();
  await rob.getByRole('columnheader', { name: /^production with #/ }).waitFor();

  // What is to come, and a badge where it will happen.
  await pia.goto(`${project}/upcoming`);
  await pia.getByRole('link', { name: 'Half of them' }).waitFor();
  await accessible(pia);
  await pia.goto('/upcoming');
  await pia.getByRole('link', { name: 'Half of them' }).waitFor();
  await pia.goto(`${project}/features/launch`);
  await pia.getByRole('link', { name: /^Change scheduled: change request/ }).waitFor();
  await accessible(pia);
  await pia.goto(project);
  const mark = pia.getByRole('button', { name: '1 open change request in production' });
  await mark.waitFor();
  await accessible(pia);
  await mark.click();
  await pia.getByRole('menuitem', { name: /^Change request #/ }).waitFor();

  // Another changes the same strategy directly: they are warned, and told what they did.
  await page.goto(`${project}/features/launch`);
  await call(page, 'PUT', `${production}/change-requests/config`, { changeRequestsEnabled: false });
  await page.reload();
  await page.getByRole('button', { name: 'Edit: A tenth' }).click();
  const drawer = page.getByRole('dialog');
  await drawer.getByText('This would suspend scheduled requests:').waitFor();
  await drawer.getByLabel('Title').fill('A tenth of everybody');
  await drawer.getByLabel('Rollout in percent').fill('20');
  await drawer.getByRole('button', { name: 'Save in production' }).click();
  const toast = page.getByRole('alert').filter({ hasText: 'A schedule is suspended' });
  await toast.getByRole('link', { name: /^#/ }).click();
  await page.getByRole('heading', { name: 'Its schedule is suspended' }).waitFor();
  await page.getByText('both change it').waitFor();
  await accessible(page);

  // Who scheduled it sees it without a reload, and decides anew.
  await rob.goBack();
  await rob.getByRole('heading', { name: 'Its schedule is suspended' }).waitFor();
  await (await fillSchedule(rob, 'Schedule again')).getByRole('button', { name: 'Schedule again' }).click();
  await rob.getByRole('heading', { name: /^Scheduled for/ }).waitFor();
  await call(page, 'PUT', `${production}/change-requests/config`, { changeRequestsEnabled: true, requiredApprovals: 1 });
});

test('a schedule that failed says why, and what can be done now', async (t) => {
  const rob = await open(t, { as: reviewer });
  const { changeRequests } = await call(rob, 'GET', '/search/change-requests?query=Half');
  const path = `${project}/change-requests/${changeRequests[0].id}`;
  const reason = 'The environment "production" is frozen by "Holidays".';
  let conflicts = [];
  await rob.route(`**/api/admin${path}`, async (route) => {
    const answer = await route.fetch();
    const request = await answer.json();
    await route.fulfill({ response: answer, json: { ...request, conflicts, schedule: { ...request.schedule, status: 'failed', reason } } });
  });
  await rob.goto(path);
  const box = rob.getByRole('status', { name: 'It could not be applied at its time' });
  await box.getByText(`${reason} Nothing of it has taken effect.`).waitFor();
  await box.getByText('in the name of Rob Releaser').waitFor();
  await box.getByText('What was in the way is gone.').waitFor();
  await rob.getByRole('button', { name: 'Schedule again' }).waitFor();
  await accessible(rob);
  conflicts = ['The flag "launch" is archived.'];
  await rob.reload();
  await box.getByText('Clear what is in the way').waitFor();
  await rob.getByText(conflicts[0]).waitFor();
});

test('insight shows how requests fared, and gives the rows behind it', async (t) => {
  const page = await open(t);
  await page.goto('/insights?project=planned');
  await page.getByText('Change requests over time').first().waitFor();
  await page.getByText('Show the numbers').click();
  await accessible(page);
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Download as CSV' }).click()]);
  const [head, row] = (await readFile(await file.path(), 'utf8')).split('\r\n');
  assert.equal(head, 'id,project,environment,createdBy,state,submittedAt,reviewedAt,approvedAt,closedAt');
  assert.match(row, /^\d+,planned,production,Pia Planner,Scheduled,/);
});

test('one chooses what one is told by mail, and when', async (t) => {
  const page = await open(t, { as: reviewer });
  await page.goto('/profile/notifications');
  const choice = page.getByRole('combobox', { name: /^Mail when/ }).first();
  await choice.click();
  await page.getByRole('option', { name: 'Once a day' }).click();
  await page.getByText('Your notifications are saved.').waitFor();
  const { topics } = await call(page, 'GET', '/user/notification-settings');
  assert.equal(topics[0].mail, 'daily');
  await accessible(page);
});
