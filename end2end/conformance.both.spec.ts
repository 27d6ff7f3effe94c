// Anybody reads the rules about requests, pastes one, sees what is wrong with it and mends it: by mouse, without script, at 320 px.
import { readFileSync } from 'node:fs';
import { expect, test } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

const corpus = (name: string) => readFileSync(new URL(`../app/journey/tests/conformance/${name}`, import.meta.url), 'utf8');

test('a request is pasted, found wrong, and mended', async ({ page }) => {
  await page.goto('/spine');
  await page.getByRole('link', { name: 'Check a request of your own' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Check a request');
  await expectNoViolations(page);
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByRole('alert')).toContainText('Paste a request');
  await expectNoViolations(page);

  await page.getByLabel('Your request').fill(corpus('JWT-06-unlawful.curl'));
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByRole('heading', { level: 2 }).first()).toContainText('1 failed');
  await expect(page.getByText('exp minus iat is 301.')).toBeVisible();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);

  await page.getByRole('link', { name: 'JWT-06', exact: true }).first().click();
  await expect(page).toHaveURL(/\/spine\/rules#JWT-06$/);
  await expect(page.locator('[id="JWT-06"]')).toContainText('The token is good for exactly 5 minutes');
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);

  await page.goto('/spine/check');
  await page.getByLabel('Your request').fill(corpus('JWT-05-lawful.http').replaceAll('\r\n', '\n'));
  await page.getByRole('button', { name: 'Check it' }).click();
  await expect(page.getByText('No rule has anything to say.')).toBeVisible();
});
