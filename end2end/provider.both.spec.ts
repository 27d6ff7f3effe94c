// A provider's journey from its opening to the beginning of roll-out, by hand through the pages of both sides.
import { expect, test, type Page } from '@playwright/test';
import { programme, supplier } from './support/people.ts';
import { agrees, decide, today } from './support/walk.ts';

const REPORT = `<?xml version="1.0"?><testsuite name="Structured Medications">
<testcase classname="Structured Medications" name="Medications are returned" time="1.2"/>
<testcase classname="JWT" name="Token without claims"><failure message="expected 400 but was 200"/></testcase>
</testsuite>`;

/** Fills whatever a task asks with something that it takes. */
async function fill(page: Page): Promise<void> {
  const form = page.locator('form#answers');
  for (const group of await form.locator('fieldset').all()) {
    // What is completed along with another task is a task of its own here.
    if (await group.locator('input[name="also[]"]').count()) continue;
    const radio = group.getByRole('radio').first();
    if (await radio.count()) await radio.check();
    const box = group.getByRole('checkbox').first();
    if ((await box.count()) && !(await group.getByRole('checkbox', { checked: true }).count())) await box.check();
  }
  for (const field of await form.locator('input[type=text], input:not([type]), textarea').all()) {
    if (await field.inputValue()) continue;
    const name = (await field.getAttribute('name')) ?? '';
    if (/\[(sites|pilots)\]/.test(name)) await field.fill('A21471 Willow Lane Surgery');
    else if (/\[(commands|queries)\]/.test(name)) await field.fill('80');
    else if (/input--width-10/.test((await field.getAttribute('class')) ?? '')) await field.fill(today());
    else await field.fill(/email/.test(name) ? 'desk@example.org' : 'Words of a test.');
  }
}

test('a provider goes from its opening to the beginning of roll-out', async ({ browser }, info) => {
  test.setTimeout(600_000);
  const { page: lead } = await supplier(browser, info, 'Harbour Clinical Ltd', 'Nia Bevan');
  // The witness record is signed by a developer: the lead is one as well, as in a small supplier.
  await lead.goto('/organisation');
  await lead.getByText('Change the roles of Nia Bevan').click();
  const roles = lead.locator('form[action="/do/organisation/set-roles"]').first();
  await roles.getByLabel('Developer', { exact: true }).check();
  await roles.getByRole('button', { name: 'Save the roles' }).click();
  await expect(lead.locator('.nhsuk-notification-banner--success')).toBeVisible();
  const teams = ['functional_assurance', 'programme_lead', 'platform_support', 'information_governance', 'clinical_safety', 'service_management'];
  const people: Page[] = [];
  for (const role of teams) people.push((await programme(browser, info, `Reviewer ${role}`, role)).page);
  const [assurance, chief, platform, governance, safety, service] = people as [Page, Page, Page, Page, Page, Page];

  await lead.goto('/journeys/new?side=choose');
  await lead.getByRole('link', { name: 'It holds GP records and opens them' }).click();
  const product = `Harbour ${Date.now().toString(36)}`;
  await lead.getByLabel('What is the product called?').fill(product);
  await lead.getByLabel('Access Record Structured', { exact: true }).check();
  await lead.getByRole('group', { name: /HSCN/ }).getByLabel('Yes').check();
  await lead.getByRole('group', { name: /supporting tasks/ }).getByLabel('No').check();
  await lead.getByRole('button', { name: 'Show the plan' }).click();
  await expect(lead.getByText('Your plan: 26 tasks')).toBeVisible();
  await lead.getByRole('button', { name: 'Start the journey' }).click();
  await expect(lead.getByText('Provider of')).toBeVisible();
  const journey = new URL(lead.url()).pathname;

  const send = async (task: string, button = /^(Mark as done|Submit to NHS England|Send to NHS England|Send to the (person who signs|\d+ people who sign))$/) => {
    await lead.goto(`${journey}/tasks/${task}`);
    await fill(lead);
    await lead.getByRole('button', { name: button }).click();
    await expect(lead.locator('.nhsuk-notification-banner--success'), task).toBeVisible();
  };
  const answer = async (page: Page, task: string) => {
    await page.goto(`${journey}/tasks/${task}`);
    await page.getByLabel(/^Your (answer|words to the supplier)$/).fill('Thank you. It is done.');
    await page.getByRole('button', { name: /^(Send the answer|Confirm)$/ }).click();
    await expect(page.locator('.nhsuk-notification-banner--success'), task).toContainText(/Your answer is sent|It is confirmed/);
  };
  const approve = async (page: Page, task: string) => {
    await page.goto(`${journey}/tasks/${task}`);
    for (const radio of await page.getByRole('radio', { name: 'Accept', exact: true }).all()) await radio.check();
    await decide(page, 'Approve');
    await expect(page.locator('.nhsuk-notification-banner--success'), task).toContainText('approved');
  };
  const issue = async (page: Page, task: string) => {
    await page.goto(`${journey}/tasks/${task}`);
    await expect(page.getByRole('article', { name: 'The certificate as it will be issued' })).toContainText('Development Milestone');
    await page.getByLabel('More conditions and exceptions').fill('For the pilot practices.');
    await page.getByRole('button', { name: 'Issue it to the supplier' }).click();
    await expect(page.locator('.gpc-cert')).toContainText('Development Milestone Achievement Certificate');
  };
  const upload = async (task: string, question: string, name: string, body: string) => {
    await lead.goto(`${journey}/tasks/${task}`);
    await lead.getByLabel(question, { exact: true }).setInputFiles({ name, mimeType: 'text/xml', buffer: Buffer.from(body) });
    await lead.getByRole('button', { name: /^Upload/ }).first().click();
  };

  for (const task of ['p-read-capabilities', 'p-specifications', 'p-spine-overview', 'p-prerequisites']) await send(task);
  await send('p-engage');
  await answer(assurance, 'p-engage');
  await send('p-design');
  await send('p-build');
  await upload('p-self-test', 'Reports of the test suite', 'broken.xml', '<testsuite>\n<testcase/></testsuite>');
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('line 2');
  for (const task of ['p-self-test', 'p-provider-testing-assurance']) {
    if (task === 'p-provider-testing-assurance') {
      await send('p-technical-accreditation');
      await approve(assurance, 'p-technical-accreditation');
    }
    await upload(task, 'Reports of the test suite', 'report.xml', REPORT);
    await expect(lead.getByRole('table', { name: /capability and outcome/ })).toContainText('Access Record Structured');
    await expect(lead.getByRole('table', { name: /failed/ })).toContainText('expected 400 but was 200');
    await send(task);
  }
  await approve(assurance, 'p-provider-testing-assurance');
  for (const task of ['p-vp-model', 'p-vp-test']) {
    await send(task);
    await approve(assurance, task);
  }
  await send('p-pentest');
  await approve(governance, 'p-pentest');
  await upload('p-clinical-safety', 'Safety case and hazard log', 'case.txt', 'Safety case 1.0');
  await expect(lead.getByRole('link', { name: 'case.txt', exact: true })).toBeVisible();
  await send('p-clinical-safety');
  await approve(safety, 'p-clinical-safety');
  await safety.goto(`${journey}/tasks/p-clinical-safety`);
  await expect(safety.locator('.gpc-cert')).toContainText('CATR');

  // The witness record: filled in, then signed by whoever demonstrated and whoever watched.
  await send('p-witness-test');
  for (const page of [lead, assurance]) {
    await page.goto(`${journey}/tasks/p-witness-test`);
    await agrees(page);
    await page.getByLabel('Another authority').check();
    await page.getByLabel('Which other authority?').fill('I was there.');
    await page.getByRole('button', { name: /^Sign for / }).click();
    await expect(page.locator('.nhsuk-notification-banner--success')).toContainText('Signed');
  }
  await issue(assurance, 'p-fot-devmac');

  // The gateway, the pilot, the second certificate.
  await send('p-integration-testing');
  await approve(assurance, 'p-integration-testing');
  await send('p-gateway');
  await answer(platform, 'p-gateway');
  await send('p-approval-go-live');
  for (const page of [chief, service, safety]) await approve(page, 'p-approval-go-live');
  await send('p-fot-pilot');
  await approve(chief, 'p-fot-pilot');
  await issue(chief, 'p-full-rollout-approval');

  // Practices: registered, then each turns on what it wants; without a choice nothing is on.
  await send('p-register-practices');
  await answer(platform, 'p-register-practices');
  await lead.goto(`${journey}/tasks/p-enable-practices`);
  await lead.getByRole('link', { name: 'Record Willow Lane Surgery as live' }).click();
  await lead.getByLabel('Day on which the practice turned them on').fill(today());
  await lead.getByRole('button', { name: 'Record the site' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Select the capabilities that the practice has turned on');
  await lead.getByRole('group', { name: /turned on\?/ }).getByLabel('Access Record Structured').check();
  await lead.getByRole('button', { name: 'Record the site' }).click();
  await expect(lead.getByRole('row', { name: /Willow Lane Surgery/ })).toContainText('Live');
  await send('p-enable-practices');
  await send('p-rollout-live');
  await expect(lead.locator('.nhsuk-notification-banner--success')).toContainText('is live');
});
