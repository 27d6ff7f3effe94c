// How a request travels: six steps by mouse, by keyboard, without script; the request changes with what is asked for.
import { expect, test } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

const scripted = () => test.info().project.use.javaScriptEnabled !== false;

test('a reader goes through the six steps and chooses another request', async ({ page }) => {
  await page.goto('/spine');
  const shown = page.locator('[data-panel]:not([hidden])');
  await expect(shown).toHaveCount(1);
  await expect(shown.getByRole('heading', { level: 2 })).toHaveText('Step 1 of 6: Find the practice');
  await shown.getByRole('link', { name: 'Next: Find the endpoint' }).click();
  await expect(shown.getByRole('heading', { level: 2 })).toHaveText('Step 2 of 6: Find the endpoint');
  await expect(shown).toContainText('(&(nhsIDCode=T99999)(objectClass=nhsMhs)(nhsMhsSvcIA=urn:nhs:names:services:gpconnect:fhir:operation:gpc.getstructuredrecord-1))');
  await expect(page).toHaveURL(/step=2/);
  await page.getByRole('navigation', { name: 'The six steps' }).getByRole('link', { name: /^Send the request/ }).click();
  await expect(page.locator('[aria-current="step"]')).toContainText('Send the request');
  await expect(shown).toContainText('requesting_practitioner');
  await shown.getByRole('link', { name: 'Back: Find the endpoint' }).click();
  await expect(shown.getByRole('heading', { level: 2 })).toHaveText('Step 2 of 6: Find the endpoint');

  // Another request: the step stays, the words change.
  await page.getByLabel('Capability and interaction').selectOption('fhir:rest:search:slot-1');
  await page.getByRole('button', { name: 'Show this request' }).click();
  await page.getByRole('navigation', { name: 'The six steps' }).getByRole('link', { name: /^Send the request/ }).click();
  await expect(shown).toContainText('/Slot?start=ge2026-03-09&end=le2026-03-16&status=free');
  await expect(shown).toContainText('organization/*.read');
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
});

test('the steps by keyboard, and played', async ({ page }) => {
  await page.goto('/spine?step=5');
  const shown = page.locator('[data-panel]:not([hidden])');
  // Before the island is awake the link leads to the page of the step, and the focus goes with it.
  if (scripted()) await expect(page.getByRole('button', { name: 'Play the steps' })).toBeVisible();
  await shown.getByRole('link', { name: 'Next: Pass the answer back' }).focus();
  await page.keyboard.press('Enter');
  await expect(shown.getByRole('heading', { level: 2 })).toHaveText('Step 6 of 6: Pass the answer back');
  if (!scripted()) {
    await expect(page.getByRole('button', { name: 'Play the steps' })).toHaveCount(0);
    return;
  }
  await expect(shown.getByRole('heading', { level: 2 })).toBeFocused();
  await page.goto('/spine');
  await page.clock.install();
  await page.goto('/spine');
  await page.getByRole('button', { name: 'Play the steps' }).click();
  await page.clock.runFor(5_500);
  await expect(shown.getByRole('heading', { level: 2 })).toHaveText('Step 2 of 6: Find the endpoint');
  await page.getByRole('button', { name: 'Pause' }).click();
  await page.clock.runFor(11_000);
  await expect(shown.getByRole('heading', { level: 2 })).toHaveText('Step 2 of 6: Find the endpoint');
});
