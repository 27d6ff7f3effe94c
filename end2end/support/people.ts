// The people of a scenario, each in a browser of their own, doing what people do: register, follow a link, sign in.
import { expect, type Browser, type BrowserContext, type Page, type TestInfo } from '@playwright/test';
import { invite } from './admin.ts';
import { waitForMail } from './mail.ts';
import { setUpSecondStep } from './second-step.ts';

export const PASSWORD = 'quiet harbour lantern';

let count = 0;

/** An address that nobody has used before, in this run or another one on the same database. */
export function address(who: string): string {
  count += 1;
  return `${who}.${process.pid}.${Date.now().toString(36)}${count}@example.org`;
}

/** A browser of its own, with or without script like the test's. */
async function browserOf(browser: Browser, info: TestInfo): Promise<BrowserContext> {
  return browser.newContext({ javaScriptEnabled: info.project.use.javaScriptEnabled ?? true, baseURL: info.project.use.baseURL, locale: 'en-GB' });
}

/** Registers a supplier, confirms the address by the link in the email, and signs in. */
export async function supplier(browser: Browser, info: TestInfo, organisation: string, name: string): Promise<{ page: Page; email: string }> {
  const page = await (await browserOf(browser, info)).newPage();
  const email = address('lead');
  await page.goto('/register');
  await page.getByLabel('What is your organisation called?').fill(organisation);
  await page.getByLabel('What is your name?').fill(name);
  await page.getByLabel('What is your email address?').fill(email);
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create the account' }).click();
  await expect(page.getByRole('heading', { name: 'Check your email' })).toBeVisible();
  await page.goto(await waitForMail(email, 'Confirm your email address'));
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Confirm and sign in' }).click();
  await expect(page.getByRole('heading', { name: 'Journeys', level: 1 })).toBeVisible();
  return { page, email };
}

/** A person of the programme, invited at the command line, with a second step. */
export async function programme(browser: Browser, info: TestInfo, name: string, role: string): Promise<{ page: Page; email: string }> {
  const page = await (await browserOf(browser, info)).newPage();
  const email = address(role);
  await page.goto(invite({ email, role }));
  await page.getByLabel('What is your name?').fill(name);
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await page.getByRole('button', { name: /^Join/ }).click();
  await setUpSecondStep(page, email);
  await expect(page.getByRole('heading', { name: 'Worklist', level: 1 })).toBeVisible();
  return { page, email };
}

/** Signs in on the sign-in page, going there first when the page is another one. */
export async function signIn(page: Page, email: string, password = PASSWORD): Promise<void> {
  if (!page.url().includes('/sign-in')) await page.goto('/sign-in');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Opens a journey with the usual answers; returns its path. */
export async function openJourney(page: Page, product: string): Promise<string> {
  await page.goto('/journeys/new?side=choose');
  await page.getByRole('link', { name: 'It uses GP records held elsewhere' }).click();
  await page.getByLabel('What is the product called?').fill(product);
  await page.getByLabel('Access Record Structured', { exact: true }).check();
  await page.getByRole('group', { name: /HSCN/ }).getByLabel('Yes').check();
  await page.getByLabel('It is PDS compliant itself').check();
  await page.getByRole('group', { name: /already have a certificate/ }).getByLabel('No').check();
  await page.getByRole('group', { name: /other than your own/ }).getByLabel('Yes').check();
  await page.getByRole('group', { name: /supporting tasks/ }).getByLabel('No').check();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByRole('heading', { name: 'Check the plan' })).toBeVisible();
  await page.getByRole('button', { name: 'Start the journey' }).click();
  await expect(page.getByRole('heading', { name: product, level: 1 })).toBeVisible();
  return new URL(page.url()).pathname;
}

/** Marks a task as done that asks for nothing, or only for how far one is. */
export async function markDone(page: Page, journey: string, task: string): Promise<void> {
  await page.goto(`${journey}/tasks/${task}`);
  for (const ready of await page.getByRole('radio', { name: 'In place' }).all()) await ready.check();
  await page.getByRole('button', { name: 'Mark as done' }).click();
  await expect(page.locator('.nhsuk-notification-banner--success')).toContainText('completed');
}
