// Accounts: what goes wrong and comes right at the door; colleagues; sessions; passwords.
import { expect, test } from '@playwright/test';
import { waitForLetter, waitForMail } from './support/mail.ts';
import { PASSWORD, address, openJourney, programme, signIn, supplier } from './support/people.ts';

test('a form that is not right comes back with the words and says what to do', async ({ page }) => {
  await page.goto('/register');
  await page.getByLabel('What is your organisation called?').fill('Larkspur Digital Ltd');
  await page.getByLabel('What is its ODS code?').fill('!');
  await page.getByLabel('What is your email address?').fill('nobody@nowhere');
  await page.getByLabel('Choose a password').fill('short');
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page).toHaveTitle(/^Error: /);
  const summary = page.locator('.nhsuk-error-summary');
  for (const says of ['Enter an ODS code', 'Enter your name', 'Enter an email address in the right format', 'at least 12 characters']) {
    await expect(summary).toContainText(says);
  }
  await expect(page.getByLabel('What is your organisation called?')).toHaveValue('Larkspur Digital Ltd');
  await expect(page.getByLabel('Choose a password')).toHaveValue('');
  await summary.getByRole('link', { name: 'Enter your name' }).click();
  await expect(page.getByLabel('What is your name?')).toBeFocused();
});

test('an unknown address and a wrong password are told the same', async ({ browser, page }, info) => {
  const { email } = await supplier(browser, info, 'Otterburn Software Ltd', 'Amara Cole');
  await signIn(page, email, 'not the right words');
  const known = await page.locator('.nhsuk-error-summary').innerText();
  await signIn(page, address('unknown'), 'not the right words');
  expect(await page.locator('.nhsuk-error-summary').innerText()).toBe(known);
});

test('a forgotten password is set anew by a link that works once, and signs out everywhere else', async ({ browser, page }, info) => {
  const { page: elsewhere, email } = await supplier(browser, info, 'Hollin Systems Ltd', 'Tom Achebe');
  await page.goto('/reset-password');
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await expect(page.locator('.nhsuk-notification-banner--success')).toContainText('Check your email');
  const link = await waitForMail(email, 'Set a new password');
  await page.goto(link);
  await page.getByLabel('New password').fill('another quiet harbour');
  await page.getByLabel('The same password again').fill('another quiet harbour');
  await page.getByRole('button', { name: 'Set the new password' }).click();
  await signIn(page, email, 'another quiet harbour');
  await expect(page.getByRole('heading', { name: 'Journeys', level: 1 })).toBeVisible();
  await elsewhere.goto('/journeys');
  await expect(elsewhere.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
});

test('a colleague is invited, joins, gets other roles, and leaves', async ({ browser, page }, info) => {
  const { page: lead } = await supplier(browser, info, 'Wexcombe Ltd', 'Sam Okafor');
  const email = address('developer');
  await lead.goto('/organisation');
  await lead.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Select at least one role');
  await lead.getByLabel('Email address').fill(email);
  await lead.getByLabel('Developer', { exact: true }).last().check();
  await lead.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(lead.locator('.nhsuk-notification-banner--success')).toContainText('was invited');
  await page.goto(await waitForMail(email, 'Join your colleagues'));
  await page.getByLabel('What is your name?').fill('Imran Sheikh');
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Join Wexcombe Ltd' }).click();
  await expect(page.getByText('An onboarding lead of your organisation can start one.')).toBeVisible();
  await page.goto('/journeys/new');
  await expect(page.getByRole('heading', { name: 'Only an onboarding lead can start a journey' })).toBeVisible();

  // Another name or code is asked for; nonsense comes back, and the programme confirms it.
  await lead.goto('/organisation');
  await lead.getByText('Ask for another name or ODS code').click();
  await lead.getByLabel('What is its ODS code?').fill('no code!');
  await lead.getByRole('button', { name: 'Ask NHS England to confirm it' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Enter an ODS code');
  await expect(lead.getByLabel('What is its ODS code?')).toHaveValue('no code!');
  const code = `Y${Date.now() % 10_000_000}`;
  await lead.getByLabel('What is its ODS code?').fill(code.toLowerCase());
  await lead.getByRole('button', { name: 'Ask NHS England to confirm it' }).click();
  await expect(lead.getByText(`Wexcombe Ltd (${code}). NHS England confirms it.`)).toBeVisible();
  const { page: chief } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  await chief.goto(`/organisations?find=Wexcombe&show=asked`);
  await chief.getByRole('row', { name: code }).getByRole('link').click();
  await chief.getByRole('button', { name: 'Confirm name and code' }).click();
  await expect(chief.locator('.nhsuk-notification-banner--success')).toContainText(`Wexcombe Ltd (${code}) is confirmed`);
  await lead.goto('/organisation');
  await expect(lead.getByText(`ODS code ${code}`)).toBeVisible();

  // The last person who can invite cannot give that up.
  await lead.goto('/organisation');
  const own = lead.getByRole('row', { name: /Sam Okafor/ });
  await own.getByText('Change').click();
  await own.getByLabel('Onboarding lead').uncheck();
  await own.getByRole('button', { name: 'Save the roles' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Somebody must be able to invite people');
  const theirs = lead.getByRole('row', { name: /Imran Sheikh/ });
  await theirs.getByText('Change').click();
  await theirs.getByLabel('Developer').uncheck();
  await theirs.getByRole('button', { name: 'Save the roles' }).click();
  // What they leave behind is said first, and nothing has changed.
  await expect(lead.getByRole('heading', { name: 'Remove Imran Sheikh from Wexcombe Ltd?' })).toBeVisible();
  await expect(lead.getByText('Nobody else here is developer.')).toBeVisible();
  await lead.getByRole('button', { name: 'Remove them' }).click();
  await expect(lead.locator('.nhsuk-notification-banner--success')).toContainText('Imran Sheikh left the organisation');
});

test('a session is ended from another one, and the words of a lost session come back', async ({ browser }, info) => {
  const { page: first, email } = await supplier(browser, info, 'Marlpit Software Ltd', 'Helen Marsh');
  const journey = await openJourney(first, 'Marlpit Documents 1.9');
  await first.goto(`${journey}/tasks/study-prerequisites`);
  const second = await (await browser.newContext({ baseURL: info.project.use.baseURL, javaScriptEnabled: info.project.use.javaScriptEnabled })).newPage();
  await signIn(second, email);
  await second.goto('/account');
  await second.getByRole('button', { name: 'Sign out everywhere else' }).click();
  await expect(second.locator('.nhsuk-notification-banner--success')).toContainText('signed out everywhere else');
  await first.locator('#note').fill('HSCN ordered, clinical safety officer named.');
  await first.getByRole('button', { name: 'Mark as done' }).click();
  await expect(first.getByText('You were signed out. Sign in to continue')).toBeVisible();
  await signIn(first, email);
  await expect(first.locator('.nhsuk-error-summary')).toContainText('You were signed out before this was sent');
  await expect(first.locator('#note')).toHaveValue('HSCN ordered, clinical safety officer named.');
});

test('a journey of another organisation does not exist', async ({ browser }, info) => {
  const { page: owner } = await supplier(browser, info, 'Quillmere Health Ltd', 'Ada Quill');
  const journey = await openJourney(owner, 'Quillmere Triage 2.0');
  const { page: other } = await supplier(browser, info, 'Brackenridge Care Ltd', 'Ben Rudd');
  const answer = await other.goto(journey);
  expect(answer?.status()).toBe(404);
  await expect(other.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  expect((await other.goto('/worklist'))?.status()).toBe(403);
  const { page: reviewer } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  expect((await reviewer.goto(journey))?.status()).toBe(200);
});

test('a password that was mistyped at registration is set anew, and then the address is confirmed', async ({ page }) => {
  const email = address('slip');
  await page.goto('/register');
  await page.getByLabel('What is your organisation called?').fill('Slipton Ltd');
  await page.getByLabel('What is your name?').fill('Mia Slip');
  await page.getByLabel('What is your email address?').fill(email);
  await page.getByLabel('Choose a password').fill(`${PASSWORD} with a slip`);
  await page.getByRole('button', { name: 'Create the account' }).click();
  const link = await waitForMail(email, 'Confirm your email address');
  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Confirm and sign in' }).click();
  await expect(page.locator('.nhsuk-error-summary')).toContainText('Enter the password that you chose when you registered');
  await page.getByRole('link', { name: 'Set a new password' }).click();
  await page.getByLabel('Email address').fill(email);
  await page.getByRole('button', { name: 'Send the link' }).click();
  await page.goto(await waitForMail(email, 'Set a new password'));
  await page.getByLabel('New password').fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Set the new password' }).click();
  await page.goto(link);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Confirm and sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Journeys', level: 1 })).toBeVisible();
});

test('somebody who registers twice is told by email, not on the page', async ({ browser, page }, info) => {
  const { email } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  await page.goto('/register');
  await page.getByLabel('What is your organisation called?').fill('Fernhollow Systems Ltd');
  await page.getByLabel('What is your name?').fill('Priya Nair');
  await page.getByLabel('What is your email address?').fill(email);
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('heading', { name: 'Check your email' })).toBeVisible();
  await waitForLetter(email, 'You already have an account');
});
