// A certificate as those see it who rely on it and have no account: valid, suspended, withdrawn, replaced; and the two people who
// decide on that.
import { readFileSync } from 'node:fs';
import { expect, type Browser, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, signedIn, test, type Demo } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { banner } from './support/walk.ts';

const TASK = 'receive-technical-conformance-certificate';

/** Whoever has the number and no account, without script on a narrow screen. */
async function stranger(browser: Browser, demo: Demo): Promise<Page> {
  const context = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  return context.newPage();
}

/** What they see now, looked at by the checker, which needs script. */
async function expectClean(browser: Browser, seen: Page): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(seen.url());
  await expectNoViolations(page);
  await context.close();
}

test('a certificate is suspended by two people, counts again, and is replaced', async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const assurance = await (await signedIn(browser, demo, 'rdelaney@programme.example')).newPage();
  const programme = await signedIn(browser, demo, 'karim@programme.example');
  const lead = await programme.newPage();
  const nobody = await stranger(browser, demo);
  const page = `${await journeyOf(programme, 'Frailty View')}/tasks/${TASK}`;
  await assurance.goto(page);
  const number = (await assurance.locator('.gpc-cert__number').textContent())!;
  const seen = async (heading: string) => {
    // As it is read out on the telephone.
    await nobody.goto('/verify');
    await nobody.getByLabel('Number of the certificate').fill(number.toLowerCase().replaceAll('-', ' '));
    await nobody.getByRole('button', { name: 'Check it' }).click();
    await expect(nobody.getByRole('heading', { level: 1 })).toHaveText(new RegExp(`${heading}$`));
    await expectNoSidewaysScroll(nobody);
  };
  await seen('This certificate is valid');

  const propose = async (who: Page, change: string, reason: string) => {
    await who.goto(page);
    await who.getByText(/^(Suspend or withdraw|Reinstate or withdraw) the certificate$/).click();
    await who.getByLabel(change).check();
    await who.getByLabel('Why?').fill(reason);
    await who.getByRole('button', { name: 'Propose it' }).click();
    await expect(banner(who)).toContainText('Proposed. A second person decides');
  };
  // Nothing chosen: what was typed is there still.
  await assurance.getByText('Suspend or withdraw the certificate').click();
  await assurance.getByLabel('Why?').fill('Two hospitals report merged patients.');
  await assurance.getByRole('button', { name: 'Propose it' }).click();
  await expect(assurance.locator('.nhsuk-error-summary')).toContainText('Choose what should happen to the certificate');
  await expect(assurance.getByLabel('Why?')).toHaveValue('Two hospitals report merged patients.');
  await expectNoViolations(assurance);
  await propose(assurance, 'Suspend it', 'Two hospitals report merged patients.');
  await expect(assurance.getByRole('button', { name: 'Agree to suspend it' })).toHaveCount(0);
  await seen('This certificate is valid');

  await lead.goto(page);
  await expect(lead.locator('.gpc-aside')).toContainText('Your turn');
  await expectNoViolations(lead);
  await expectNoSidewaysScroll(lead);
  await lead.getByRole('button', { name: 'Agree to suspend it' }).click();
  await expect(banner(lead)).toContainText('Agreed.');
  await seen('This certificate is suspended. Do not rely on it now');
  await expect(nobody.locator('main')).toContainText('Two hospitals report merged patients.');
  await expectClean(browser, nobody);
  const supplier = await (await signedIn(browser, demo, 'amara@northmoor.example')).newPage();
  await supplier.goto(page);
  await expect(supplier.getByRole('heading', { name: 'The certificate is suspended' })).toBeVisible();
  await expect(supplier.locator('.gpc-cert')).toContainText('It does not count until it is reinstated.');
  await expectNoViolations(supplier);

  await propose(lead, 'Reinstate it', 'The hospitals had switched their own matching off.');
  await assurance.goto(page);
  await assurance.getByRole('button', { name: 'Agree to reinstate it' }).click();
  await seen('This certificate is valid');

  // Opened again and issued anew, it has another number; the old one leads to it.
  await lead.goto(page);
  await lead.getByText('Open it again', { exact: true }).first().click();
  await lead.getByLabel('Why is it opened again?').fill('A condition was left out.');
  await lead.getByRole('button', { name: 'Open it again' }).click();
  await seen('This certificate is no longer valid. Do not rely on it');
  await assurance.goto(page);
  await assurance.getByRole('button', { name: /^Issue/ }).click();
  await seen('This certificate has been replaced. Do not rely on it');
  await nobody.getByRole('button', { name: 'See the certificate that replaced it' }).click();
  await expect(nobody.getByRole('heading', { level: 1 })).toHaveText(/This certificate is valid$/);
});

test('a certificate that was withdrawn for good says since when and why, and nobody reinstates it', async ({ browser, demo }) => {
  const programme = await signedIn(browser, demo, 'karim@programme.example');
  const lead = await programme.newPage();
  const journey = await journeyOf(programme, 'Day Ward');
  await lead.goto(`${journey}/history`);
  const history = lead.getByRole('table');
  await expect(history).toContainText('proposed to withdraw the certificate');
  await lead.goto(`${journey}/tasks/${TASK}`);
  const second = (await lead.locator('.gpc-cert__number').textContent())!;
  // The first has the same beginning and an earlier place in the history.
  const nobody = await stranger(browser, demo);
  const stem = second.replace(/\d+$/, '');
  const answers: number[] = [];
  for (let seq = Number(second.match(/\d+$/)![0]) - 1; seq > 0 && answers.length === 0; seq -= 1) {
    if ((await nobody.request.get(`/verify/${stem}${seq}`)).status() === 200) answers.push(seq);
  }
  await nobody.goto(`/verify/${stem}${answers[0]}`);
  await expect(nobody.getByRole('heading', { level: 1 })).toHaveText(/This certificate was withdrawn. Do not rely on it$/);
  await expect(nobody.locator('main')).toContainText('recorded for version 1.5 by mistake');
  await expectClean(browser, nobody);
  await nobody.goto(`/verify/${second}`);
  await expect(nobody.getByRole('heading', { level: 1 })).toHaveText(/This certificate is valid$/);
});

test('a file that was downloaded is known byte for byte by anybody, and no other is', async ({ browser, demo }) => {
  const programme = await signedIn(browser, demo, 'karim@programme.example');
  const lead = await programme.newPage();
  const nobody = await stranger(browser, demo);
  const check = async (name: string, buffer: Buffer) => {
    await nobody.goto('/verify');
    await nobody.getByLabel('A certificate or an agreement as a PDF').setInputFiles({ name, mimeType: 'application/pdf', buffer });
    await nobody.getByRole('button', { name: 'Check the file' }).click();
  };
  const download = async (page: string, link: RegExp) => {
    await lead.goto(page);
    const waiting = lead.waitForEvent('download');
    await lead.getByRole('link', { name: link }).click();
    const file = await waiting;
    return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
  };
  const journey = await journeyOf(programme, 'Bedside View');
  const certificate = await download(`${journey}/tasks/${TASK}`, /Download the certificate/);
  expect(certificate.name).toMatch(/^Technical conformance certificate TCC-.*\.pdf$/);
  expect(certificate.bytes.subarray(0, 5).toString()).toBe('%PDF-');
  await check('certificate.pdf', certificate.bytes);
  await expect(nobody.getByRole('heading', { level: 1 })).toHaveText(/This certificate is /);
  await expect(nobody.locator('main')).toContainText('Your file was made here, and not changed since.');
  await expectNoSidewaysScroll(nobody);

  const agreement = await download(`${journey}/tasks/receive-connection-agreement`, /Download what was signed/);
  await check('agreement.pdf', agreement.bytes);
  await expect(nobody.getByRole('heading', { name: 'This file was made here, and not changed since' })).toBeVisible();
  await expect(nobody.locator('main')).toContainText('It is the connection agreement for Bedside View 4.2');
  await expectClean(browser, nobody);

  const changed = Buffer.from(agreement.bytes);
  changed[changed.length - 9]! ^= 1;
  await check('agreement.pdf', changed);
  await expect(nobody.locator('.nhsuk-error-summary')).toContainText('We did not make this file, or it was changed since.');
  await expectClean(browser, nobody);
  await nobody.goto('/verify');
  await nobody.getByRole('button', { name: 'Check the file' }).click();
  await expect(nobody.locator('.nhsuk-error-summary')).toContainText('Choose a file');
  await expectNoSidewaysScroll(nobody);
});
