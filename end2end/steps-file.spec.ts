// What was done at sites comes from a file: the one that is given out, filled in and sent back, looked at row by row, and recorded at once.
import { expect, type BrowserContext } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { signedIn, test } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { banner } from './support/walk.ts';

/** The page of the sites of a journey at which this person records steps. */
async function sites(context: BrowserContext): Promise<string> {
  const html = await (await context.request.get('/journeys')).text();
  for (const [, journey] of html.matchAll(/href="(\/journeys\/[0-9A-Z]{4}-[0-9A-Z]{2,4})"/g)) {
    const path = `${journey}/tasks/go-live`;
    if ((await context.request.get(`${path}/steps-file`)).status() === 200) return path;
  }
  throw new Error('the demo has no journey with sites for this person');
}

test('steps of sites come from a file, row by row, without JavaScript', async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const signed = await signedIn(browser, demo, 'amara@northmoor.example');
  const path = await sites(signed);
  const state = await signed.storageState();
  const plain = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: false, storageState: state, viewport: { width: 320, height: 640 } });
  const page = await plain.newPage();
  await page.goto(path);
  await page.getByRole('link', { name: 'Record steps from an Excel or CSV file' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Record steps from a file');
  const given = await (await plain.request.get(`${path}/sites.csv`)).text();
  const last = given.trim().split(/\r?\n/).pop()!.split(',')[0]!;
  const table = ['ODS code,ASID,ASID registered on,Sharing configured on', `${last},918999198799,2026-11-02,2026-11-02`, 'Q99,,,2026-11-02', `${last},91899,2026-11-02,`].join('\r\n');
  await page.getByLabel(/^Excel/).setInputFiles({ name: 'steps.csv', mimeType: 'text/csv', buffer: Buffer.from(table) });
  await page.getByRole('button', { name: 'Upload and look at the rows' }).click();
  await expect(page.getByRole('heading', { name: 'steps.csv: 3 rows' })).toBeVisible();
  await expect(page.getByText('Q99 is not in the plan')).toBeVisible();
  await expect(page.getByText('“91899” is not an ASID')).toBeVisible();
  await expectNoSidewaysScroll(page);
  const checked = await (await browser.newContext({ baseURL: demo.address, locale: 'en-GB', storageState: state })).newPage();
  await checked.goto(page.url());
  await expectNoViolations(checked);
  await page.getByRole('button', { name: 'Record 1 row' }).click();
  await expect(banner(page)).toContainText('Recorded at 1 site');
});
