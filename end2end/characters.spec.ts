// How many characters are left is said while one writes, and to those who cannot see it once they pause.
import { expect, test } from '@playwright/test';
import { openJourney, supplier } from './support/people.ts';

test('a field says how many characters are left', async ({ browser }, info) => {
  const { page } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const journey = await openJourney(page, `Counted View ${Date.now().toString(36)}`);
  await page.goto(`${journey}/tasks/read-capabilities`, { waitUntil: 'networkidle' });
  const field = page.getByLabel('Note on this task');
  await expect(page.getByText('You can enter up to 4000 characters')).toBeVisible();
  // An emoji is one character, and so is the end of a line: as the server counts.
  await field.fill('Hi 🙂\n');
  await expect(page.locator('.nhsuk-character-count__message', { hasText: 'You have 3995 characters left' })).toBeVisible();
  await expect(page.locator('[data-left]')).toHaveText('You have 3995 characters left');
  await field.fill('x'.repeat(4001));
  await expect(page.locator('.nhsuk-character-count__message', { hasText: 'You have 1 character too many. The limit is 4000.' })).toBeVisible();

  // What was said when the journey was opened is not asked again.
  await page.goto(`${journey}/tasks/study-prerequisites`);
  await expect(page.getByRole('group', { name: /Health and Social Care Network/ }).getByLabel('In place')).toBeChecked();

  // The history shows one task.
  await page.goto(`${journey}/history`);
  await page.getByRole('button', { name: 'Show' }).click();
  await expect(page.getByRole('row')).toHaveCount(2);
});
