// What was settled is checked again when what it rests on changes: what changed is shown, whoever settled it says that it
// still holds, and what rests on it counts again.
import { expect, test } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { markDone, openJourney, programme, supplier } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { answer, banner, send } from './support/walk.ts';

test('an answer of NHS England is checked again after the supplier did again what it rests on', async ({ browser }, info) => {
  test.setTimeout(120_000);
  const { page: lead } = await supplier(browser, info, 'Harrowgate Clinical Ltd', 'Ines Marsh');
  const { page: chief } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  const journey = await openJourney(lead, `Ward Notes ${Date.now().toString(36)}`);
  await markDone(lead, journey, 'study-prerequisites');
  await send(lead, journey, 'contact-gp-connect-team');
  await answer(chief, journey, 'contact-gp-connect-team');
  const contact = `${journey}/tasks/contact-gp-connect-team`;

  await lead.goto(`${journey}/tasks/study-prerequisites`);
  await lead.getByText('Open it again', { exact: true }).first().click();
  await lead.getByLabel('Why is it opened again?').fill('The host has changed.');
  await lead.getByRole('button', { name: 'Open it again' }).click();
  await lead.goto(contact);
  await expect(lead.getByRole('heading', { name: 'Check this again' })).toBeVisible();
  await expect(lead.getByRole('row', { name: /^Study the prerequisites Round 1, .* Not completed$/ })).toBeVisible();
  await expect(lead.getByRole('button', { name: 'It still holds' })).toHaveCount(0);

  await markDone(lead, journey, 'study-prerequisites');
  await chief.goto(contact);
  await expect(chief.locator('.gpc-aside')).toContainText('Check again');
  await expect(chief.getByRole('row', { name: /^Study the prerequisites Round 1, .* Round 2, / })).toBeVisible();
  await expectNoViolations(chief);
  await expectNoSidewaysScroll(chief);
  await chief.getByRole('button', { name: 'It still holds' }).click();
  await expect(chief.locator('.nhsuk-error-summary')).toContainText('Say why it still holds');
  await chief.getByLabel('Why does it still hold?').fill('We look after the same product, wherever it is hosted.');
  await chief.getByRole('button', { name: 'It still holds' }).click();
  await expect(banner(chief)).toContainText('It is recorded that this still holds');
  await lead.goto(contact);
  await expect(lead.locator('.gpc-aside')).toContainText('Completed');
  await lead.goto(`${journey}/history`);
  await expect(lead.getByRole('table')).toContainText('We look after the same product, wherever it is hosted.');
});
