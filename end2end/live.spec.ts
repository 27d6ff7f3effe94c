// What others do shows on open pages without loading them again; what is being written is left alone.
import { expect, test } from '@playwright/test';
import { markDone, openJourney, programme, supplier } from './support/people.ts';

test('open pages of a journey and the worklist follow what others do', async ({ browser }, info) => {
  test.setTimeout(120_000);
  const { page: lead } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const { page: chief } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  const product = `Live View ${Date.now().toString(36)}`;
  const journey = await openJourney(lead, product);
  await markDone(lead, journey, 'study-prerequisites');

  // The worklist of the programme fills while it is looked at.
  await chief.goto(`/worklist?find=${encodeURIComponent(product)}`);
  await expect(chief.getByText('No task matches')).toBeVisible();
  await lead.goto(`${journey}/tasks/contact-gp-connect-team`);
  await lead.getByLabel('What do you want to tell them?').fill('We build a bedside view.');
  await lead.getByLabel('Who should they answer?').fill('Priya Nair');
  await lead.getByRole('button', { name: 'Send to NHS England' }).click();
  await expect(chief.getByRole('row', { name: new RegExp(product) })).toBeVisible();

  // The supplier's page follows the answer, and says so to those who cannot see it.
  await lead.goto(journey);
  const row = lead.locator('.nhsuk-task-list__item').filter({ has: lead.getByRole('link', { name: 'Contact GP team' }) }).first();
  await expect(row).toContainText('Submitted');
  await chief.getByRole('link', { name: /^Contact/ }).click();
  await chief.getByLabel('Your answer').fill('Welcome.');
  await chief.getByRole('button', { name: 'Send the answer' }).click();
  await expect(lead.locator('.gpc-log')).toContainText('answered Contact GP team');
  await expect(lead.getByText('This page has been updated.')).toBeAttached();

  // A form that is being filled in keeps its words, and its reader is told that the task has changed.
  await chief.goto(`${journey}/tasks/contact-gp-connect-team`);
  await chief.getByText('Open it again', { exact: true }).first().click();
  await chief.getByLabel('Why is it opened again?').fill('Half a sentence');
  await lead.goto(`${journey}/tasks/read-capabilities`);
  await lead.getByLabel('Note on this task').fill('Half a note');
  await expect(lead.locator('.gpc-saved')).toBeVisible();
  const other = await lead.context().newPage();
  await markDone(other, journey, 'read-capabilities');
  await expect(lead.locator('.gpc-stale')).toContainText('This has changed since you opened the page');
  await expect(lead.getByLabel('Note on this task')).toHaveValue('Half a note');
  await expect(chief.getByLabel('Why is it opened again?')).toHaveValue('Half a sentence');
});
