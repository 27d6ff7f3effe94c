// An operator lands on their desk, finds somebody, locks and unlocks them, merges a double, sends an email again, and reads all of
// it in the audit.
import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { letterTo, signedIn, test } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { banner } from './support/walk.ts';
import { showSharedCode } from './support/second-step.ts';

async function looksRight(page: Page): Promise<void> {
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
}

/** Opens one of the acts of a page and gives the reason; without a reason first, which is refused. */
async function does(page: Page, act: string, button: string, reason: string): Promise<void> {
  await page.locator('summary', { hasText: act }).click();
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page.locator('.nhsuk-error-summary')).toContainText('Give a reason');
  // The act that was refused is open.
  await page.getByRole('button', { name: button, exact: true }).locator('xpath=ancestor::form').getByLabel('Why?').fill(reason);
  await page.getByRole('button', { name: button, exact: true }).click();
}

test('an operator finds, locks and unlocks somebody, and merges a double', async ({ browser, ownDemo: demo }, info) => {
  test.setTimeout(120_000);
  const context = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: info.project.use.javaScriptEnabled ?? true });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('Email address').fill('olive@service.example');
  await page.getByLabel('Password', { exact: true }).fill('river copper lantern');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await showSharedCode(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Operator’s desk');
  await expect(page.getByText('3 emails of the last 7 days cannot be delivered')).toBeVisible();
  await looksRight(page);

  // Found by a part of the organisation, locked, and out at once.
  const owen = await signedIn(browser, demo, 'owen@larkfield.example');
  const work = await owen.newPage();
  await work.goto('/journeys');
  await expect(work.getByRole('heading', { level: 1 })).toHaveText('Journeys');
  await page.getByLabel('Find a person').fill('larkfield');
  await page.getByRole('button', { name: 'Find' }).click();
  await looksRight(page);
  await page.getByRole('link', { name: 'Owen Price' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Owen Price');
  await does(page, 'Lock the account', 'Lock the account', 'His laptop was stolen.');
  await expect(banner(page)).toContainText('The account is locked');
  await looksRight(page);
  await work.goto('/journeys');
  await expect(work.getByRole('heading', { level: 1 })).toHaveText('Sign in');
  expect(await letterTo(demo, 'owen@larkfield.example', 'Your account is locked')).toContain('His laptop was stolen.');
  await does(page, 'Unlock the account', 'Unlock the account', 'It was found.');
  await expect(banner(page)).toContainText('The account is unlocked');
  await signedIn(browser, demo, 'owen@larkfield.example');

  // The last who can invite is protected, and the page says why.
  await page.goto('/operator/people?find=amara');
  await page.getByRole('link', { name: 'Amara Nwosu' }).click();
  await expect(page.getByText('This account cannot be locked.')).toBeVisible();

  // The double goes into the one with the journeys, after its page has shown what moves; not the other way round.
  await page.goto('/operator/organisations?find=larkfield');
  await page.getByRole('link', { name: 'Larkfield Systems', exact: true }).click();
  await looksRight(page);
  await page.getByRole('link', { name: 'Merge with a double of this organisation' }).click();
  await looksRight(page);
  await page.getByRole('link', { name: 'Larkfield Systems Ltd' }).click();
  await expect(page.getByText('They cannot be merged this way')).toBeVisible();
  await looksRight(page);
  await page.getByRole('link', { name: 'See what happens when Larkfield Systems Ltd goes' }).click();
  await expect(page.getByRole('rowheader', { name: 'Dev Anand' })).toBeVisible();
  await looksRight(page);
  await page.getByLabel('Why?').fill('Dev registered it a second time.');
  await page.getByRole('button', { name: 'Merge into Larkfield Systems' }).click();
  await expect(banner(page)).toContainText('Larkfield Systems Ltd and Larkfield Systems are one');
  await expect(page.getByRole('rowheader', { name: 'Dev Anand' })).toBeVisible();
  expect(await letterTo(demo, 'priya@larkfield.example', 'People have joined your organisation')).toContain('Dev Anand');

  // Emails say why they failed, and go again.
  await page.getByRole('link', { name: 'Emails', exact: true }).click();
  await expect(page.getByText('no mail server took it for three days')).toBeVisible();
  await looksRight(page);
  await page.getByLabel(/^gone@northmoor\.example/).check();
  await page.getByLabel('Why?').fill('The mailbox is there now.');
  await page.getByRole('button', { name: 'Send the chosen ones again' }).click();
  await expect(banner(page)).toContainText('1 email is sent again');

  await page.getByRole('link', { name: 'Audit', exact: true }).click();
  await looksRight(page);
  for (const says of ['Locked the account of Owen Price', 'His laptop was stolen.', 'Merged Larkfield Systems Ltd into Larkfield Systems', 'The mailbox is there now.'])
    await expect(page.getByRole('table')).toContainText(says);
  await page.getByLabel('Kind').selectOption('Sign-ins');
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('table')).toContainText('Signed in');
  await expect(page.getByRole('table')).not.toContainText('Merged');
  const waiting = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download as CSV' }).click();
  expect((await waiting).suggestedFilename()).toMatch(/^audit-.*\.csv$/);
  await context.close();
});
