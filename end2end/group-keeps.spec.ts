// What a group keeps: its queries about rows of the SCAL, the checks of its members, and people who sign from a file.
import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, signedIn, test } from './support/demo.ts';
import { expectEverythingReachable } from './support/keyboard.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { banner, todayInWords } from './support/walk.ts';

async function ordeal(page: Page): Promise<void> {
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
}

test('the group asks about a row, the supplier replies at the row, the group has its answer', async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const signed = await signedIn(browser, demo, 'nadia@eastvale.example');
  const path = `${await journeyOf(signed, 'Shared Care Window')}/tasks/end-user-reviews-scal`;
  const plain = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: false, storageState: await signed.storageState() });
  const page = await plain.newPage();
  await page.goto(path);
  await page.getByLabel('Which row do you ask about?').fill('SCAL-ORG-99X');
  await page.getByLabel('What do you ask?').fill('Who keeps the audit trail?');
  await page.getByRole('button', { name: 'Ask the supplier' }).click();
  await expect(page.locator('.nhsuk-error-summary')).toContainText('is not a row of this SCAL');
  await expect(page.getByLabel('What do you ask?')).toHaveValue('Who keeps the audit trail?');
  await page.getByLabel('Which row do you ask about?').fill('scal-org-02');
  await page.getByRole('button', { name: 'Ask the supplier' }).click();
  await expect(banner(page)).toContainText('The supplier was asked');
  await expect(page.getByRole('button', { name: 'Mark as done' })).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Save and come back later' })).toBeVisible();
  const look = await signed.newPage();
  await look.goto(path);
  await ordeal(look);

  const supplier = await (await signedIn(browser, demo, 'priya@larkfield.example')).newPage();
  await supplier.goto(path.replace('end-user-reviews-scal', 'submit-scal/scal-org-02'));
  await supplier.getByLabel('Your reply').fill('The trust does, for eight years.');
  await ordeal(supplier);
  await supplier.getByRole('button', { name: 'Send the reply' }).click();
  await expect(banner(supplier)).toContainText('Your reply was sent to the group');

  await page.reload();
  await expect(page.getByText('The trust does, for eight years.')).toBeVisible();
  await page.getByRole('button', { name: 'It is answered' }).click();
  await expect(banner(page)).toContainText('The query is answered');
  await expect(page.getByRole('button', { name: 'Mark as done' })).toBeVisible();
});

test('the lead checks a member, and people who sign come from a file', async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const group = await signedIn(browser, demo, 'lewis@eastvale.example');
  const page = await group.newPage();
  const journey = await journeyOf(group, 'Shared Care Window');
  const checks = `${journey}/tasks/start-end-user-engagement/checks`;
  await page.goto(`${checks}?member=T99951#check`);
  await page.getByLabel('What is its DSPT status?').selectOption('Standards met');
  await page.getByRole('button', { name: 'Record the check' }).click();
  await expect(page.locator('.nhsuk-error-summary')).toContainText('Enter the day on which you checked it');
  const day = new Date();
  await page.getByLabel('When did you check it?').fill(`${day.getDate()} ${day.getMonth() + 1} ${day.getFullYear()}`);
  await page.getByRole('button', { name: 'Record the check' }).click();
  await expect(banner(page)).toContainText('The check of T99951 is recorded');
  await expect(page.getByRole('row').filter({ hasText: 'T99951' })).toContainText(`Checked on ${todayInWords()}`);
  await ordeal(page);
  await page.getByLabel('Show').selectOption('DSPT not met');
  await page.getByRole('button', { name: 'Apply' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'T99951' })).toHaveCount(0);
  await expectEverythingReachable(page, checks);

  await page.goto(`${journey}/tasks/data-sharing-agreement/signatories-file`);
  const table = 'Email,Name,ODS code\ncy@canal.example,Cy Canal,T99957\nnot an address,Di Mill,T99952\nbo@b.example,Bo Bold,T00000\n';
  await page.getByLabel(/^Excel/).setInputFiles({ name: 'who.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await page.getByRole('button', { name: 'Upload and look at the rows' }).click();
  await expect(page.getByRole('heading', { name: 'who.csv: 3 rows' })).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: 'T00000' })).toContainText('The group does not name this member');
  await ordeal(page);
});
