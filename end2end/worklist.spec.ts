// A reviewer's morning: they land on the worklist, look for what is late, keep that as a view, decide, go on with the next task,
// give one to a colleague, look at what they decided and take the list away. With and without script.
import { readFileSync } from 'node:fs';
import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { signedIn, test } from './support/demo.ts';
import { approve } from './support/walk.ts';
import { showSharedCode } from './support/second-step.ts';

const banner = (page: Page) => page.locator('.nhsuk-notification-banner');

for (const javaScriptEnabled of [true, false]) {
  test(`a morning at the worklist, ${javaScriptEnabled ? 'with' : 'without'} script`, async ({ browser, demo }) => {
    test.setTimeout(120_000);
    const context = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled });
    const page = await context.newPage();
    await page.goto('/sign-in');
    await page.getByLabel('Email address').fill(javaScriptEnabled ? 'dana@programme.example' : 'karim@programme.example');
    await page.getByLabel('Password').fill('river copper lantern');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await showSharedCode(page);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Worklist');

    // A figure is the way to what it counts.
    const figure = page.locator('.gpc-figs a').nth(3);
    const free = Number((await figure.textContent())!.match(/\d+/)![0]);
    expect(free).toBeGreaterThan(0);
    await figure.click();
    await expect(page).toHaveURL(/claimed=free/);
    await expect(page.getByLabel('Claimed by')).toHaveValue('free');
    // A head sorts, and sorts the other way round.
    await page.getByRole('columnheader', { name: 'Due' }).getByRole('link').click();
    await expect(page).toHaveURL(/claimed=free&order=due$/);
    await expect(page.getByRole('columnheader', { name: 'Due' })).toHaveAttribute('aria-sort', 'ascending');
    await page.getByRole('columnheader', { name: 'Due' }).getByRole('link').click();
    await expect(page).toHaveURL(/order=due-last$/);

    // What is looked for can be kept under a name, and is there for this person from then on.
    await page.getByText('Keep what you see as a view').click();
    await page.getByLabel('Name of the view').fill('Free, last due first');
    await page.getByRole('button', { name: 'Keep this view' }).click();
    await expect(banner(page)).toContainText('View kept: Free, last due first');
    await page.goto('/worklist');
    await page.getByRole('link', { name: 'Free, last due first' }).click();
    await expect(page).toHaveURL(/claimed=free&order=due-last$/);

    // The files hold what is filtered.
    const file = async (name: string): Promise<Buffer> => {
      const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name }).click()]);
      return readFileSync(await download.path());
    };
    const lines = (await file('Download as CSV')).toString('utf8').trim().split('\n');
    expect(lines.length).toBe(free + 1);
    expect((await file('Download as Excel')).subarray(0, 2).toString()).toBe('PK');

    // Claimed, and still in the same view.
    await page.getByRole('table').getByRole('button', { name: /^Claim / }).first().click();
    await expect(banner(page)).toContainText('You have claimed');
    await expect(page).toHaveURL(/claimed=free&order=due-last$/);
    await page.goto('/worklist/shares');
    await expect(page.getByRole('table', { name: 'What each person has claimed' })).toContainText(javaScriptEnabled ? 'Dana' : 'Karim');
    await context.close();
  });
}

test('after a decision the next task is one click away, what was decided stands in a list, and the supplier is told', async ({ browser, ownDemo: demo }) => {
  const programme = await signedIn(browser, demo, 'dana@programme.example');
  const page = await programme.newPage();
  await page.goto('/worklist?find=Pocket+Pharmacist');
  const url = await page.getByRole('table').getByRole('link', { name: 'Obtain use case approval' }).getAttribute('href');
  await approve(page, url!.replace(/\/tasks\/.*/, ''), 'obtain-use-case-approval');
  await expect(banner(page)).toContainText('Back to the worklist');
  await banner(page).getByRole('link', { name: /Back to the worklist/ }).click();
  await expect(page).toHaveURL(/find=Pocket/);
  await expect(page.getByText('No task matches')).toBeVisible();
  await page.getByRole('link', { name: 'show everything that waits' }).click();
  await page.getByRole('link', { name: 'What you decided' }).click();
  const last = page.getByRole('table').getByRole('row').nth(1);
  await expect(last).toContainText('You approved this');
  await expect(last.getByRole('link').first()).toHaveAttribute('href', url!);

  // The supplier is told on its pages, once, and the words lead to it.
  const tarn = await signedIn(browser, demo, 'joe@tarn.example');
  const supplier = await tarn.newPage();
  await supplier.goto('/journeys');
  const bell = supplier.getByRole('link', { name: /^Notifications/ });
  await expect(bell).toContainText(/\d new/);
  await bell.click();
  await expect(supplier.getByRole('heading', { level: 1 })).toHaveText('Notifications');
  const told = supplier.getByRole('link', { name: /^Approved: Use case approval – Pocket Pharmacist/ });
  await expect(told).toBeVisible();
  await supplier.reload();
  await expect(supplier.getByRole('link', { name: 'Notifications', exact: true })).toBeVisible();
  await told.click();
  await expect(supplier).toHaveURL(/\/journeys\/.*use-case/);
});

test('the figures of the programme are drawn and stand in tables', async ({ browser, demo }) => {
  const programme = await signedIn(browser, demo, 'dana@programme.example');
  const page = await programme.newPage();
  await page.goto('/worklist/figures');
  await expect(page.locator('.gpc-chart svg')).toBeVisible();
  await expect(page.getByRole('table', { name: 'By task' })).toContainText('Use case approval');
  await expectNoViolations(page);
});
