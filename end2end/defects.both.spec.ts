// A supplier raises a defect with the request and the answer, the team gives it to Spine and then back, the certificate waits, and
// is issued once the defect is mended and closed.
import { expect, type Browser, type Page, type TestInfo } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, test, type Demo } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { showSharedCode } from './support/second-step.ts';

const PRODUCT = 'Optician Share';

/** Somebody of the demo in a browser of their own, with or without script like the test's. */
async function of(browser: Browser, demo: Demo, info: TestInfo, email: string): Promise<Page> {
  const context = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: info.project.use.javaScriptEnabled ?? true });
  const page = await context.newPage();
  await page.goto('/sign-in');
  await page.getByLabel('Email address').fill(email);
  await page.getByLabel('Password').fill('river copper lantern');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await showSharedCode(page);
  await expect(page).toHaveURL(/\/(journeys|worklist)$/);
  return page;
}

const banner = (page: Page) => page.locator('.nhsuk-notification-banner--success');

/** Opens a form that is folded, if it is. */
async function unfold(page: Page, summary: RegExp): Promise<void> {
  const details = page.locator('details').filter({ has: page.locator('summary', { hasText: summary }) });
  if ((await details.getAttribute('open')) === null) await details.locator('summary').click();
}

test('a defect goes to Spine and back, and the certificate waits for it', async ({ browser, ownDemo: demo }, info) => {
  test.setTimeout(120_000);
  const supplier = await of(browser, demo, info, 'joe@tarn.example');
  const team = await of(browser, demo, info, 'rdelaney@programme.example');
  const journey = await journeyOf(supplier.context(), PRODUCT);

  // Nothing was raised yet.
  await supplier.goto(`${journey}/defects`);
  await expect(supplier.getByText('No defect has been raised')).toBeVisible();
  await supplier.getByRole('button', { name: 'Raise a defect' }).click();

  // Nonsense is refused, and every word is kept; what must not be kept is not.
  await supplier.getByLabel('What is wrong, in one line?').fill('An answer comes twice');
  await supplier.getByLabel('What happened?').fill('The acknowledgement for 943 476 5919 came twice.');
  await supplier.getByLabel('The request').fill('POST /messages\nAuthorization: Bearer opensadoor');
  await supplier.getByLabel('Which test scripts show it?').fill('the long one');
  await supplier.getByRole('button', { name: 'Raise the defect' }).click();
  await expect(supplier.getByRole('link', { name: 'Say what you expected' })).toBeVisible();
  await expect(supplier.getByRole('link', { name: /Enter test scripts by their id/ })).toBeVisible();
  await expect(supplier.getByLabel('What is wrong, in one line?')).toHaveValue('An answer comes twice');
  await expect(supplier.getByLabel('The request')).toHaveValue('POST /messages\nAuthorization: [token left out]');
  await expect(supplier.getByLabel('What happened?')).not.toHaveValue(/476 5919/);
  await expectNoViolations(supplier);
  await expectNoSidewaysScroll(supplier);

  await supplier.getByLabel('What did you expect?').fill('One acknowledgement for each message.');
  await supplier.getByLabel('INT with providers').check();
  await supplier.getByLabel('Which test scripts show it?').fill('GPCM-SD-TST-04');
  await supplier.getByLabel('Consumer', { exact: true }).check();
  await supplier.getByLabel('High', { exact: true }).check();
  await supplier.getByRole('group', { name: 'Does it block the certificate?' }).getByLabel('Yes').check();
  await supplier.getByRole('button', { name: 'Raise the defect' }).click();
  await expect(banner(supplier)).toContainText('Defect D-1 is raised');
  const defect = new URL(supplier.url()).pathname;
  expect(defect).toBe(`${journey}/defects/1`);
  await expect(supplier.locator('main')).not.toContainText('opensadoor');

  // The team: the certificate cannot be issued, and says why. The journey says the same.
  const certificate = `${journey}/tasks/receive-technical-conformance-certificate`;
  await team.goto(certificate);
  await expect(team.getByRole('heading', { name: 'A defect that blocks the certificate is open' })).toBeVisible();
  await expect(team.getByRole('button', { name: /^Issue/ })).toHaveCount(0);
  await expectNoViolations(team);
  await team.goto(journey);
  await expect(team.locator('main')).toContainText('(defect D-1 blocks it)');

  // It is Spine's: the clock of the supplier stands still.
  await team.goto(defect);
  await team.getByLabel('Spine', { exact: true }).check();
  await team.getByRole('button', { name: 'Record it' }).click();
  await expect(team.getByRole('link', { name: 'Say why you change it' })).toBeVisible();
  await team.getByLabel('Why?').fill('Its log shows two deliveries.');
  await team.getByRole('button', { name: 'Record it' }).click();
  await expect(banner(team)).toContainText('Recorded: Spine, high, blocks the certificate');
  await expect(team.locator('main')).toContainText(/Paused since .*: defect D-1 belongs to Spine\./);
  await expectNoViolations(team);
  await expectNoSidewaysScroll(team);
  await supplier.goto(`${journey}/tasks/test-int-providers`);
  await expect(supplier.locator('main')).toContainText('defect D-1 belongs to Spine.');

  // After all it is the product.
  await team.goto(defect);
  await unfold(team, /Change who mends it/);
  await team.getByLabel('Consumer', { exact: true }).check();
  await team.getByLabel('Why?').fill('Spine was asked twice.');
  await team.getByRole('button', { name: 'Record it' }).click();
  await expect(banner(team)).toContainText('Recorded: Consumer');

  // Mended by the supplier, who asks something too.
  await supplier.goto(defect);
  await supplier.getByLabel('What was done?').fill('A message is sent once.');
  await supplier.getByLabel('In which version of the product?').fill('1.0.1');
  await supplier.getByRole('button', { name: 'It is mended' }).click();
  await expect(supplier.locator('main')).toContainText('Mended in 1.0.1, to be agreed');
  await unfold(supplier, /Write a message/);
  await supplier.getByLabel('Your message').fill('Can you look at it this week?');
  await supplier.getByRole('button', { name: 'Send the message' }).click();
  await expect(banner(supplier)).toContainText('Your message is sent');
  await expect(supplier.locator('.gpc-talk')).toContainText('Can you look at it this week?');

  // Closed, and issued.
  await team.goto(defect);
  await expect(team.locator('.gpc-talk')).toContainText('Can you look at it this week?');
  await unfold(team, /^Close it/);
  await team.getByLabel('It is mended', { exact: true }).check();
  await team.getByLabel('How do you know?').fill('A new run passed.');
  await team.getByRole('button', { name: 'Close the defect' }).click();
  await expect(banner(team)).toContainText('Defect D-1 is closed');
  await team.goto(certificate);
  await team.getByRole('button', { name: /^Issue/ }).click();
  await expect(banner(team)).toBeVisible();

  // The list: filtered, and as a file.
  await supplier.goto(`${journey}/defects?open=open`);
  await expect(supplier.getByText('No defect matches')).toBeVisible();
  await supplier.getByLabel('Standing').selectOption('closed');
  await supplier.getByRole('button', { name: 'Apply' }).click();
  await expect(supplier.getByRole('row', { name: /D-1 An answer comes twice/ })).toContainText('Closed: mended');
  await expectNoViolations(supplier);
  await expectNoSidewaysScroll(supplier);
  const [download] = await Promise.all([supplier.waitForEvent('download'), supplier.getByRole('link', { name: 'Download all defects (CSV)' }).click()]);
  expect(download.suggestedFilename()).toMatch(/^defects-.*\.csv$/);
});
