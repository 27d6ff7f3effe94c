// Every page, for each who may see it, empty, filled, refused and done: no violation, no sideways scroll at 320 px.
import { expect, test, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { waitForMail } from './support/mail.ts';
import { address, markDone, openJourney, programme, supplier } from './support/people.ts';

async function fine(page: Page, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    await page.goto(path);
    await check(page);
  }
}

async function check(page: Page): Promise<void> {
  await expect(page.locator('h1')).toHaveCount(1);
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
}

/** Presses a button that sends a form, and waits for the page that answers. */
async function press(page: Page, button: { name: string | RegExp; exact?: boolean }): Promise<void> {
  const answered = page.waitForEvent('load');
  await page.getByRole('button', button).click();
  await answered;
}

test('public pages', async ({ page }) => {
  test.setTimeout(120_000);
  await fine(page, '/', '/accessibility', '/privacy', '/cookies', '/ecosystem/consumer', '/ecosystem/provider', '/stages/consumer/explore', '/stages/provider/p-assure', '/capabilities', '/capabilities/access-record-html', '/capabilities/access-record-html?status=assumption', '/capabilities/send-document', '/scal', '/scal/spine', '/spine?step=6', '/stages/consumer/assure', '/glossary', '/search', '/search?q=hazard', '/verify', '/verify?number=abc', '/verify/none', '/sign-in', '/register', '/reset-password', '/invitations/none', '/register/none', '/register/sent', '/reset-password/none', '/nowhere', '/not-yours');
  await page.goto('/register');
  await press(page, { name: 'Create the account' });
  await check(page);
  await page.goto('/sign-in');
  await press(page, { name: 'Sign in' });
  await check(page);
});

test('pages of a supplier and of the programme, in every state', async ({ browser }, info) => {
  test.setTimeout(300_000);
  const { page: lead } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  await fine(lead, '/journeys', '/account', '/organisation', '/journeys/new', '/worklist');
  await fine(lead, '/journeys/new?side=consumer', '/journeys/new?side=provider');
  await press(lead, { name: 'Show the plan' });
  await check(lead);
  await lead.goto('/organisation');
  await press(lead, { name: 'Send the invitation' });
  await check(lead);
  const colleague = address('developer');
  await lead.getByLabel('Email address').fill(colleague);
  await lead.getByLabel('Developer', { exact: true }).last().check();
  await press(lead, { name: 'Send the invitation' });
  await check(lead);
  await fine(lead, await waitForMail(colleague, 'Join'));

  const { page: reviewer } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  await fine(reviewer, '/account/second-step/set-up', '/second-step');
  await fine(reviewer, '/worklist', '/worklist?find=nothing-like-this', '/worklist?due=late', '/worklist/decided', '/worklist/shares', '/worklist/figures', '/notifications', '/journeys', '/organisation', '/organisations', '/organisations?find=nothing-like-this', '/organisations?find=Fernhollow', '/account');

  const journey = await openJourney(lead, `Axe View ${Date.now().toString(36)}`);
  await check(lead);
  await fine(lead, '/journeys', '/journeys?find=nothing-like-this', `${journey}?show=all`, `${journey}/history`, `${journey}/tasks/describe-use-case`, `${journey}/tasks/approval-to-go-live`);
  await markDone(lead, journey, 'read-capabilities');
  await check(lead);
  await lead.goto(`${journey}/tasks/study-prerequisites`);
  await check(lead);
  await press(lead, { name: 'Mark as done' });
  await check(lead);
  await markDone(lead, journey, 'study-prerequisites');
  await markDone(lead, journey, 'choose-capabilities');
  await fine(lead, `${journey}/tasks/choose-capabilities`, `${journey}/tasks/contact-gp-connect-team`);
  await lead.getByLabel('What do you want to tell them?').fill('Hello.');
  await lead.getByLabel('Who should they answer?').fill('Priya Nair');
  await press(lead, { name: 'Send to NHS England' });
  await fine(reviewer, '/worklist', '/worklist?order=due', journey, `${journey}/tasks/contact-gp-connect-team`);
  await press(reviewer, { name: 'Send the answer' });
  await check(reviewer);
  await reviewer.getByLabel('Your answer').fill('Welcome.');
  await press(reviewer, { name: 'Send the answer' });
  await check(reviewer);

  await fine(lead, `${journey}/tasks/describe-use-case`);
  await press(lead, { name: 'Continue' });
  await check(lead);
  const answers: [string, string][] = [
    ['What is the product for?', 'Ward staff see the GP record at the bedside.'],
    ['What problem does it solve?', 'Pharmacists phone the practice.'],
    ['Who will use it and when?', 'Clinical staff.'],
    ['Which organisations will use it?', 'One trust.'],
    ['What will it do with each of them?', 'Shows medicines.'],
    ['How does the data support direct care?', 'The pharmacist decides what to prescribe.'],
  ];
  for (const [label, words] of answers) await lead.getByLabel(label).fill(words);
  await lead.getByLabel('Hospice').check();
  await press(lead, { name: 'Continue' });
  await check(lead);
  await press(lead, { name: 'Submit to NHS England' });
  await check(lead);
  await fine(lead, `${journey}/tasks/obtain-use-case-approval`, `${journey}/tasks/describe-use-case`);

  const review = `${journey}/tasks/obtain-use-case-approval`;
  await fine(reviewer, review);
  await press(reviewer, { name: 'Return to supplier' });
  await check(reviewer);
  for (const radio of await reviewer.getByRole('radio', { name: 'Accept', exact: true }).all()) await radio.check();
  const users = reviewer.getByRole('region', { name: /Who will use it and when/ });
  await users.getByLabel('Request a change').check();
  await users.getByRole('textbox').fill('Name the roles.');
  await press(reviewer, { name: 'Return to supplier' });
  await check(reviewer);
  await press(reviewer, { name: /^Return to .+ with 1 finding$/ });
  await check(reviewer);
  await fine(lead, journey, `${journey}/tasks/describe-use-case`);
  await lead.getByLabel('Who will use it and when?', { exact: true }).fill('Ward pharmacists, at admission.');
  await lead.getByRole('button', { name: 'Continue' }).click();
  await press(lead, { name: 'Submit to NHS England' });
  await fine(reviewer, review);
  await reviewer.getByText(/Show the 7 kept answers/).click();
  await check(reviewer);
  await users.getByLabel('Accept').check();
  await press(reviewer, { name: 'Approve', exact: true });
  await check(reviewer);
  await press(reviewer, { name: /^Approve: / });
  await check(reviewer);
  await fine(reviewer, review, `${journey}/history`, journey);
  await fine(lead, journey, `${journey}/tasks/develop-product`, review, `${journey}/history`);
  await lead.goto('/notifications');
  await expect(lead.getByRole('link', { name: /Approved/ }).first()).toBeVisible();
});
