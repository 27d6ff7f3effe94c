// The register of products as those see it who have no account: found by product, supplier and site, narrowed, shared by its address,
// as a file; and what it leads to.
import { expect, type Browser, type Page } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { expectNoViolations } from './support/axe.ts';
import { signedIn, test, type Demo } from './support/demo.ts';
import { expectEverythingReachable } from './support/keyboard.ts';
import { expectNoSidewaysScroll, expectPrintsWhole } from './support/reflow.ts';

const REGISTER = '/register-of-products';

/** Somebody without an account and without script, on a narrow screen. */
async function stranger(browser: Browser, demo: Demo): Promise<Page> {
  const context = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  return context.newPage();
}

const products = (page: Page): Promise<string[]> => page.locator('main .gpc-grid tbody th a').allTextContents();

test('a product is found, looked at, checked and downloaded by anybody', async ({ browser, demo }) => {
  const page = await stranger(browser, demo);
  await page.goto('/');
  await page.locator('main').getByRole('link', { name: 'register of products' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Register of products');
  const all = await products(page);
  expect(all.length).toBeGreaterThan(4);
  expect(all).toEqual([...all].sort((one, other) => one.toLowerCase().localeCompare(other.toLowerCase())));
  await expectNoSidewaysScroll(page);

  // A practice asks what is live there.
  await page.getByLabel('Product, supplier or organisation').fill('willow lane');
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
  await expect(page).toHaveURL(/find=willow\+lane/);
  await expect(page.getByLabel('Product, supplier or organisation')).toHaveValue('willow lane');
  const found = await products(page);
  expect(found).toContain('Bedside View 4.2');
  expect(found.length).toBeLessThan(all.length);

  // Whoever is sent the address sees the same.
  const other = await stranger(browser, demo);
  await other.goto(page.url());
  expect(await products(other)).toEqual(found);

  await page.getByRole('link', { name: 'Bedside View 4.2' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Bedside View 4\.2$/);
  await expect(page.getByRole('table')).toContainText('Willow Lane Surgery');
  await expectNoSidewaysScroll(page);
  const body = await page.locator('main').innerHTML();
  for (const secret of ['/journeys/', '@', 'amara', 'Amara']) expect(body).not.toContain(secret);
  await page.getByRole('link', { name: /^Check TCC-/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/This certificate is valid$/);
  await page.getByRole('link', { name: 'See it in the register of products' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(/Bedside View 4\.2$/);
});

test('the register is narrowed, ordered and downloaded, and says when nothing fits', async ({ browser, demo }) => {
  const page = await stranger(browser, demo);
  await page.goto(REGISTER);
  const all = await products(page);
  await page.getByLabel('State').selectOption('Valid only');
  await page.getByLabel('Order by').selectOption('Assured last first');
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
  const valid = await products(page);
  expect(valid.length).toBeLessThan(all.length);
  await expect(page.locator('main .gpc-grid')).not.toContainText('Suspended');
  await page.getByLabel('Capability').selectOption('Appointment Management');
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
  const booked = await products(page);
  expect(booked).toContain('Clinic Booker 3.3');
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download as CSV' }).click()]);
  expect(file.suggestedFilename()).toMatch(/^register-of-products-\d{4}-\d{2}-\d{2}\.csv$/);
  const lines = readFileSync((await file.path())!, 'utf8').trim().split('\n').slice(1);
  expect(lines.map((line) => line.split(',')[0])).toEqual(booked);

  await page.getByLabel('Product, supplier or organisation').fill('nobody has this');
  await page.getByRole('main').getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('heading', { name: 'No certificate matches' })).toBeVisible();
  await expectNoSidewaysScroll(page);
  await page.getByRole('link', { name: 'Show the whole register' }).click();
  expect(await products(page)).toEqual(all);
});

test('its pages are clean, whole on paper and used by keyboard alone', async ({ browser, demo }) => {
  const page = await (await signedIn(browser, demo)).newPage();
  await page.goto(REGISTER);
  const one = (await page.getByRole('link', { name: 'Bedside View 4.2' }).getAttribute('href'))!;
  const suspended = page.locator('main .gpc-grid tr', { hasText: 'Suspended' }).locator('th a');
  const doubted = (await suspended.first().getAttribute('href'))!;
  for (const path of [REGISTER, `${REGISTER}?find=nobody`, one, doubted]) {
    await page.goto(path);
    await expect(page.locator('h1')).toHaveCount(1);
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
    await expectPrintsWhole(page);
  }
  await expectEverythingReachable(page, REGISTER);
});
