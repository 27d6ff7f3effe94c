// A new edition of the catalogue: an operator publishes it from a file, and a supplier moves its SCAL to it.
import { readFileSync } from 'node:fs';
import { expect } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, signedIn, test } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { banner } from './support/walk.ts';

test('an edition is read from a file, looked at, published, and a SCAL moves to it', async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const operator = await (await signedIn(browser, demo, 'olive@service.example')).newPage();
  const northmoor = await signedIn(browser, demo, 'amara@northmoor.example');
  const supplier = await northmoor.newPage();
  const scal = `${await journeyOf(northmoor, 'Maternity Companion')}/tasks/submit-scal`;
  await supplier.goto(`${scal}/gpc-ig1?show=all`);
  await supplier.getByLabel('Answer', { exact: true }).selectOption({ label: 'Met' });
  await supplier.getByLabel('Answer and where the evidence is').fill('See our declaration of March.');
  await supplier.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(supplier.locator('.gpc-pane')).toContainText('Answered');

  // The edition that is out is where the next one begins.
  await operator.goto('/catalogue');
  await expectNoViolations(operator);
  await expectNoSidewaysScroll(operator);
  const waiting = operator.waitForEvent('download');
  await operator.getByRole('link', { name: /^Download as Excel.*edition 2026-1/ }).click();
  expect((await waiting).suggestedFilename()).toBe('Catalogue 2026-1.xlsx');

  const rows = readFileSync(new URL('../app/journey/catalogues/scal.csv', import.meta.url), 'utf8').trimEnd().split('\n');
  const next = rows
    .filter((row) => !row.startsWith('SCAL-NFR-10,'))
    .map((row) => (row.startsWith('GPC-IG1,') ? row.replace(/only to support/, 'solely to support') : row))
    .concat('SCAL-ORG-11,Common,1 Organisation and product,MUST,both,Name the person who answers for the product.,Name and email,statement,functional_assurance,A test,derived,2026-2,,');
  expect(next.join('\n')).toContain('solely to support');
  const send = async (text: string) => {
    await operator.getByLabel('Name of the edition').fill('2026-2');
    await operator.getByLabel('What has changed, in a sentence').fill('One row is new, one reads differently, one is gone.');
    await operator.getByLabel('Or all rows from a file').setInputFiles({ name: 'catalogue.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await operator.getByRole('button', { name: 'Read the file' }).click();
  };
  await send(next.join('\n').replace('functional_assurance,A test', 'nobody,A test'));
  await expect(operator.locator('.nhsuk-error-summary')).toContainText(`line ${next.length}: “nobody” is not a role`);
  await expectNoViolations(operator);
  await send(next.join('\n'));
  const preview = operator.getByRole('region', { name: /^Edition 2026-2 would have/ });
  for (const heading of ['New (1)', 'Changed (1)', 'Withdrawn (1)']) await expect(preview.getByRole('heading', { name: heading })).toBeVisible();
  await expectNoViolations(operator);
  await expectNoSidewaysScroll(operator);
  await supplier.goto(scal);
  await expect(supplier.getByText('See what would change')).toHaveCount(0);
  await operator.getByRole('button', { name: 'Publish edition 2026-2' }).click();
  await expect(banner(operator)).toContainText('Edition 2026-2 is published');

  await supplier.goto(scal);
  await supplier.getByRole('link', { name: 'See what would change' }).click();
  for (const heading of ['New rows (1)', 'Rows that read differently (1)', 'Rows that are no longer asked (1)']) await expect(supplier.getByRole('heading', { name: heading })).toBeVisible();
  await expectNoViolations(supplier);
  await supplier.getByRole('button', { name: 'Move to edition 2026-2' }).click();
  await expect(banner(supplier)).toContainText('The SCAL answers edition 2026-2 now');
  await supplier.goto(`${scal}/gpc-ig1?show=all`);
  await expect(supplier.getByText('The catalogue asks something else now.')).toBeVisible();
  await expect(supplier.getByLabel('Answer and where the evidence is')).toHaveValue('See our declaration of March.');
  // Saving it again does not say that it is right for what is asked now.
  await supplier.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(banner(supplier)).toContainText('The row is still asked again');
  await supplier.getByRole('button', { name: 'Confirm the answer' }).click();
  await expect(supplier.locator('.gpc-pane')).toContainText('Answered');
  expect((await supplier.request.get(`${scal}/scal-nfr-10`)).status()).toBe(404);
  await supplier.goto(`${scal}/scal-org-11`);
  await expect(supplier.locator('.gpc-pane')).toContainText('Since edition 2026-2');
});
