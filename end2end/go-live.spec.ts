// The way into use: an approval under a condition, a plan in waves that the commissioner sends back and then agrees to, steps at
// many sites, two waves, a suspension by NHS England, and what a stranger reads of it.
import { expect, type Browser, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, letterTo, signedIn, test, type Demo } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { answer, approve, banner, decide, fill, send, today } from './support/walk.ts';

const person = async (browser: Browser, demo: Demo, email: string): Promise<Page> => (await signedIn(browser, demo, email)).newPage();

/** The same page for somebody without script on a narrow screen. */
async function narrow(browser: Browser, demo: Demo, of: Page): Promise<Page> {
  const context = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: false, viewport: { width: 320, height: 640 }, storageState: await of.context().storageState() });
  return context.newPage();
}

test('the commissioner agrees to a plan in waves, and a condition of the approval is closed', async ({ browser, demo }) => {
  test.setTimeout(180_000);
  const supplier = await signedIn(browser, demo, 'priya@larkfield.example');
  const lead = await supplier.newPage();
  const journey = await journeyOf(supplier, 'Urgent Care Link');
  // The two other teams approve; clinical safety does so under a condition.
  const chief = await person(browser, demo, 'dana@programme.example');
  await approve(chief, journey, 'approval-to-go-live');
  const clinical = await person(browser, demo, 'sanjay@programme.example');
  const task = `${journey}/tasks/approval-to-go-live`;
  await clinical.goto(task);
  for (const radio of await clinical.locator('#review').getByLabel('Accept', { exact: true }).all()) await radio.check();
  const card = clinical.locator('.gpc-answer').filter({ hasText: 'How are users trained?' });
  await card.getByLabel('Accept on a condition').check();
  await clinical.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(clinical.locator('.nhsuk-error-summary')).toContainText('Say under what condition');
  await card.getByLabel(/^Condition or finding/).fill('Both shifts of each site are trained first.');
  await decide(clinical, 'Approve');
  await expect(banner(clinical)).toContainText('approved');
  const approval = lead.getByRole('region', { name: 'Conditions of the approval' });
  await lead.goto(task);
  await expect(approval).toContainText('Both shifts of each site are trained first.');
  await expect(approval.getByText('Say that it is met')).toHaveCount(0);
  await lead.goto(journey);
  await expect(lead.getByRole('region', { name: 'How this journey stands' })).toContainText('1 condition open');

  // The plan: a wave too many, then two in order.
  const plan = `${journey}/tasks/deployment-approach`;
  await lead.goto(plan);
  const sites = lead.getByLabel('Which sites are in the plan, and in which wave?');
  await sites.fill('Wave 1\nT99951 Willow Lane Surgery\nWave 3\nT99952 Mill Street Practice');
  await fill(lead.locator('#answers'), 'As we agreed.');
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('line 3: the next wave is wave 2');
  await expect(sites).toHaveValue(/Wave 3/);
  await sites.fill('Wave 1\nT99951 Willow Lane Surgery\nWave 2\nT99952 Mill Street Practice');
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await expect(banner(lead)).toBeVisible();

  // The commissioner has a letter, the turn and both answers; that NHS England has approved is not enough.
  await approve(chief, journey, 'deployment-approach');
  await letterTo(demo, 'anil@wenlow.example', 'Your turn: .*Urgent Care Link');
  const board = await person(browser, demo, 'anil@wenlow.example');
  await board.goto(plan);
  await expect(board.locator('.gpc-aside')).toContainText('Your turn');
  await expectNoViolations(board);
  await expectNoSidewaysScroll(board);
  for (const radio of await board.locator('#review').getByLabel('Accept', { exact: true }).all()) await radio.check();
  const waves = board.locator('.gpc-answer').filter({ hasText: 'What must be true before the next wave begins?' });
  await waves.getByLabel('Request a change').check();
  await waves.getByLabel(/^Finding on answer/).fill('Wait a whole month after the first wave.');
  await decide(board, 'Return to supplier');
  await expect(banner(board)).toBeVisible();
  await lead.goto(plan);
  await expect(lead.getByRole('region', { name: 'The commissioner asked for a change' })).toContainText('Wait a whole month');
  await lead.getByLabel('What must be true before the next wave begins?', { exact: true }).fill('A month without an incident.');
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await expect(banner(lead)).toBeVisible();
  for (const who of [chief, board]) await approve(who, journey, 'deployment-approach');
  await lead.goto(plan);
  await expect(lead.locator('.gpc-aside')).toContainText('Completed');

  // Whoever set the condition says that it is met.
  await clinical.goto(task);
  await clinical.getByText('Say that it is met').click();
  await clinical.getByRole('button', { name: 'Close the condition' }).click();
  await expect(clinical.locator('.nhsuk-error-summary')).toContainText('Say how the condition was met');
  await clinical.getByLabel('How was it met?').fill('We have the lists of both sites.');
  await clinical.getByRole('button', { name: 'Close the condition' }).click();
  await expect(banner(clinical)).toContainText('The condition is closed');
  await lead.goto(task);
  await expect(approval).toContainText('Every condition is met.');
  await expectNoViolations(lead);

  // Two waves: the second goes live when the pilot at the sites of the first is accepted.
  await send(lead, journey, 's-production-access');
  await answer(await person(browser, demo, 'pete@programme.example'), journey, 's-production-access');
  const record = async (name: string) => {
    await lead.goto(`${journey}/tasks/go-live`);
    await lead.getByRole('link', { name: `Record ${name} as live` }).click();
    await lead.getByLabel('Day of its first successful live call').fill(today());
    await lead.getByRole('button', { name: 'Record the site' }).click();
  };
  await record('Willow Lane Surgery');
  await expect(banner(lead)).toContainText('Willow Lane Surgery is recorded as live');
  await record('Mill Street Practice');
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('T99952 is in wave 2');
  await send(lead, journey, 's-first-of-type');
  await approve(chief, journey, 's-first-of-type');
  await record('Mill Street Practice');
  await expect(banner(lead)).toContainText('Mill Street Practice is recorded as live');
  await send(lead, journey, 'go-live');
  await expect(banner(lead)).toContainText('Urgent Care Link 5.0 is live');
  await lead.goto(journey);
  await expect(lead.getByRole('region', { name: 'How this journey stands' })).toContainText(/at 2 of 2 planned sites/);
});

test('sites are prepared, the second wave waits for the pilot, and a site is suspended and goes on', async ({ browser, demo }) => {
  test.setTimeout(180_000);
  const supplier = await signedIn(browser, demo, 'amara@northmoor.example');
  const lead = await supplier.newPage();
  const journey = await journeyOf(supplier, 'Bedside View');
  const task = `${journey}/tasks/go-live`;
  const row = (page: Page, name: string) => page.getByRole('row', { name: new RegExp(name) });
  await lead.goto(task);
  await expect(lead.locator('main')).toContainText('2 of 6 sites are live. 1 is suspended.');
  await expect(row(lead, 'Mill Street Practice')).toContainText('Suspended');
  await expectNoViolations(lead);
  await expectNoSidewaysScroll(lead);

  // Platform support pastes identifiers, one of them spoiled by a spreadsheet; nothing is recorded and nothing is lost.
  const support = await person(browser, demo, 'pete@programme.example');
  await support.goto(task);
  await support.getByText('Record what was done at sites').click();
  await support.getByLabel('ASID registered').check();
  await expect(support.getByLabel('Enabled by the practice')).toHaveCount(0);
  const places = support.getByLabel('At which other sites?');
  await places.fill('T99955 918999198742\nT99956\t9.18999E+11');
  await support.getByRole('button', { name: 'Record it' }).click();
  await expect(support.locator('.nhsuk-error-summary')).toContainText('line 2: “9.18999E+11” looks like a number that a spreadsheet changed');
  await expect(places).toHaveValue(/T99955 918999198742/);
  await places.fill('T99956 918999198743');
  await support.getByRole('button', { name: 'Record it' }).click();
  await expect(banner(support)).toContainText('“ASID registered” is recorded at 1 site');
  await expect(row(support, 'Station Road')).toContainText('1 of 3 steps');
  await support.getByRole('button', { name: 'Undo' }).click();
  await expect(banner(support)).toContainText('It is taken back');
  await expect(row(support, 'Station Road')).toContainText('Not started');

  // Without script and narrow: the supplier ticks two sites.
  const phone = await narrow(browser, demo, lead);
  await phone.goto(`${task}?show=enabled`);
  await expect(row(phone, 'Willow Lane')).toHaveCount(0);
  for (const name of ['The Old Bakery', 'Fernhill']) await phone.getByRole('checkbox', { name: new RegExp(`Select ${name}`) }).check();
  await phone.getByText('Record what was done at sites').click();
  await phone.getByLabel('Enabled by the practice').check();
  await phone.getByRole('button', { name: 'Record it' }).click();
  await expect(banner(phone)).toContainText('“Enabled by the practice” is recorded at 2 sites');
  await expectNoSidewaysScroll(phone);

  // The second wave waits for the pilot.
  const old = async () => {
    await lead.goto(`${task}?site=T99954#record`);
    await lead.getByLabel('Day of its first successful live call').fill(today());
    await lead.getByRole('button', { name: 'Record the site' }).click();
  };
  await old();
  const told = lead.locator('.nhsuk-error-summary');
  await expect(told).toContainText('T99954 is in wave 2');
  await expect(told).toContainText('T99954 has not signed');
  const chief = await person(browser, demo, 'karim@programme.example');
  await approve(chief, journey, 's-first-of-type');
  await old();
  await expect(told).not.toContainText('T99954 is in wave 2');
  // A practice that has signed goes live: the third of the first wave was recorded before, so its day is corrected.
  await lead.goto(`${task}?site=T99953#record`);
  await expect(lead.getByLabel('Name of the site')).toHaveValue('Harbour View Medical Centre');

  // NHS England suspends a site; the supplier cannot let it go on, and everybody concerned is told.
  await chief.goto(`${task}/t99951`);
  await expectNoViolations(chief);
  await chief.getByText('Suspend the product here').click();
  await chief.getByRole('button', { name: 'Suspend', exact: true }).click();
  await expect(chief.locator('.nhsuk-error-summary')).toBeVisible();
  await chief.getByLabel('Why is it suspended?').fill('A record of another patient was shown.');
  await chief.getByRole('button', { name: 'Suspend', exact: true }).click();
  await expect(banner(chief)).toContainText('The product is suspended here');
  for (const email of ['amara@northmoor.example', 'lewis@eastvale.example', 'anil@wenlow.example']) {
    expect(await letterTo(demo, email, 'Willow Lane Surgery.*suspended')).toContain('A record of another patient was shown.');
  }
  await lead.goto(`${task}/t99951`);
  await expect(lead.getByRole('region', { name: 'Suspended here' })).toContainText('Whoever suspended it resumes it.');
  const stranger = await (await signedIn(browser, demo)).newPage();
  await stranger.goto('/register-of-products?find=Bedside');
  await stranger.getByRole('link', { name: /Bedside View/ }).first().click();
  await expect(row(stranger, 'Willow Lane')).toContainText('Suspended');
  await chief.getByLabel('What was put right?').fill('The practice had two records merged. They are apart again.');
  await chief.getByRole('button', { name: 'Resume it' }).click();
  await expect(banner(chief)).toContainText('The product is resumed here');

  // An early check; the journey says where it is.
  await lead.goto(`${task}/t99953`);
  await lead.getByText('Record an early check').click();
  await lead.getByLabel('Nothing that has to be put right').check();
  await lead.getByLabel('What was looked at, and what did it show?').fill('Five records, each in the audit trail.');
  await lead.getByRole('button', { name: 'Record the check' }).click();
  await expect(lead.getByRole('table', { name: /Early checks/ })).toContainText('Five records');
  await lead.goto(journey);
  await expect(lead.getByRole('region', { name: 'How this journey stands' })).toContainText(/Live since .* at 2 of 6 planned sites. 1 site is suspended/);
  const file = await supplier.request.get(`${task.replace('/tasks/go-live', '')}/tasks/go-live/sites.csv`);
  expect(await file.text()).toContain('T99952,Mill Street Practice,1,Signed,Access Record HTML,Suspended,918999198739');
});
