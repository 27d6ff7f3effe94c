// A conversation between two sides, with a note that stays on one; with and without script.
import { expect, test, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { waitForLetter, waitForMail } from './support/mail.ts';
import { openJourney, programme, supplier } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

async function fine(page: Page): Promise<void> {
  await expect(page.locator('h1')).toHaveCount(1);
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
}

const done = (page: Page) => page.locator('.nhsuk-notification-banner--success');
const report = { name: 'Test report.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.7\nA report.\n') };

test('two sides talk, one keeps a note for itself, and each hears as they chose', async ({ browser }, info) => {
  test.setTimeout(150_000);
  const { page: lead, email } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const { page: reviewer, email: reviewerEmail } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  const product = `Talk View ${Date.now().toString(36)}`;
  const journey = await openJourney(lead, product);
  // A message that asks nothing of her comes once a day unless she wants each of them.
  await reviewer.goto('/account#notices');
  await expect(reviewer.getByLabel('At once when something needs you')).toBeChecked();
  await reviewer.getByLabel('At once, whatever it is').check();
  await reviewer.getByRole('button', { name: 'Save your choice' }).click();
  await expect(done(reviewer)).toContainText('Your choice is saved');

  // Empty, then refused: nothing is lost, the file included.
  await lead.getByRole('link', { name: 'Read and write messages' }).click();
  await expect(lead.getByText('Nothing has been said yet.')).toBeVisible();
  await fine(lead);
  const everybody = lead.getByRole('region', { name: 'Messages to everybody' });
  await everybody.getByLabel('Add files').setInputFiles(report);
  await everybody.getByRole('button', { name: 'Send the message' }).click();
  await expect(lead).toHaveTitle(/^Error: /);
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Write what the files are');
  await expect(everybody.getByLabel('Test report.pdf')).toBeChecked();
  await fine(lead);
  await everybody.getByLabel('Your message').fill('Our first report.\n<b>Which section</b> comes next?');
  await everybody.getByRole('button', { name: 'Send the message' }).click();
  await expect(done(lead)).toContainText('Your message is sent');
  await expect(everybody.getByRole('list', { name: 'Messages, oldest first' })).toContainText('<b>Which section</b> comes next?');
  await fine(lead);

  // The programme hears of it, reads it, and is no longer told that it is new.
  await reviewer.goto('/journeys?find=' + encodeURIComponent(product));
  await expect(reviewer.getByRole('row', { name: new RegExp(product) })).toContainText('1 unread message');
  await reviewer.goto(await waitForMail(reviewerEmail, `${product}: Priya Nair wrote a message`));
  const said = reviewer.getByRole('region', { name: 'Messages to everybody' });
  await expect(said.getByText('New', { exact: true })).toBeVisible();
  await expect(said.getByRole('link', { name: 'Test report.pdf' })).toBeVisible();
  await reviewer.goto('/journeys?find=' + encodeURIComponent(product));
  await expect(reviewer.getByText('unread message')).toHaveCount(0);

  // A note for the own side, and an answer that speaks to somebody by name.
  await reviewer.goto(`${journey}/messages`);
  const notes = reviewer.getByRole('region', { name: 'Notes for NHS England only' });
  await notes.getByLabel('Your note').fill('Heron: ask clinical safety first.');
  await notes.getByRole('button', { name: 'Keep the note' }).click();
  await expect(done(reviewer)).toContainText('Your note is kept');
  await said.getByLabel('Your message').fill('The clinical part, @priya nair. Thank you.');
  await said.getByRole('button', { name: 'Send the message' }).click();
  await expect(said.locator('.gpc-message b', { hasText: '@priya nair' })).toBeVisible();
  await fine(reviewer);
  const letter = await waitForLetter(email, `${product}: Ruth Delaney mentioned you`);
  expect(letter.body).not.toContain('Heron');
  await lead.goto(await waitForMail(email, `${product}: Ruth Delaney mentioned you`));
  await expect(lead.getByText('The clinical part,')).toBeVisible();
  expect(await lead.content()).not.toContain('Heron');
  await expect(lead.getByRole('region', { name: 'Notes for Fernhollow Systems Ltd only' })).toBeVisible();

  // On a task: one line until something is said. Who is told at once is asked for, and the words stay.
  const task = `${journey}/tasks/read-capabilities`;
  await lead.goto(task);
  await expect(lead.getByText('Nothing has been said about this task yet.')).toBeVisible();
  await fine(lead);
  await lead.getByText('Write a message', { exact: true }).click();
  await lead.getByLabel('Your message').fill('We have read them all.');
  await lead.getByRole('button', { name: 'Choose who is told at once' }).click();
  await expect(lead.getByLabel('Your message')).toHaveValue('We have read them all.');
  await lead.getByLabel('Ruth Delaney, NHS England').check();
  await fine(lead);
  if (process.env.SHOTS) {
    for (const width of [1280, 320]) {
      await lead.setViewportSize({ width, height: 800 });
      await lead.screenshot({ path: `${process.env.SHOTS}/tell-${info.project.name}-${width}.png`, fullPage: true });
    }
    await lead.setViewportSize({ width: 1280, height: 720 });
  }
  await lead.getByRole('button', { name: 'Send the message' }).click();
  await expect(done(lead)).toContainText('Your message is sent');
  await expect(lead.getByText('To Ruth Delaney')).toBeVisible();
  await waitForLetter(reviewerEmail, `${product}: Priya Nair mentioned you`);
  await fine(lead);
  await reviewer.goto(journey);
  await reviewer.getByRole('link', { name: /^1 unread message about Read/ }).click();
  await expect(reviewer.getByText('We have read them all.')).toBeVisible();

  // Taken back: that it was there stays, its words do not.
  await lead.getByRole('button', { name: /^Take it back/ }).click();
  await expect(done(lead)).toContainText('Your message is taken back');
  await expect(lead.getByText(/Message taken back by Priya Nair at \d\d:\d\d/)).toBeVisible();
  expect(await lead.content()).not.toContain('We have read them all.');

  // A choice of letters.
  await lead.goto('/account');
  await lead.getByLabel('Once a day').check();
  await lead.getByRole('button', { name: 'Save your choice' }).click();
  await expect(done(lead)).toContainText('Your choice is saved');
  await expect(lead.getByLabel('Once a day')).toBeChecked();
  await fine(lead);
});
