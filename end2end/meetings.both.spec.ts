// A meeting between a supplier and the programme: proposed, chosen, moved, taken into a calendar and cancelled; with and
// without script.
import { expect, test, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { waitForLetter } from './support/mail.ts';
import { openJourney, programme, supplier } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

async function fine(page: Page): Promise<void> {
  await expect(page.locator('h1')).toHaveCount(1);
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
}

/** A look at a page in two widths, for whoever wants one (SHOTS=folder). */
async function look(page: Page, name: string): Promise<void> {
  if (!process.env.SHOTS) return;
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: `${process.env.SHOTS}/${name}-${width}.png`, fullPage: true });
  }
  await page.setViewportSize({ width: 1280, height: 720 });
}

const done = (page: Page) => page.locator('.nhsuk-notification-banner--success');

/** A day that is surely to come, as people write it and as pages show it. */
function inDays(days: number): { typed: string; shown: string } {
  const day = new Date(Date.now() + days * 86_400_000);
  const part = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', ...options }).format(day);
  return {
    typed: part({ day: 'numeric', month: 'numeric', year: 'numeric' }),
    shown: `${part({ weekday: 'long' })} ${part({ day: 'numeric', month: 'long', year: 'numeric' })}`,
  };
}

test('a meeting is proposed, chosen, moved and cancelled, and both sides see how it stands', async ({ browser }, info) => {
  test.setTimeout(150_000);
  const { page: lead, email } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const { page: reviewer, email: reviewerEmail } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  const product = `Meeting View ${Date.now().toString(36)}`;
  const journey = await openJourney(lead, product);
  const [first, second, third] = [inDays(20), inDays(21), inDays(22)];

  // Proposed on a task, at first with a time that nobody can read.
  await lead.goto(`${journey}/tasks/describe-use-case`);
  await lead.getByRole('link', { name: 'Propose a meeting' }).click();
  await expect(lead.getByRole('heading', { level: 1 })).toContainText('Propose a meeting about');
  await fine(lead);
  const when = lead.getByRole('group', { name: 'When' });
  await when.getByLabel('Day').fill(first.typed);
  await when.getByLabel('Start, UK time').fill('half past two');
  await lead.getByText('Offer a second and a third time').click();
  await lead.getByRole('group', { name: 'Second time' }).getByLabel('Day').fill(second.typed);
  await lead.getByRole('group', { name: 'Second time' }).getByLabel('Start, UK time').fill('9am');
  await lead.getByLabel('How long').selectOption('1 hour 30 minutes');
  await lead.getByLabel('Where, or the link to join').fill('https://meet.example/heron');
  await lead.getByLabel('What is it for?').fill('Kick-off: who does what, and by when.');
  await lead.getByRole('button', { name: 'Propose the meeting' }).click();
  await expect(lead).toHaveTitle(/^Error: /);
  await expect(lead.getByRole('link', { name: 'Enter a time like 14:30 or 2:30pm' })).toBeVisible();
  await expect(lead.getByRole('group', { name: 'Second time' }).getByLabel('Day')).toHaveValue(second.typed);
  await fine(lead);
  await look(lead, `meeting-new-${info.project.name}`);
  await when.getByLabel('Start, UK time').fill('2.30pm');
  await lead.getByRole('button', { name: 'Propose the meeting' }).click();
  await expect(done(lead)).toContainText('The meeting is proposed');
  await expect(lead.getByText(`${first.shown}, 14:30 to 16:00`).first()).toBeVisible();
  await fine(lead);
  await look(lead, `meeting-proposed-${info.project.name}`);

  // The other side is told in words, finds it among its notifications, and chooses.
  const letter = await waitForLetter(reviewerEmail, 'Choose a time to meet: ');
  expect(letter.body).toContain(`- ${second.shown}, 09:00 to 10:30`);
  expect(letter.body).toContain('https://meet.example/heron');
  await reviewer.goto('/notifications');
  await reviewer.getByRole('link', { name: new RegExp(`^Choose a time to meet: .*${product}`) }).click();
  await fine(reviewer);
  await look(reviewer, `meeting-answer-${info.project.name}`);
  await reviewer.getByRole('radio', { name: `${second.shown}, 09:00 to 10:30` }).check();
  await reviewer.getByRole('button', { name: 'Agree to this time' }).click();
  await expect(done(reviewer)).toContainText('The meeting is agreed');
  const download = reviewer.waitForEvent('download');
  await reviewer.getByRole('link', { name: 'Download it for your calendar (.ics)' }).click();
  expect((await download).suggestedFilename()).toMatch(/^meeting-.*\.ics$/);

  // Both see it on the journey; the supplier asks to move it, and it stays until the other side has chosen.
  await lead.goto(journey);
  await expect(lead.getByText(`${second.shown}, 09:00 to 10:30`)).toBeVisible();
  await fine(lead);
  await look(lead, `meeting-journey-${info.project.name}`);
  await lead.getByRole('link', { name: /^Meeting with NHS England about/ }).click();
  await lead.getByText('Ask for another time', { exact: true }).first().click();
  await lead.getByRole('group', { name: 'When' }).getByLabel('Day').fill(third.typed);
  await lead.getByRole('group', { name: 'When' }).getByLabel('Start, UK time').fill('10:00');
  await lead.getByLabel('Why do you want to move it?').fill('Our safety officer is away.');
  await lead.getByRole('button', { name: 'Ask for another time' }).click();
  await expect(done(lead)).toContainText('The meeting stays as agreed until they choose');
  await fine(lead);
  await look(lead, `meeting-moved-${info.project.name}`);
  // The email has the link of the meeting itself as well: here it is its page that is wanted.
  const moved = await waitForLetter(reviewerEmail, 'Asked to move a meeting: ');
  await reviewer.goto(/^http\S+\/meetings\/\S+$/m.exec(moved.body)![0]);
  await expect(reviewer.getByText('Our safety officer is away.')).toBeVisible();
  await reviewer.getByRole('button', { name: 'Agree to this time' }).click();
  await expect(done(reviewer)).toContainText('The meeting is agreed');

  // Two answer at once: the slower one is told who was faster and keeps the words.
  await lead.reload();
  await lead.getByText('Cancel the meeting', { exact: true }).first().click();
  await lead.getByLabel('Why is it cancelled?').fill('Heron: we met by telephone.');
  await reviewer.getByText('Cancel the meeting', { exact: true }).first().click();
  await reviewer.getByLabel('Why is it cancelled?').fill('The building is closed.');
  await reviewer.getByRole('button', { name: 'Cancel the meeting' }).click();
  await expect(done(reviewer)).toContainText('The meeting is cancelled');
  await fine(reviewer);
  await lead.getByRole('button', { name: 'Cancel the meeting' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Somebody was faster');
  await expect(lead.getByLabel('Your words, not recorded')).toHaveValue(/Heron: we met by telephone/);
  await fine(lead);
  await look(lead, `meeting-late-${info.project.name}`);
  const cancelled = await waitForLetter(email, 'Meeting cancelled: ');
  expect(cancelled.body).toContain('The building is closed.');
});
