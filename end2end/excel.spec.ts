// The SCAL through a spreadsheet program: downloaded, opened, edited and saved there, and taken in again.
import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { programme, supplier } from './support/people.ts';
import { atScal, banner } from './support/walk.ts';

test('a SCAL goes through LibreOffice and back', async ({ browser }, info) => {
  test.setTimeout(180_000);
  const { page: lead } = await supplier(browser, info, 'Tarn Software', 'Joe Ferris');
  const { page: chief } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  const { page: assurance } = await programme(browser, info, 'Sam Whitlock', 'functional_assurance');
  const scal = `${await atScal(lead, chief, assurance, 'Ward Letters 5')}/tasks/submit-scal`;
  const folder = mkdtempSync(join(tmpdir(), 'scal-'));
  const [out, edited] = [join(folder, 'SCAL.xlsx'), join(folder, 'edited.xlsx')];

  await lead.goto(`${scal}/gpc-ig1`);
  await lead.getByLabel('Answer', { exact: true }).selectOption({ label: 'Met' });
  await lead.getByLabel('Answer and where the evidence is').fill('=HYPERLINK("x") is only words here.');
  await lead.getByRole('button', { name: 'Save', exact: true }).click();
  const waiting = lead.waitForEvent('download');
  await lead.getByRole('link', { name: 'Download as Excel' }).click();
  await (await waiting).saveAs(out);

  // Opened and saved without an edit it changes nothing.
  const office = (...cells: string[]) => execFileSync('/usr/bin/python3', ['support/office.py', out, edited, 'SCAL-IG-12', ...cells], { stdio: 'pipe', timeout: 90_000 });
  office();
  await send(edited);
  await expect(lead.getByRole('heading', { name: /: 0 rows would change$/ })).toBeVisible();

  // With an edit it changes exactly that row, after it was shown.
  office('F=Met', 'G=DSPT of June 2026, standards met.', 'H=Ask the board for the next one.');
  await send(edited);
  await expect(lead.getByRole('heading', { name: /: 1 row would change$/ })).toBeVisible();
  await expect(lead.getByRole('region', { name: 'SCAL-IG-12' })).toContainText('DSPT of June 2026, standards met.');
  await expectNoViolations(lead);
  await lead.getByRole('button', { name: 'Apply the ticked changes' }).click();
  await expect(banner(lead)).toContainText('1 row changed from edited.xlsx');
  await lead.goto(`${scal}/scal-ig-12`);
  await expect(lead.getByLabel('Answer and where the evidence is')).toHaveValue('DSPT of June 2026, standards met.');
  await expect(lead.getByLabel('Note for your own side')).toHaveValue('Ask the board for the next one.');

  async function send(file: string): Promise<void> {
    await lead.goto(`${scal}/import`);
    await lead.getByLabel(/^Excel file/).setInputFiles(file);
    await lead.getByRole('button', { name: 'Upload and look at the changes' }).click();
    await expect(lead.locator('#changes')).toBeVisible();
  }
});
