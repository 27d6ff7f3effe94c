// What people do in the SCAL: answer many rows at once, send it, judge it, finish the sections of a team.
import { expect, type Page } from '@playwright/test';
import { banner } from './walk.ts';

/** Opens a folded part, and leaves one that is open. */
async function unfold(page: Page, words: string): Promise<void> {
  const part = page.locator('details', { has: page.getByText(words, { exact: true }) }).first();
  if ((await part.getAttribute('open')) === null) await part.locator('summary').click();
}

/** Answers every row that is still to do with these words. */
export async function answerAll(page: Page, journey: string, words: string): Promise<void> {
  await page.goto(`${journey}/tasks/submit-scal`);
  await unfold(page, 'Change many rows at once');
  await page.getByLabel(/^All \d+ rows? in the table$/).check();
  await page.getByLabel('Words for all of them').fill(words);
  await page.getByRole('button', { name: 'Answer the rows' }).click();
  await expect(banner(page)).toContainText(/rows? answered/);
  await addDocuments(page, journey);
}

/** Hazard log and safety case are documents: each is linked on its own row. */
async function addDocuments(page: Page, journey: string): Promise<void> {
  for (const row of ['scal-cs-03', 'scal-cs-05']) {
    await page.goto(`${journey}/tasks/submit-scal/${row}?show=all`);
    const links = page.getByLabel('Links to evidence');
    if ((await links.inputValue()) !== '') continue;
    await links.fill('https://example.org/safety');
    const answered = page.waitForEvent('load');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await answered;
  }
  await page.goto(`${journey}/tasks/submit-scal`);
}

/** Answers what is to do and sends the SCAL. */
export async function submitScal(page: Page, journey: string, words = 'See the evidence pack, chapter 3.'): Promise<void> {
  await answerAll(page, journey, words);
  await page.getByRole('button', { name: /^Submit round/ }).click();
  await expect(banner(page)).toContainText('The SCAL is submitted');
}

/** A verdict on one row. */
export async function judge(page: Page, journey: string, row: string, verdict: string, words = ''): Promise<void> {
  await page.goto(`${journey}/tasks/submit-scal/${row}?show=all`);
  await page.getByLabel(verdict, { exact: true }).check();
  await page.getByLabel('Finding or condition').fill(words);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('.gpc-pane .gpc-panehead')).toContainText(/Saved \d\d:\d\d/);
}

/** Accepts every row of the team that has no verdict yet. */
export async function acceptRest(page: Page, journey: string): Promise<void> {
  await page.goto(`${journey}/tasks/submit-scal`);
  const all = page.getByRole('button', { name: 'Accept all in the table' });
  if ((await all.count()) === 0) {
    // Nothing to accept is only right where every row of the team has its verdict.
    await expect(page.getByText(/, 0 without a verdict\./)).toBeVisible();
    return;
  }
  await all.click();
  await page.getByRole('button', { name: /^Accept \d+ rows?$/ }).click();
  await expect(banner(page)).toContainText(/rows? accepted/);
}

/** Finishes the sections of the team: signs them off, or returns the SCAL when a change is requested. */
export async function finish(page: Page, journey: string, says: string): Promise<void> {
  await page.goto(`${journey}/tasks/submit-scal/finish`);
  await page.getByRole('button', { name: /^(Return to supplier|Sign off my sections)$/ }).click();
  await expect(banner(page)).toContainText(says);
}

/** A team accepts everything and signs its sections off. */
export async function signOff(page: Page, journey: string): Promise<void> {
  await acceptRest(page, journey);
  await finish(page, journey, 'Your sections are signed off');
}
