// Whom a message names: suggested while it is written, and picked by keys alone or with the mouse.
import { expect, test } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { waitForLetter } from './support/mail.ts';
import { openJourney, programme, supplier } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

test('names are suggested after an @, and whoever is picked is told at once', async ({ browser }, info) => {
  test.setTimeout(90_000);
  const { page: lead } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const { page: reviewer, email } = await programme(browser, info, 'Zoë O’Neill', 'programme_lead');
  const product = `Named View ${Date.now().toString(36)}`;
  const journey = await openJourney(lead, product);
  // Whoever wrote something takes part.
  await reviewer.goto(`${journey}/messages`);
  const theirs = reviewer.getByRole('region', { name: 'Messages to everybody' });
  await theirs.getByLabel('Your message').fill('Welcome.');
  await theirs.getByRole('button', { name: 'Send the message' }).click();

  await lead.goto(`${journey}/messages`, { waitUntil: 'networkidle' });
  const field = lead.getByLabel('Your message');
  const list = lead.getByRole('listbox');
  const option = lead.getByRole('option', { name: 'Zoë O’Neill, NHS England' });
  const tick = lead.getByLabel('Zoë O’Neill, NHS England');
  await field.focus();
  // An address names nobody, and an @ alone lists nobody.
  await lead.keyboard.type('Write to a@zoe or @');
  await expect(list).toHaveCount(0);
  // Accents and apostrophes need not be typed.
  await lead.keyboard.type('oneill');
  await expect(option).toHaveAttribute('aria-selected', 'true');
  await expect(field).toHaveAttribute('aria-activedescendant', (await option.getAttribute('id')) ?? 'none');
  await expect(lead.getByRole('status').filter({ hasText: '1 person' })).toBeAttached();
  await expectNoViolations(lead);
  await expectNoSidewaysScroll(lead);
  // Escape leaves the words alone; the next letter brings the list back.
  await lead.keyboard.press('Escape');
  await expect(list).toHaveCount(0);
  await lead.keyboard.press('Backspace');
  await expect(option).toBeVisible();
  await lead.keyboard.press('ArrowDown');
  await lead.keyboard.press('ArrowUp');
  await lead.keyboard.press('Enter');
  await expect(list).toHaveCount(0);
  await expect(field).toHaveValue('Write to a@zoe or @Zoë O’Neill ');
  await expect(tick).toBeChecked();
  await lead.keyboard.type('please.');
  await lead.keyboard.press('Enter');
  await expect(field).toHaveValue('Write to a@zoe or @Zoë O’Neill please.\n');
  await lead.getByRole('button', { name: 'Send the message' }).click();
  await expect(lead.locator('.gpc-message b', { hasText: '@Zoë O’Neill' })).toBeVisible();
  await waitForLetter(email, `${product}: Priya Nair mentioned you`);

  // On a task it is asked who reads it when the first name is written; Tab picks, and so does the mouse.
  await lead.goto(`${journey}/tasks/read-capabilities`, { waitUntil: 'networkidle' });
  await lead.getByText('Write a message', { exact: true }).click();
  await expect(tick).toHaveCount(0);
  await lead.getByLabel('Your message').focus();
  await lead.keyboard.type('@zo');
  await expect(option).toBeVisible();
  await lead.keyboard.press('Tab');
  await expect(lead.getByLabel('Your message')).toHaveValue('@Zoë O’Neill ');
  await expect(lead.getByLabel('Your message')).toBeFocused();
  await expect(tick).toBeChecked();
  await tick.uncheck();
  await lead.getByLabel('Your message').fill('');
  await lead.getByLabel('Your message').pressSequentially('Hello @Z');
  await option.click();
  await expect(lead.getByLabel('Your message')).toHaveValue('Hello @Zoë O’Neill ');
  await expect(tick).toBeChecked();
  await lead.setViewportSize({ width: 320, height: 800 });
  await lead.getByLabel('Your message').pressSequentially('and @zoe');
  await expect(option).toBeVisible();
  await expectNoSidewaysScroll(lead);
});
