// The shortest way: a product that is conformant already, used by the supplier's own organisation alone, adds Send
// Document without the supporting tasks.
import { expect, test } from '@playwright/test';
import { programme, supplier } from './support/people.ts';
import { signOff, submitScal } from './support/scal.ts';
import { approve, atScal, banner, colleague, issue, send, sign, today } from './support/walk.ts';

test('a conformant product with no end users but its own goes live by the shortest way', async ({ browser }, info) => {
  test.setTimeout(480_000);
  const { page: lead } = await supplier(browser, info, 'Longshore Trust Digital', 'Mira Voss');
  const { page: signatory } = await colleague(browser, info, lead, 'Alan Pike', ['Signatory']);
  const teams = ['programme_lead', 'functional_assurance', 'clinical_safety', 'information_governance', 'service_management'];
  const seats = await Promise.all(teams.map((team, at) => programme(browser, info, `Reviewer Number${at}`, team)));
  const [chief, assurance, clinical, governance, service] = seats.map((seat) => seat.page) as [typeof lead, typeof lead, typeof lead, typeof lead, typeof lead];

  const journey = await atScal(lead, chief, assurance, 'Ward Letters 2');
  await submitScal(lead, journey);
  for (const reviewer of [assurance, clinical, governance]) await signOff(reviewer, journey);
  await send(lead, journey, 'test-int-providers');
  await approve(assurance, journey, 'test-int-providers');
  await issue(assurance, journey, 'receive-technical-conformance-certificate');

  // Anybody checks it by its number, without an account and as it is read out on the telephone.
  await lead.goto(`${journey}/tasks/receive-technical-conformance-certificate`);
  const number = await lead.locator('.gpc-cert__number').innerText();
  const stranger = await browser.newPage({ javaScriptEnabled: false, viewport: { width: 320, height: 700 } });
  await stranger.goto(`${new URL(lead.url()).origin}/verify`);
  await stranger.getByLabel('Number of the certificate').fill('TCC-1');
  await stranger.getByRole('button', { name: 'Check it' }).click();
  await expect(stranger.locator('.nhsuk-error-summary')).toContainText('This is not the number of a certificate');
  await expect(stranger.getByLabel('Number of the certificate')).toHaveValue('TCC-1');
  await stranger.getByLabel('Number of the certificate').fill(number.toLowerCase().replaceAll('-', ' '));
  await stranger.getByRole('button', { name: 'Check it' }).click();
  await expect(stranger.getByRole('heading', { level: 1 })).toContainText('This certificate is valid');
  await expect(stranger).toHaveURL(new RegExp(`/verify/${number}$`));
  await stranger.close();

  await send(lead, journey, 'receive-connection-agreement');
  await sign(signatory, journey, 'receive-connection-agreement', 'Alan Pike');
  await sign(chief, journey, 'receive-connection-agreement', 'Reviewer Number0');
  await send(lead, journey, 'approval-to-go-live');
  for (const reviewer of [chief, service, clinical]) await approve(reviewer, journey, 'approval-to-go-live');
  await send(lead, journey, 'deployment-approach');
  await approve(chief, journey, 'deployment-approach');
  await lead.goto(`${journey}/tasks/go-live`);
  await lead.getByRole('link', { name: /^Record Willow Lane Surgery/ }).click();
  await lead.getByLabel('Day of its first successful live call').fill(today());
  await lead.getByRole('button', { name: 'Record the site' }).click();
  await send(lead, journey, 'go-live');
  await expect(banner(lead)).toContainText('Ward Letters 2 is live');
});
