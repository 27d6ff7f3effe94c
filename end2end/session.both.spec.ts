// The end of a session is said on an open page in time; with and without script. Hours are not waited for: the browser plays
// its animations faster.
import { expect, test, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { openJourney, supplier } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

test('an open page says before its reader is signed out, and staying loses nothing', async ({ browser }, info) => {
  test.setTimeout(60_000);
  const { page } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const journey = await openJourney(page, `Long View ${Date.now().toString(36)}`);
  await page.goto(`${journey}/messages`);
  const warning = page.getByText('If you do nothing, you will be signed out at');
  await expect(warning).toBeHidden();
  const message = page.getByRole('region', { name: 'Messages to everybody' }).getByLabel('Your message');
  await message.fill('A long message, written slowly.');

  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Animation.enable');
  await devtools.send('Animation.setPlaybackRate', { playbackRate: 2_000 });
  await expect(warning).toBeVisible();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/session-${info.project.name}.png` });
  await page.setViewportSize({ width: 320, height: 640 });
  await expect(warning).toBeVisible();
  await expectNoSidewaysScroll(page);
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/session-320-${info.project.name}.png` });

  const beside: Promise<Page> = page.context().waitForEvent('page');
  await page.getByRole('link', { name: 'Stay signed in (opens in a new tab)' }).click();
  const stay = await beside;
  await expect(stay.getByRole('heading', { level: 1 })).toContainText('You are signed in until');
  await expectNoViolations(stay);
  await stay.close();
  await expect(message).toHaveValue('A long message, written slowly.');
  await page.getByRole('button', { name: 'Send the message' }).click();
  await expect(page.locator('.nhsuk-notification-banner--success')).toContainText('Your message is sent');
});
