// What people do on the page of any task, whatever it asks: fill the form in, send it, answer, decide, issue, sign.
import { expect, type Browser, type Locator, type Page, type TestInfo } from '@playwright/test';
import { waitForMail } from './mail.ts';
import { address, PASSWORD } from './people.ts';
import { setUpSecondStep } from './second-step.ts';

/** A journey in the hands of one person. */
export type Seat = { page: Page; email: string };

/** Follows an invitation and sets a password; with and without script like the test's. */
export async function join(browser: Browser, info: TestInfo, email: string, name: string): Promise<Seat> {
  const context = await browser.newContext({ javaScriptEnabled: info.project.use.javaScriptEnabled ?? true, baseURL: info.project.use.baseURL, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(await waitForMail(email, ''));
  await page.getByLabel('What is your name?').fill(name);
  await page.getByLabel('Choose a password').fill(PASSWORD);
  await page.getByLabel('The same password again').fill(PASSWORD);
  await page.getByRole('button', { name: /^Join/ }).click();
  const heading = page.getByRole('heading', { level: 1 });
  await expect(heading).toHaveText(/Worklist|Journeys|Set up your second step/);
  if ((await heading.textContent()) === 'Set up your second step') await setUpSecondStep(page, email);
  await expect(heading).toHaveText(/Worklist|Journeys/);
  return { page, email };
}

/** Invites a colleague with these roles, who joins. */
export async function colleague(browser: Browser, info: TestInfo, from: Page, name: string, roles: string[]): Promise<Seat> {
  const email = address('colleague');
  await from.goto('/organisation');
  await from.getByLabel('Email address').fill(email);
  for (const role of roles) await from.getByLabel(role, { exact: true }).last().check();
  await from.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(banner(from)).toBeVisible();
  return join(browser, info, email, name);
}

/** Gives an organisation a part in the journey, or asks for one and a programme lead confirms who it is; its first person joins. */
export async function party(browser: Browser, info: TestInfo, lead: Page, journey: string, what: { part: string; organisation: string; code: string; roles: string[]; name: string }, confirms?: Page): Promise<Seat> {
  const email = address('party');
  await lead.goto(`${journey}/organisations`);
  await lead.getByLabel(what.part).check();
  await lead.getByLabel('Name of the organisation').fill(what.organisation);
  await lead.getByLabel('Its ODS code').fill(what.code);
  await lead.getByLabel('Email address of its first person here').fill(email);
  for (const role of what.roles) await lead.getByLabel(role, { exact: true }).check();
  if (confirms === undefined) {
    await lead.getByRole('button', { name: 'Add it' }).click();
    await expect(banner(lead)).toContainText('takes part in this journey');
  } else {
    await lead.getByRole('button', { name: 'Ask to add it' }).click();
    await expect(banner(lead)).toContainText(`You asked to add ${what.organisation}`);
    await expect(lead.getByRole('region', { name: `Request for ${what.organisation}` })).toContainText(email);
    await confirms.goto('/organisations');
    await confirms.getByRole('row', { name: email }).getByRole('link', { name: what.organisation }).click();
    await expect(confirms.getByRole('heading', { name: `Who is ${what.organisation}?` })).toBeVisible();
    await confirms.getByRole('button', { name: 'Confirm and add it' }).click();
    await expect(banner(confirms)).toContainText('takes part in this journey');
  }
  return join(browser, info, email, what.name);
}

/** Today in the UK, as a day is typed: what is told of the past cannot lie before the journey's own approvals. */
export const today = (): string => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'numeric', year: 'numeric', timeZone: 'Europe/London' }).format().replaceAll('/', ' ');

/** The same as pages write it. */
export const todayInWords = (): string => new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'Europe/London' }).format();

export const banner = (page: Page): Locator => page.locator('.nhsuk-notification-banner--success');

/** Every question that is empty gets an answer that fits; what was answered before is left. */
export async function fill(form: Locator, words: string): Promise<void> {
  // A form of hundreds of questions is read once, not question by question.
  const html = await form.innerHTML();
  const names = new Set([...html.matchAll(/<input[^>]*?type="(radio|checkbox)"[^>]*>/g)].map((tag) => tag[0].match(/name="([^"]+)"/)![1]!));
  for (const name of names) {
    const some = form.locator(`input[name="${name}"]`);
    // What is completed along with another task is a task of its own in every walk.
    if (name === 'also[]') continue;
    if ((await form.locator(`input[name="${name}"]:checked`).count()) === 0) await some.first().check();
  }
  for (const field of await form.locator('input[type=text], input[type=email], textarea').all()) {
    if ((await field.inputValue()) !== '') continue;
    const id = (await field.getAttribute('id')) ?? '';
    await field.fill(fitting(id, words));
  }
}

function fitting(id: string, words: string): string {
  if (/^(sites|members)$/.test(id)) return 'T99901 Willow Lane Surgery\nT99902 Mill Road Practice';
  if (/ods/.test(id) || id === 'organisation') return 'T99901';
  if (/(_on|_since)$|^(from|to)$/.test(id)) return today();
  if (/^(commands|queries)$/.test(id)) return '80';
  if (/email/.test(id)) return 'desk@example.org';
  if (id === 'privacy_notice') return 'https://trust.example/privacy';
  return words;
}

const SEND = /^(Mark as done|Send to NHS England|Submit to NHS England|Send to the (person who signs|\d+ people who sign))$/;

/** Fills a task in and sends it. */
export async function send(page: Page, journey: string, task: string, words = 'Done as agreed, version 4.2.'): Promise<void> {
  await page.goto(`${journey}/tasks/${task}`);
  await fill(page.locator('#answers'), words);
  await page.getByRole('button', { name: SEND }).click();
  await expect(banner(page), `${task}: sent`).toBeVisible();
}

/** The lead of the group records that the DSPT standards of a member are met, as it found today. */
export async function checkMember(page: Page, journey: string, code: string): Promise<void> {
  await page.goto(`${journey}/tasks/start-end-user-engagement/checks?member=${code}`);
  await page.getByLabel('What is its DSPT status?').selectOption('Standards met');
  await page.getByLabel('When did you check it?').fill(today());
  await page.getByRole('button', { name: 'Record the check' }).click();
  await expect(banner(page), `${code}: checked`).toContainText(`The check of ${code} is recorded`);
}

/** A team answers what was sent to it, or confirms it. */
export async function answer(page: Page, journey: string, task: string): Promise<void> {
  await page.goto(`${journey}/tasks/${task}`);
  await page.getByLabel(/^Your (answer|words to the supplier)$/).fill('Thank you. This is settled on our side.');
  await page.getByRole('button', { name: /^(Send the answer|Confirm)$/ }).click();
  await expect(banner(page), `${task}: answered`).toContainText(/Your answer is sent|It is confirmed/);
}

/** A team issues what it issues. */
export async function issue(page: Page, journey: string, task: string): Promise<void> {
  await page.goto(`${journey}/tasks/${task}`);
  await page.getByLabel(/^(What do you issue\?|More conditions and exceptions)$/).fill('Version 1.0 of 2 March 2026.');
  await page.getByRole('button', { name: 'Issue it to the supplier' }).click();
  await expect(banner(page), `${task}: issued`).toContainText('It is issued');
}

async function acceptAll(page: Page): Promise<void> {
  const rest = page.getByLabel('Accept the rest:');
  if ((await rest.count()) > 0) return rest.check();
  for (const radio of await page.locator('#review').getByLabel('Accept', { exact: true }).all()) {
    if (await radio.isVisible()) await radio.check();
  }
}

/** A team accepts the rows of the SCAL that went along with a test stage, where there are any. */
async function acceptRows(page: Page, journey: string, task: string): Promise<void> {
  await page.goto(`${journey}/tasks/${task}`);
  if ((await page.getByRole('link', { name: 'Judge them one by one' }).count()) === 0) return;
  await page.goto(`${journey}/tasks/${task}/rows`);
  await page.getByRole('button', { name: 'Accept all in the table' }).click();
  await page.getByRole('button', { name: /^Accept \d+ rows?$/ }).click();
  await expect(banner(page)).toContainText(/rows? accepted/);
}

/** Decides, and says on the page after it that this is what was meant. */
export async function decide(page: Page, button: 'Approve' | 'Return to supplier' | 'Refuse'): Promise<void> {
  await page.getByRole('button', { name: button, exact: true }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Check your decision');
  await page.getByRole('button', { name: /^(Approve: |Return to .+ with \d+ finding|Refuse: )/ }).click();
}

/** A team accepts every answer, and the rows that went along, and approves. */
export async function approve(page: Page, journey: string, task: string): Promise<void> {
  await acceptRows(page, journey, task);
  await page.goto(`${journey}/tasks/${task}`);
  await acceptAll(page);
  await decide(page, 'Approve');
  await expect(banner(page), `${task}: approved`).toContainText(/approved/);
}

/** A team asks for a change of one answer, named by the heading of its card, and accepts the others. */
export async function returnWith(page: Page, journey: string, task: string, about: RegExp, finding: string): Promise<void> {
  await page.goto(`${journey}/tasks/${task}`);
  await acceptAll(page);
  const card = page.getByRole('region', { name: about });
  await card.getByLabel('Request a change').check();
  await card.getByRole('textbox').fill(finding);
  await decide(page, 'Return to supplier');
  await expect(banner(page), `${task}: returned`).toContainText('Returned to the supplier');
}

/** Ticks each statement that is signed. */
export async function agrees(page: Page): Promise<void> {
  const statements = page.getByRole('group', { name: 'Do you agree to each statement?' }).getByRole('checkbox');
  await expect(statements.first()).not.toBeChecked();
  for (const statement of await statements.all()) await statement.check();
}

/** Signs the words shown, for the organisation of the reader. */
export async function sign(page: Page, journey: string, task: string, name: string): Promise<void> {
  await page.goto(`${journey}/tasks/${task}`);
  await expect(page.getByRole('heading', { name: `Signing as ${name} for` })).toBeVisible();
  await agrees(page);
  await page.getByRole('radio', { name: 'Data Protection Officer' }).check();
  await page.getByRole('button', { name: /^Sign for/ }).click();
  await expect(banner(page), `${task}: signed`).toContainText('Signed');
}

/**
 * Opens a journey for a conformant product that adds Send Document and walks it to its SCAL by the shortest way. Answers
 * the path of the journey.
 */
export async function atScal(lead: Page, chief: Page, assurance: Page, product: string): Promise<string> {
  await lead.goto('/journeys/new?side=choose');
  await lead.getByRole('link', { name: 'It uses GP records held elsewhere' }).click();
  await lead.getByLabel('What is the product called?').fill(product);
  await lead.getByLabel('Send Document', { exact: true }).check();
  await lead.getByRole('group', { name: /HSCN/ }).getByLabel('Yes').check();
  await lead.getByLabel('It is PDS compliant itself').check();
  await lead.getByRole('group', { name: /already have a certificate/ }).getByLabel('Yes').check();
  await lead.getByRole('group', { name: /other than your own/ }).getByLabel('No').check();
  await lead.getByRole('group', { name: /supporting tasks/ }).getByLabel('No').check();
  await lead.getByRole('button', { name: 'Show the plan' }).click();
  await lead.getByRole('button', { name: 'Start the journey' }).click();
  await expect(lead.getByRole('heading', { name: product, level: 1 })).toBeVisible();
  const journey = new URL(lead.url()).pathname;

  for (const task of ['read-capabilities', 'study-prerequisites', 'try-demonstrator', 'choose-capabilities', 'contact-gp-connect-team']) await send(lead, journey, task);
  await answer(chief, journey, 'contact-gp-connect-team');
  await lead.goto(`${journey}/tasks/describe-use-case`);
  await fill(lead.locator('#answers'), 'Letters of a ward reach the practice.');
  await lead.getByRole('button', { name: 'Continue' }).click();
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await approve(chief, journey, 'obtain-use-case-approval');
  await send(lead, journey, 'contact-assurance-team');
  await answer(assurance, journey, 'contact-assurance-team');
  await issue(assurance, journey, 'receive-scal');
  await send(lead, journey, 'develop-product');
  await send(lead, journey, 'test-int-demonstrator');
  await approve(assurance, journey, 'test-int-demonstrator');
  return journey;
}

/** What the journey's page says of a task. */
export function standing(page: Page, label: string): Locator {
  return page.locator('.nhsuk-task-list__item').filter({ hasText: label }).locator('.nhsuk-task-list__status').first();
}
