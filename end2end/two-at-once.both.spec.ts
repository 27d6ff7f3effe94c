// Two people at once, a second click, a page left open: one wins, nothing happens twice, nobody loses their words.
import { expect, test, type Browser, type TestInfo } from '@playwright/test';
import { waitForMail } from './support/mail.ts';
import { PASSWORD, address, markDone, openJourney, programme, signIn, supplier } from './support/people.ts';
import { decide } from './support/walk.ts';

/** A journey whose use case lies before the programme. */
async function submitted(browser: Browser, info: TestInfo) {
  const { page: lead } = await supplier(browser, info, 'Quillmere Health Ltd', 'Ada Quill');
  const { page: ruth } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  const journey = await openJourney(lead, `Triage ${Date.now().toString(36)}`);
  for (const task of ['read-capabilities', 'study-prerequisites', 'choose-capabilities']) await markDone(lead, journey, task);
  await lead.goto(`${journey}/tasks/contact-gp-connect-team`);
  await lead.getByLabel('What do you want to tell them?').fill('Hello.');
  await lead.getByLabel('Who should they answer?').fill('Ada Quill');
  await lead.getByRole('button', { name: 'Send to NHS England' }).click();
  await expect(lead.locator('.nhsuk-notification-banner--success')).toBeVisible();
  await ruth.goto(`${journey}/tasks/contact-gp-connect-team`);
  await ruth.getByLabel('Your answer').fill('Welcome.');
  await ruth.getByRole('button', { name: 'Send the answer' }).click();
  await expect(ruth.locator('.nhsuk-notification-banner--success')).toBeVisible();
  const form = `${journey}/tasks/describe-use-case`;
  return { lead, ruth, journey, form, review: `${journey}/tasks/obtain-use-case-approval` };
}

async function fill(page: import('@playwright/test').Page): Promise<void> {
  const answers: [string, string][] = [
    ['What is the product for?', 'Triage nurses see medicines and allergies.'],
    ['What problem does it solve?', 'Nurses ask patients who do not remember.'],
    ['Who will use it and when?', 'Triage nurses, when a patient calls.'],
    ['Which organisations will use it?', 'Two hubs.'],
    ['What will it do with each of them?', 'Shows medicines.'],
    ['How does the data support direct care?', 'The nurse decides what to advise.'],
  ];
  for (const [label, words] of answers) await page.getByLabel(label).fill(words);
  await page.getByLabel('NHS 111').check();
}

test('two reviewers decide one use case: one wins, the other keeps their words', async ({ browser }, info) => {
  test.setTimeout(120_000);
  const { lead, ruth, form, review } = await submitted(browser, info);
  await lead.goto(form);
  await fill(lead);
  await lead.getByRole('button', { name: 'Continue' }).click();

  // A page left open and sent twice is one submission.
  const check = lead.url();
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await expect(lead.getByText('Use case, round 1, submitted')).toBeVisible();
  await lead.goto(check);
  await expect(lead.getByRole('heading', { name: /Describe use case/ })).toBeVisible();
  await lead.goto(form.replace('/tasks/describe-use-case', '/history'));
  await expect(lead.getByRole('row', { name: /Describe use case.*submitted this/ })).toHaveCount(1);

  const { page: sam } = await programme(browser, info, 'Sam Okafor', 'programme_lead');
  await ruth.goto(review);
  await sam.goto(review);
  for (const page of [ruth, sam]) for (const radio of await page.getByRole('radio', { name: 'Accept', exact: true }).all()) await radio.check();
  await decide(ruth, 'Approve');
  await expect(ruth.locator('.nhsuk-notification-banner--success')).toContainText('approved');
  const users = sam.getByRole('region', { name: /Who will use it and when/ });
  await users.getByLabel('Request a change').check();
  await users.getByRole('textbox').fill('Say how many nurses there are in each hub.');
  await sam.getByRole('button', { name: 'Return to supplier' }).click();
  await expect(sam.locator('.nhsuk-error-summary')).toContainText(/Ruth Delaney approved this at \d\d:\d\d/);
  await expect(sam.locator('.nhsuk-error-summary')).toContainText('Nothing was overwritten');
  await expect(sam.getByLabel('Your words, not recorded')).toHaveValue(/Say how many nurses there are in each hub/);
});

test('two colleagues write one draft: the second one keeps their words and is told who was faster', async ({ browser }, info) => {
  test.setTimeout(120_000);
  const { lead, form } = await submitted(browser, info);
  const email = address('colleague');
  await lead.goto('/organisation');
  await lead.getByLabel('Email address').fill(email);
  await lead.getByLabel('Onboarding lead', { exact: true }).last().check();
  await lead.getByRole('button', { name: 'Send the invitation' }).click();
  const ben = await (await browser.newContext({ baseURL: info.project.use.baseURL, javaScriptEnabled: info.project.use.javaScriptEnabled })).newPage();
  await ben.goto(await waitForMail(email, 'Join'));
  await ben.getByLabel('What is your name?').fill('Ben Quill');
  await ben.getByLabel('Choose a password').fill(PASSWORD);
  await ben.getByLabel('The same password again').fill(PASSWORD);
  await ben.getByRole('button', { name: /^Join/ }).click();
  await lead.goto(form);
  await ben.goto(form);
  await lead.getByLabel('What problem does it solve?').fill('The words of Ada.');
  await lead.getByRole('button', { name: 'Save and come back later' }).click();
  await expect(lead.locator('.nhsuk-notification-banner--success')).toContainText('Your draft is saved');
  await ben.getByLabel('What problem does it solve?').fill('The words of Ben.');
  await ben.getByRole('button', { name: 'Save and come back later' }).click();
  await expect(ben.locator('.nhsuk-error-summary')).toContainText(/Ada Quill saved this draft at \d\d:\d\d/);
  await expect(ben.getByLabel('What problem does it solve?')).toHaveValue('The words of Ben.');
  await ben.getByRole('button', { name: 'Save and come back later' }).click();
  await expect(ben.locator('.nhsuk-notification-banner--success')).toContainText('Your draft is saved');
});

test('two people claim one task: the second one is told who has it', async ({ browser }, info) => {
  test.setTimeout(90_000);
  const { lead, ruth, form, journey } = await submitted(browser, info);
  await lead.goto(form);
  await fill(lead);
  await lead.getByRole('button', { name: 'Continue' }).click();
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  const { page: sam } = await programme(browser, info, 'Sam Okafor', 'programme_lead');
  const reference = journey.split('/').pop() ?? '';
  await ruth.goto(`/worklist?find=${reference}`);
  // Sam's page hears of nothing: otherwise the button would be gone before anybody could press it.
  await sam.route('**/live/**', (route) => route.abort());
  await sam.goto(`/worklist?find=${reference}`);
  await ruth.getByRole('button', { name: /^Claim Obtain/ }).click();
  await expect(ruth.locator('.nhsuk-notification-banner--success')).toContainText('You have claimed');
  await sam.getByRole('button', { name: /^Claim Obtain/ }).click();
  await expect(sam.locator('.nhsuk-error-summary')).toContainText('Ruth Delaney has claimed it already');
  await ruth.goto(`/worklist?find=${reference}`);
  await ruth.getByRole('button', { name: /^Hand back/ }).click();
  await expect(ruth.locator('.nhsuk-notification-banner--success')).toContainText('Handed back');
});

test('another journey is reached with the keyboard alone', async ({ browser }, info) => {
  const { page } = await supplier(browser, info, 'Hollin Systems Ltd', 'Tom Achebe');
  await page.goto('/journeys');
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to main content' })).toBeFocused();
  await page.keyboard.press('Enter');
  const start = page.getByRole('button', { name: 'Start a journey' }).first();
  for (let i = 0; i < 5 && !(await start.evaluate((e) => e === document.activeElement)); i++) await page.keyboard.press('Tab');
  await expect(start).toBeFocused();
  await page.keyboard.press('Enter');
  await page.getByRole('link', { name: 'It uses GP records held elsewhere' }).focus();
  await page.keyboard.press('Enter');
  await page.getByLabel('What is the product called?').focus();
  await page.keyboard.type('Keyboard');
  await page.keyboard.press('Tab');
  await page.keyboard.type('1.0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await expect(page.getByLabel('Access Record HTML', { exact: true })).toBeChecked();
  await page.keyboard.press('Enter'); // sends the form; what is missing comes back, what was typed stays
  await expect(page.locator('.nhsuk-error-summary')).toBeFocused();
  await expect(page.getByLabel('What is the product called?')).toHaveValue('Keyboard');
});

test('a form that was open while a colleague sent it comes back with the words', async ({ browser }, info) => {
  test.setTimeout(90_000);
  const { page: lead, email } = await supplier(browser, info, 'Larkspur Digital Ltd', 'Ada Lark');
  const journey = await openJourney(lead, 'Larkspur Record View 1.4');
  const task = `${journey}/tasks/read-capabilities`;
  const other = await (await browser.newContext({ baseURL: info.project.use.baseURL, javaScriptEnabled: info.project.use.javaScriptEnabled })).newPage();
  await signIn(other, email);
  await other.goto(task);
  await markDone(lead, journey, 'read-capabilities');
  await other.locator('#note').fill('I would have written this about the capabilities.');
  await other.getByRole('button', { name: 'Save and come back later' }).click();
  await expect(other.locator('.nhsuk-error-summary')).toContainText('this task cannot be written to now');
  await expect(other.getByLabel('Your words, not recorded')).toHaveValue(/I would have written this/);
});
