// Members of an end-user group from a file: uploaded, looked at row by row, added, and compared with the register of the demo.
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { signedIn, test } from './support/demo.ts';
import { expectEverythingReachable } from './support/keyboard.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { banner } from './support/walk.ts';

const TABLE = [
  'Practice name;ODS Code;List size',
  'Willow Lane Surgery;T99951;8123',
  'The Old Mill;T99952;6400',
  'Canal Side Surgery;T99957;5120',
  'Zeros Lost;2345;1',
  'Willow Lane again;T99951;8123',
  'Nobody Knows;T99899;1',
].join('\r\n');

/** The page of a group that this person may still form. */
async function group(context: BrowserContext): Promise<string> {
  const html = await (await context.request.get('/journeys')).text();
  for (const [, journey] of html.matchAll(/href="(\/journeys\/[0-9A-Z]{4}-[0-9A-Z]{2,4})"/g)) {
    const path = `${journey}/tasks/start-end-user-engagement`;
    if ((await (await context.request.get(path)).text()).includes('Add members from a file')) return path;
  }
  throw new Error('the demo has no group that can be formed');
}

async function ordeal(page: Page): Promise<void> {
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
}

test('members come from a file, row by row, without JavaScript', async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const signed = await signedIn(browser, demo, 'amara@northmoor.example');
  const path = await group(signed);
  const plain = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: false, storageState: await signed.storageState() });
  const page = await plain.newPage();
  await page.goto(path);
  await page.getByLabel('What is the group called?').fill('Practices of the valley');
  await page.getByRole('button', { name: 'Add members from a file' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Add members from a file');
  await page.getByLabel(/^Excel/).setInputFiles({ name: 'members.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE, 'latin1') });
  await page.getByRole('button', { name: 'Upload and look at the rows' }).click();
  await expect(page.getByRole('heading', { name: 'members.csv: 6 rows' })).toBeVisible();
  const row = (code: string) => page.getByRole('row').filter({ has: page.getByRole('rowheader', { name: code, exact: true }) });
  await expect(row('T99951').first().getByRole('checkbox')).toBeChecked();
  await expect(row('T99952')).toContainText('Differs');
  await expect(row('T99957')).toContainText('After it came QUARRY HILL PRACTICE (T99959)');
  await expect(row('2345')).toContainText('was it 02345?');
  await expect(row('T99951').last()).toContainText('The same code as in row 2 of the file');
  await expect(row('T99899').getByRole('checkbox')).not.toBeChecked();
  await row('T99957').getByLabel('Add QUARRY HILL PRACTICE (T99959) instead').check();
  await page.getByRole('button', { name: 'Add the ticked rows' }).click();
  await expect(banner(page)).toContainText('3 members added from members.csv');
  await expect(page.getByRole('heading', { name: '3 rows of members.csv not taken' })).toBeVisible();
  await page.getByRole('link', { name: 'Back to the list of members' }).click();
  await expect(page.getByLabel('What is the group called?')).toHaveValue('Practices of the valley');
  await expect(page.getByLabel('Which organisations are its members?')).toHaveValue('T99951 Willow Lane Surgery\nT99952 MILL STREET PRACTICE\nT99959 QUARRY HILL PRACTICE');
});

test('the page of a file can be read by everybody, on a narrow screen and by keyboard', async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const context = await signedIn(browser, demo, 'amara@northmoor.example');
  const path = await group(context);
  const page = await context.newPage();
  await page.goto(`${path}/members`);
  await page.getByLabel(/^Excel/).setInputFiles({ name: 'again.csv', mimeType: 'text/csv', buffer: Buffer.from(TABLE, 'latin1') });
  await page.getByRole('button', { name: 'Upload and look at the rows' }).click();
  await expect(page.getByRole('heading', { name: 'again.csv: 6 rows' })).toBeVisible();
  await ordeal(page);
  await page.getByRole('button', { name: 'Add the ticked rows' }).click();
  await page.goto(path);
  await page.getByRole('button', { name: 'Compare with the register' }).click();
  await expect(banner(page)).toContainText('compared with the register');
  await ordeal(page);
  await expectEverythingReachable(page, `${path}/members`);
});
