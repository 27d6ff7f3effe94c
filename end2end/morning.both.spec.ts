// A reviewer's morning: land on the worklist, filter it, decide six tasks of four kinds, undo one, give one to a colleague,
// and take the list of what was decided away.
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { test } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { agrees, banner, decide } from './support/walk.ts';
import { showSharedCode } from './support/second-step.ts';

/** Opens the task of a product from the worklist, as a reader does. */
async function open(page: Page, product: string, task: string): Promise<void> {
  await page.goto('/worklist');
  await page.getByRole('row', { name: product }).getByRole('link', { name: task }).click();
  await expect(page.locator('h1')).toContainText(product);
}

async function acceptRest(page: Page): Promise<void> {
  await page.getByLabel('Accept the rest:').check();
}

test('a reviewer decides six tasks of four kinds, undoes one, gives one away and takes the list with them', async ({ browser, ownDemo }, info) => {
  test.setTimeout(180_000);
  const context = await browser.newContext({ baseURL: ownDemo.address, locale: 'en-GB', javaScriptEnabled: info.project.use.javaScriptEnabled ?? true });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('Email address').fill('dana@programme.example');
  await page.getByLabel('Password').fill('river copper lantern');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await showSharedCode(page);
  await expect(page.locator('h1')).toHaveText('Worklist');
  await expect(page.getByRole('table').getByRole('row')).toHaveCount(8);

  // 1. A use case in its first round, approved: three clicks from its page. The banner leads to the next task.
  await open(page, 'Pocket Pharmacist', 'Obtain use case approval');
  await acceptRest(page);
  await decide(page, 'Approve');
  await expect(banner(page)).toContainText('Use case approval: approved');
  await expect(banner(page)).toContainText('You can undo this until ');
  await expect(banner(page).getByRole('link', { name: /Next in your worklist/ })).toBeVisible();
  // Undone: it can be decided again, and every verdict is still there.
  await banner(page).getByRole('button', { name: 'Undo this decision' }).click();
  await expect(banner(page)).toContainText('Your decision is undone');
  for (const accept of await page.locator('#review').getByLabel('Accept', { exact: true }).all()) await expect(accept).toBeChecked();

  // It goes to a colleague instead.
  await page.getByRole('button', { name: 'Claim it' }).click();
  await page.getByRole('link', { name: 'Give it to a colleague' }).click();
  await page.getByLabel(/Karim/).check();
  await page.getByRole('button', { name: /^Give it/ }).click();
  await expect(banner(page)).toContainText('Karim');

  // 2. A use case whose approval lapsed: nothing has changed, every verdict is kept, one click and the check.
  await open(page, 'Repeat Requests', 'Obtain use case approval');
  await expect(page.getByText('No answer has changed. All 8 keep their verdict.')).toBeVisible();
  await decide(page, 'Approve');
  await expect(banner(page)).toContainText('Use case approval: approved');

  // 3. Approval to go live, returned with one finding from the phrase book.
  await open(page, 'Urgent Care Link', 'Approval to Go Live');
  await acceptRest(page);
  const card = page.locator('#review section.gpc-answer').first();
  await card.getByRole('textbox').fill('Say who is called when it fails.');
  await card.getByText('Phrase book', { exact: true }).click();
  await card.getByRole('button', { name: 'Add the words above to the phrase book' }).click();
  await expect(banner(page)).toContainText('It is in the phrase book');
  await card.getByRole('textbox').fill('');
  await card.getByText('Phrase book', { exact: true }).click();
  await card.getByRole('button', { name: 'Say who is called when it fails.' }).click();
  await expect(card.getByRole('textbox')).toHaveValue('Say who is called when it fails.');
  await expect(card.getByLabel('Request a change')).toBeChecked();
  await expect(page.getByLabel('Accept the rest:')).toBeChecked();
  await decide(page, 'Return to supplier');
  await expect(banner(page)).toContainText(/finding/);

  // 4. A task that a supplier asks to skip.
  await open(page, 'Outpatient Summary', 'Penetration test and remediation');
  await page.getByRole('button', { name: 'Agree to skip it' }).click();
  await expect(banner(page)).toBeVisible();

  // 5. An agreement is signed.
  await open(page, 'Frailty View', 'Receive connection agreement');
  await agrees(page);
  await page.getByRole('radio').first().check();
  await page.getByRole('button', { name: 'Sign for NHS England' }).click();
  await expect(banner(page)).toContainText(/signed/i);

  // 6. The first pilot.
  await open(page, 'Bedside View', 'First of Type pilot');
  await acceptRest(page);
  await decide(page, 'Approve');
  await expect(banner(page)).toContainText(/approved/);

  // What is left is what others have; what was decided stands in a list and in a file.
  await page.goto('/worklist');
  await expect(page.getByRole('row', { name: 'Pocket Pharmacist' })).toContainText('Karim');
  for (const gone of ['Repeat Requests', 'Outpatient Summary', 'Bedside View']) await expect(page.getByRole('row', { name: gone })).toHaveCount(0);
  await page.getByLabel('Claimed by').selectOption('free');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page).toHaveURL(/claimed=free/);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).click()]);
  const lines = readFileSync(await download.path(), 'utf8').trim().split('\n');
  await expect(page.getByRole('table').getByRole('row')).toHaveCount(lines.length);
  expect(lines.join('\n')).not.toContain('Pocket Pharmacist');
  await page.getByRole('link', { name: 'What you decided' }).click();
  const decided = page.getByRole('table').getByRole('row');
  for (const product of ['Repeat Requests', 'Urgent Care Link', 'Bedside View']) await expect(decided.filter({ hasText: product }).first()).toBeVisible();
  await expectNoViolations(page);
  await page.setViewportSize({ width: 320, height: 700 });
  await expectNoSidewaysScroll(page);
  await context.close();
});
