// Evidence that was made by sending requests: a supplier tries its product, mends it, answers rows of the SCAL with the run and with
// a capture, and the reviewer sees the rules beside the row and judges. The same capture is checked in a shell.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type Page, type TestInfo } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, signedIn, test, type Demo } from './support/demo.ts';
import { HTML, Product, section } from './support/product.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { answerAll } from './support/scal.ts';
import { PROGRAM } from './support/service.ts';
import { banner } from './support/walk.ts';

const ROW = 'gpc-ssp10-01';

async function person(browser: import('@playwright/test').Browser, demo: Demo, email: string, info: TestInfo): Promise<Page> {
  const known = await signedIn(browser, demo, email);
  const context = await browser.newContext({
    baseURL: demo.address,
    locale: 'en-GB',
    javaScriptEnabled: info.project.use.javaScriptEnabled ?? true,
    storageState: await known.storageState(),
  });
  await known.close();
  return context.newPage();
}

async function checked(page: Page): Promise<void> {
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
}

test('rows are answered with a run and with a capture, and the reviewer judges them', async ({ browser, ownDemo }, info) => {
  test.setTimeout(240_000);
  const page = await person(browser, ownDemo, 'joe@tarn.example', info);
  const journey = await journeyOf(page.context(), 'Care Home View');
  const row = `${journey}/tasks/submit-scal/${ROW}?show=all`;

  // The row says which rules support it, and what the runs of before said of them.
  await page.goto(row);
  await expect(page.locator('.gpc-pane')).toContainText('Requests are held against 24 rules');
  await expect(page.locator('.gpc-pane')).toContainText('Say first which version of the product is assessed');
  await page.goto(`${journey}/tasks/submit-scal/evidence`);
  await page.getByLabel('Product version that is assessed').fill('1.2');
  await page.getByRole('button', { name: 'Save the version' }).click();
  await expect(banner(page)).toContainText('The product version is saved');

  // A run: a token that lives too long, then one as it must be.
  await page.goto(row);
  await expect(page.locator('.gpc-pane')).toContainText('The version that is assessed is 1.2.');
  await page.getByRole('link', { name: 'Open a live run' }).click();
  await page.getByLabel('Which version of the product is tried?').fill('1.2');
  await page.getByLabel('INT', { exact: true }).check();
  await page.getByLabel('Access Record HTML').check();
  await page.getByRole('button', { name: 'Open a run' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Live run of version 1.2');
  const run = new URL(page.url()).pathname;
  const product = new Product((await page.locator('dd').first().innerText()).trim(), '1.2');
  const { root } = await product.find('T99999', HTML);
  await product.send(section(root), { claims: { exp: Math.floor(Date.now() / 1000) + 330 } });
  await page.goto(row);
  await expect(page.locator('.gpc-pane')).toContainText('Not all rules passed: JWT-06.');
  await page.getByRole('link', { name: 'Requests where JWT-06 failed' }).click();
  await expect(page.getByText('Only where JWT-06 failed')).toBeVisible();
  await expect(page.getByRole('heading', { name: /^3\. POST/ })).toBeVisible();
  expect((await product.send(section(root))).status).toBe(200);
  await page.goto(row);
  await expect(page.locator('.gpc-pane')).toContainText('The run is still open.');

  // Closed: the page of the run offers the rows that it answers.
  await page.goto(run);
  await page.getByRole('button', { name: 'Close this run' }).click();
  await expect(page.getByRole('heading', { name: 'Rows of the SCAL' })).toBeVisible();
  await checked(page);
  await page.getByRole('button', { name: 'Answer the ticked rows with this run' }).click();
  await expect(banner(page)).toContainText(/\d+ rows? answered with this run/);
  await expect(banner(page)).toContainText('GPC-SSP10-01');
  await expect(page.getByRole('row', { name: /^GPC-SSP10-01/ })).toContainText('Answered with this run.');
  await page.getByRole('link', { name: 'GPC-SSP10-01' }).first().click();
  await expect(page.locator('.gpc-pane')).toContainText('Evidence of this answer');
  await expect(page.getByLabel('Answer', { exact: true })).toHaveValue('met');
  await expect(page.getByLabel('Answer and where the evidence is')).toHaveValue(/2 requests, tested by .*Passed: .*JWT-06/);
  await checked(page);

  // The same from a HAR file. Nonsense is refused by name first.
  await page.goto(`${journey}/live-runs`);
  await page.getByRole('link', { name: 'Read requests from a file' }).click();
  await page.getByLabel('Which version of the product is tried?').fill('1.2');
  await page.getByLabel('INT', { exact: true }).check();
  await page.getByLabel('Access Record HTML').check();
  await page.getByLabel('The file').setInputFiles({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('It works.') });
  await page.getByRole('button', { name: 'Read the requests' }).click();
  await expect(page.getByRole('alert')).toContainText('No request can be read in notes.txt.');
  await expect(page.getByLabel('Which version of the product is tried?')).toHaveValue('1.2');
  await checked(page);
  const har = product.har();
  await page.getByLabel('The file').setInputFiles({ name: 'ward.har', mimeType: 'application/json', buffer: Buffer.from(har) });
  await page.getByRole('button', { name: 'Read the requests' }).click();
  await expect(banner(page)).toContainText('2 requests read and kept');
  await expect(page.locator('main')).toContainText('Read from the file ward.har: the supplier sent it');
  await expect(page.getByRole('row', { name: /^GPC-SSP10-01/ })).toContainText('Answer it');
  await checked(page);

  // And in a shell: the first request fails, the second alone passes.
  const folder = mkdtempSync(join(tmpdir(), 'captures-'));
  const check = (name: string, entries: any[]) => {
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify({ log: { version: '1.2', creator: { name: 'product', version: '1' }, entries } }));
    return spawnSync(PROGRAM, ['check', '--environment', 'int', file], { encoding: 'utf8', cwd: new URL('..', import.meta.url).pathname });
  };
  const both = check('both.har', product.entries);
  expect([both.status, both.stdout.includes('JWT-06')]).toEqual([1, true]);
  expect(check('good.har', product.entries.slice(1)).status).toBe(0);

  // What each row rests on.
  await page.goto(`${journey}/traceability`);
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Traceability');
  await checked(page);
  await page.getByRole('link', { name: /^All rows/ }).click();
  const line = page.getByRole('row', { name: /^GPC-SSP10-01/ });
  await expect(line).toContainText('The answer rests on an earlier run.');
  const [sheet] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as Excel' }).click()]);
  expect(sheet.suggestedFilename()).toMatch(/^Traceability .*\.xlsx$/);

  // Everything else is answered, and it goes to the reviewers.
  await answerAll(page, journey, 'See the evidence pack, chapter 3.');
  await page.getByRole('button', { name: /^Submit round/ }).click();
  await expect(banner(page)).toContainText('The SCAL is submitted');

  // The reviewer sees rules and requests beside the row, and judges: nothing is accepted by itself.
  const reviewer = await person(browser, ownDemo, 'rdelaney@programme.example', info);
  await reviewer.goto(row);
  const pane = reviewer.locator('.gpc-pane');
  await expect(pane).toContainText('Evidence of this answer');
  await expect(pane).toContainText('No verdict yet');
  await expect(pane.getByRole('button', { name: /^Answer with this run/ })).toHaveCount(0);
  await checked(reviewer);
  await pane.locator('a', { hasText: 'version 1.2' }).first().click();
  await expect(reviewer.getByRole('heading', { level: 1 })).toContainText('Live run of version 1.2');
  await expect(reviewer.locator('main')).not.toContainText('Answer the ticked rows');
  await reviewer.goto(row);
  await pane.getByRole('button', { name: 'Accept and open the next' }).click();
  await reviewer.goto(row);
  await expect(pane).not.toContainText('No verdict yet');
  await reviewer.goto('/worklist/rules');
  await expect(reviewer.getByRole('row', { name: /^JWT-06/ })).toBeVisible();
  await checked(reviewer);
});
