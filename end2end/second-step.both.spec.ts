// The second step of signing in: set up at the first sign-in, shown at the next ones, a recovery code for a lost phone.
import { expect, test } from '@playwright/test';
import { invite } from './support/admin.ts';
import { expectNoViolations } from './support/axe.ts';
import { address, PASSWORD, signIn } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { setUpSecondStep, showSecondStep } from './support/second-step.ts';

test('a reviewer sets up a second step, signs in with it, and without the phone with a recovery code', async ({ page }) => {
  test.setTimeout(120_000);
  const email = address('second');
  await page.goto(invite({ email, role: 'programme_lead' }));
  await page.getByLabel('What is your name?').fill('Ruth Delaney');
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await page.getByRole('button', { name: /^Join/ }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Set up your second step');
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
  // Nothing else opens before.
  await page.goto('/worklist');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Set up your second step');
  await page.getByLabel('Code', { exact: true }).fill('000000');
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.locator('.nhsuk-error-summary')).toContainText('Enter the 6 digits that your app shows now for this key');
  await expectNoViolations(page);
  const codes = await setUpSecondStep(page, email);
  expect(codes).toHaveLength(10);
  await page.goto('/worklist');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Worklist');

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.goto('/sign-in?next=/account');
  await signIn(page, email);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Show your second step');
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
  await expect(page.locator('#shared-code')).toHaveCount(0);
  await page.getByLabel('Code', { exact: true }).fill('12345');
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await expect(page.locator('.nhsuk-error-summary')).toContainText('this one does not fit');
  await showSecondStep(page, email);
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Your account');
  await expect(page.getByText('You have 10 recovery codes left.')).toBeVisible();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, email);
  await page.getByText('I cannot use my app').click();
  await page.getByLabel('Recovery code').fill(codes[0]!.toUpperCase());
  await page.getByRole('button', { name: 'Continue with a recovery code' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Worklist');
  await page.goto('/account');
  await expect(page.getByText('You have 9 recovery codes left.')).toBeVisible();
});
