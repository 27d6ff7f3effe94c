// A practice signs by the link in a letter, on a telephone without script: asked by the lead of the group, with a wrong line, a
// corrected address, a question, somebody who passes it on, and a signature that is taken back.
import { expect, type Browser, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, letterTo, signedIn, test, type Demo } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { banner } from './support/walk.ts';

const TASK = 'data-sharing-agreement';

/** Whoever opens a letter on a telephone. */
async function telephone(browser: Browser, demo: Demo): Promise<Page> {
  const context = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  return context.newPage();
}

/** What somebody without script sees now, looked at by the checker, which needs script. */
async function expectClean(browser: Browser, seen: Page): Promise<void> {
  const context = await browser.newContext({ locale: 'en-GB', storageState: await seen.context().storageState() });
  const page = await context.newPage();
  await page.goto(seen.url());
  await expectNoViolations(page);
  await context.close();
}

async function enterCode(page: Page, demo: Demo, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Email me a code' }).click();
  await expect(banner(page)).toContainText('A code is on its way');
  const letter = await letterTo(demo, email, 'Your code to read and sign');
  const code = letter.match(/Your code is (\d{6})/)![1]!;
  await page.getByLabel('Code').fill(code);
  await page.getByRole('button', { name: 'Continue' }).click();
}

test('a practice signs by the link in a letter, on a telephone without script', async ({ browser, demo }) => {
  test.setTimeout(180_000);
  const group = await signedIn(browser, demo, 'bea@saltmarsh.example');
  const lead = await group.newPage();
  const list = `${await journeyOf(group, 'Shared Care Window')}/tasks/${TASK}/signatories`;
  await lead.goto(list.replace('/signatories', ''));
  await lead.getByRole('link', { name: 'Ask members to sign by email, and see who has' }).click();
  await expect(lead.getByRole('heading', { level: 1 })).toContainText('0 of 3 organisations have signed');
  await expectNoViolations(lead);

  // A line that cannot be read is named, and the words come back.
  const box = lead.getByLabel('Who signs for which member?');
  await box.fill('T99951, Rae Reader, rae@wilow.example\nT99952, Bo Fox');
  await lead.getByRole('button', { name: 'Send the emails' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Line 2: write the ODS code');
  await expect(box).toHaveValue(/T99952, Bo Fox/);
  await box.fill('T99951, Rae Reader, rae@wilow.example\nT99952, Bo Fox, bo@mill.example');
  await lead.getByRole('button', { name: 'Send the emails' }).click();
  await expect(banner(lead)).toContainText('You asked 2 people to sign');
  const wrong = (await letterTo(demo, 'rae@wilow.example', 'Please sign for Willow Lane Surgery')).match(/http\S+\/sign\/\S+/)![0];

  // The address is put right: the old link is dead at once.
  await lead.getByRole('row', { name: /Willow Lane Surgery/ }).getByRole('link', { name: /Change or remind/ }).click();
  await expectNoViolations(lead);
  await lead.getByLabel('Their email address').fill('rae@willow.example');
  await lead.getByRole('button', { name: 'Send a new email' }).click();
  await expect(banner(lead)).toContainText('You asked 1 person to sign');
  const page = await telephone(browser, demo);
  await page.goto(wrong);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('This link does not work any more');
  await expectClean(browser, page);

  // The letter, the code, what is missing, and the signature.
  const letter = await letterTo(demo, 'rae@willow.example', 'Please sign for Willow Lane Surgery');
  await page.goto(letter.match(/http\S+\/sign\/\S+/)![0]);
  await expect(page.getByText('Bea Lindqvist of Saltmarsh Primary Care Network asks you to sign')).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectClean(browser, page);
  await enterCode(page, demo, 'rae@willow.example');
  await expect(page.getByRole('heading', { name: 'Signing as Rae Reader for Willow Lane Surgery (T99951)' })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await expectClean(browser, page);
  await page.getByRole('radio', { name: 'Caldicott Guardian' }).check();
  const sign = page.getByRole('button', { name: 'Sign for Willow Lane Surgery' });
  await sign.click();
  await expect(page.locator('.nhsuk-error-summary')).toContainText('Tick each statement that you agree to');
  await expect(page.getByRole('radio', { name: 'Caldicott Guardian' })).toBeChecked();
  for (const tick of await page.getByRole('checkbox').all()) await tick.check();
  await page.getByRole('button', { name: 'Save and come back later' }).click();
  await expect(banner(page)).toContainText('Kept for later');
  for (const tick of await page.getByRole('checkbox').all()) await expect(tick).toBeChecked();
  await sign.click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Signed for Willow Lane Surgery');
  await expectNoSidewaysScroll(page);
  await expectClean(browser, page);
  expect(await letterTo(demo, 'rae@willow.example', 'Signed for Willow Lane Surgery')).toContain('Digest of the words');

  // Somebody else passes it on, asks, and declines.
  const other = await telephone(browser, demo);
  await other.goto((await letterTo(demo, 'bo@mill.example', 'Please sign for Mill Street Practice')).match(/http\S+\/sign\/\S+/)![0]);
  await enterCode(other, demo, 'bo@mill.example');
  await other.locator('summary', { hasText: 'Pass it on' }).click();
  await other.getByLabel('Name of the person who should sign').fill('Dr Sol Ames');
  await other.getByLabel('Their email address at your organisation').fill('sol@mill.example');
  await other.getByRole('button', { name: 'Pass it on' }).click();
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('You have passed this on');
  await other.goto((await letterTo(demo, 'sol@mill.example', 'Please sign for Mill Street Practice')).match(/http\S+\/sign\/\S+/)![0]);
  await enterCode(other, demo, 'sol@mill.example');
  await other.locator('summary', { hasText: 'a question' }).click();
  await other.getByLabel('Your question').fill('Which wards will use it?');
  await other.getByRole('button', { name: 'Send the question' }).click();
  await expect(banner(other)).toContainText('Your question was sent');
  expect(await letterTo(demo, 'bea@saltmarsh.example', 'has a question')).toContain('Which wards will use it?');
  await other.locator('summary', { hasText: 'Decline to sign' }).click();
  await other.getByLabel('Why do you decline?').fill('We change system in May.');
  await other.getByRole('button', { name: 'Decline to sign' }).click();
  await expect(other.getByRole('heading', { level: 1 })).toHaveText('You have declined to sign');

  // The lead sees it all, narrows the list and takes it along.
  await lead.goto(list);
  await expect(lead.getByRole('heading', { level: 1 })).toContainText('1 of 3 organisations have signed');
  await expect(lead.getByRole('row', { name: /Mill Street Practice/ })).toContainText('“We change system in May.”');
  await lead.getByLabel('Show').selectOption('Need something done');
  await lead.getByRole('button', { name: 'Apply' }).click();
  await expect(lead.getByRole('row', { name: /Willow Lane Surgery/ })).toHaveCount(0);
  const download = lead.waitForEvent('download');
  await lead.getByRole('link', { name: 'Download the list (CSV)' }).click();
  expect((await download).suggestedFilename()).toMatch(/^signatures-.*\.csv$/);

  // The signature is taken back with the same link.
  await page.locator('summary', { hasText: 'Take the signature back' }).click();
  await page.getByLabel('Why do you take it back?').fill('We merge with another practice.');
  await page.getByRole('button', { name: 'Take the signature back' }).click();
  await expect(banner(page)).toContainText('The signature is taken back');
  await lead.goto(list);
  await expect(lead.getByRole('heading', { level: 1 })).toContainText('0 of 3 organisations have signed');
  await lead.setViewportSize({ width: 320, height: 640 });
  await expectNoSidewaysScroll(lead);
});
