// The connection agreement from its preparation to its duties: read whole before it is sent, declined, corrected, signed by a
// colleague who was named instead, countersigned, and an incident that is reported under it.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { programme, supplier } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { signOff, submitScal } from './support/scal.ts';
import { approve, atScal, banner, colleague, issue, send, sign, today } from './support/walk.ts';

const TASK = 'receive-connection-agreement';

test('an agreement is declined, corrected, signed by a colleague who was named, and its duties stand', async ({ browser }, info) => {
  test.setTimeout(480_000);
  const { page: lead } = await supplier(browser, info, 'Longshore Trust Digital', 'Mira Voss');
  const { page: alan } = await colleague(browser, info, lead, 'Alan Pike', ['Signatory']);
  const { page: bea } = await colleague(browser, info, lead, 'Bea Ruiz', ['Signatory']);
  const teams = ['programme_lead', 'functional_assurance', 'clinical_safety', 'information_governance'];
  const seats = await Promise.all(teams.map((team, at) => programme(browser, info, `Reviewer Number${at}`, team)));
  const [chief, assurance, clinical, governance] = seats.map((seat) => seat.page) as [Page, Page, Page, Page];
  const journey = await atScal(lead, chief, assurance, 'Ward Letters 2');
  await submitScal(lead, journey);
  for (const reviewer of [assurance, clinical, governance]) await signOff(reviewer, journey);
  await send(lead, journey, 'test-int-providers');
  await approve(assurance, journey, 'test-int-providers');
  await issue(assurance, journey, 'receive-technical-conformance-certificate');
  const page = `${journey}/tasks/${TASK}`;

  // Whoever prepares it reads all of it, and who will be asked, before it is sent.
  await lead.goto(page);
  const whole = lead.getByRole('region', { name: 'What will be signed' });
  for (const part of ['Part A: services form', 'Part B: processing form', 'Part C: acceptable use policy for organisations that use the product', 'Duties after signing', 'Annexes']) {
    await expect(whole.getByRole('heading', { name: part })).toBeVisible();
  }
  await expect(whole).toContainText('Annex 3: Technical conformance certificate TCC-');
  await expect(lead.locator('main')).toContainText('Alan Pike or Bea Ruiz for Longshore Trust Digital');
  await expectNoViolations(lead);
  await expectNoSidewaysScroll(lead);
  await send(lead, journey, TASK, 'Longshore Trust Digital, 1 Harbour Road');

  // Alan declines, and it comes back with his words.
  await alan.goto(page);
  await expect(alan.getByRole('region', { name: 'What is signed' })).toContainText('Annex 1: the parts as the supplier filled them in, round 1');
  await expectNoViolations(alan);
  await alan.getByLabel('Why do you decline to sign?').fill('The registered address is of another company.');
  await alan.getByRole('button', { name: 'Decline to sign' }).click();
  await expect(banner(alan)).toContainText('You declined');
  await lead.goto(page);
  await expect(lead.getByRole('heading', { name: 'Alan Pike declined to sign' })).toBeVisible();
  await lead.getByLabel('Registered address').fill('Longshore Trust Digital, 7 Quay Street');
  await lead.getByRole('button', { name: 'Send to the 2 people who sign' }).click();
  await expect(banner(lead)).toBeVisible();

  // Alan is away: Bea signs instead. Nothing chosen, and what was typed is there still.
  await lead.goto(page);
  await lead.getByText('Somebody else signs', { exact: true }).click();
  await lead.getByLabel('Why?').fill('Alan is away until May.');
  await lead.getByRole('button', { name: 'Name them' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Choose who does not sign');
  await expect(lead.getByLabel('Why?')).toHaveValue('Alan is away until May.');
  await expectNoViolations(lead);
  await lead.getByRole('group', { name: 'Who does not sign?' }).getByLabel('Alan Pike').check();
  await lead.getByRole('group', { name: 'Who signs instead?' }).getByLabel('Bea Ruiz').check();
  await lead.getByRole('button', { name: 'Name them' }).click();
  await expect(banner(lead)).toContainText('Named');
  await expect(lead.locator('main')).toContainText('Bea Ruiz signs in place of Alan Pike');
  await expectNoSidewaysScroll(lead);
  await alan.goto(page);
  await expect(alan.getByRole('button', { name: /^Sign for/ })).toHaveCount(0);
  await sign(bea, journey, TASK, 'Bea Ruiz');
  await sign(chief, journey, TASK, 'Reviewer Number0');
  await lead.goto(page);
  await expect(lead.locator('main')).toContainText('2 of 2 have signed');
  const waiting = lead.waitForEvent('download');
  await lead.getByRole('link', { name: /Download what was signed/ }).click();
  expect(readFileSync(await (await waiting).path()).subarray(0, 5).toString()).toBe('%PDF-');

  // What stands after it, and an incident.
  await expect(lead.getByRole('heading', { name: 'Duties under this agreement' })).toBeVisible();
  await expect(lead.getByRole('row', { name: /Look at this agreement together/ })).toContainText('Next on');
  await lead.getByText('Report an incident', { exact: true }).click();
  await lead.getByLabel('What happened?').fill('Records of two patients were merged.');
  await lead.getByLabel('At what time was it noticed?').fill('soon');
  await lead.getByRole('button', { name: 'Report it' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Enter the day on which it was noticed');
  await expect(lead.getByLabel('What happened?')).toHaveValue('Records of two patients were merged.');
  await expectNoViolations(lead);
  await lead.getByLabel('On which day was it noticed?').fill(today());
  await lead.getByLabel('At what time was it noticed?').fill('00:00');
  await lead.getByRole('button', { name: 'Report it' }).click();
  await expect(banner(lead)).toContainText('Reported');
  await chief.goto(page);
  await expect(chief.getByRole('row', { name: /Records of two patients were merged/ })).toContainText('On time.');
  await expectNoViolations(chief);
  await expectNoSidewaysScroll(chief);
  await chief.goto(journey);
  await chief.getByRole('link', { name: /1 incident reported/ }).click();
  await expect(chief.getByRole('heading', { name: 'Duties under this agreement' })).toBeVisible();
});
