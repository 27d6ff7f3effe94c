// One group from its file to its signatures: 240 rows of which 12 are bad, a hundred and more that sign by their links (three in the
// browser, the others by the same forms), one that takes its signature back and signs again, and one that joins late. What a clock
// brings is proved over HTTP with a clock that can be moved (`server/tests/signing_story.rs`).
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, letterTo, signedIn, test as shared, type Demo } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { banner } from './support/walk.ts';

/** A demo of its own: others count the members of the same group. */
const test = shared.extend<object, { alone: boolean }>({ alone: [true, { scope: 'worker' }] });

const GROUP = 'start-end-user-engagement';
const SHARING = 'data-sharing-agreement';
const HEADERS = { 'sec-fetch-site': 'same-origin', accept: 'text/html' };

const code = (at: number) => `A${String(at).padStart(5, '0')}`;
const address = (of: string) => `${of.toLowerCase()}@practice.example`;

/** Sends a form as a browser would; the page that follows. All come from one address: whoever is too fast waits, as the page says. */
async function does(context: BrowserContext, action: string, form: Record<string, string>): Promise<string> {
  for (;;) {
    const answer = await context.request.post(`/do/${action}`, { form, headers: HEADERS });
    if (answer.status() !== 429) return answer.text();
    await new Promise((resume) => setTimeout(resume, 1000));
  }
}

/** The newest words after a mark in letters, by address. */
function letters(demo: Demo, mark: RegExp): Map<string, string> {
  const found = new Map<string, string>();
  for (const file of readdirSync(demo.mail).filter((name) => name.endsWith('.eml')).sort()) {
    const text = readFileSync(join(demo.mail, file), 'utf8');
    const to = text.match(/^To: (\S+)$/m)?.[1];
    const words = text.match(mark)?.[1];
    if (to && words) found.set(to, words);
  }
  return found;
}

/** Waits until everybody has such a letter. */
async function arrived(demo: Demo, mark: RegExp, to: string[]): Promise<Map<string, string>> {
  let found = new Map<string, string>();
  await expect.poll(() => {
    found = letters(demo, mark);
    return to.filter((one) => !found.has(one)).length;
  }, { timeout: 60_000 }).toBe(0);
  return found;
}

async function enterCode(page: Page, demo: Demo, email: string): Promise<void> {
  await page.getByRole('button', { name: 'Email me a code' }).click();
  const letter = await letterTo(demo, email, 'Your code to read and sign');
  await page.getByLabel('Code').fill(letter.match(/Your code is (\d{6})/)![1]!);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function sign(page: Page, name: string): Promise<void> {
  await page.getByRole('radio', { name: 'Caldicott Guardian' }).check();
  for (const tick of await page.getByRole('checkbox').all()) await tick.check();
  await page.getByRole('button', { name: `Sign for ${name}` }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText(`Signed for ${name}`);
}

test('a group of 240 comes from a file, signs by links, and grows', async ({ browser, demo, alone }) => {
  expect(alone).toBe(true);
  test.setTimeout(300_000);
  const group = await signedIn(browser, demo, 'bea@saltmarsh.example');
  const programme = await signedIn(browser, demo, 'dana@programme.example');
  const journey = await journeyOf(group, 'Shared Care Window');
  const on = (task: string) => ({ journey: journey.split('/').pop()!, task, seen: '1000000' });
  await does(programme, 'task/reopen', { ...on(GROUP), reason: 'Many more practices.' });

  // The file, row by row.
  const lead = await group.newPage();
  await lead.goto(`${journey}/tasks/${GROUP}/members`);
  const bad = ['A;5.00E+01', 'B;2345', 'C;01-Dec', 'D;A2OO47', 'E;Surgery', 'F;', `G;${code(7)}`, 'H;A1', 'I;Ward 4', 'J;12', 'K;1.2', 'L;A-1'];
  const rows = Array.from({ length: 228 }, (_, at) => `Surgery ${at};${code(at)}`);
  const table = ['Practice name;ODS Code', ...rows, ...bad.map((row) => `Café ${row}`)].join('\r\n');
  await lead.getByLabel(/^Excel/).setInputFiles({ name: 'members.csv', mimeType: 'text/csv', buffer: Buffer.from(table, 'latin1') });
  await lead.getByRole('button', { name: 'Upload and look at the rows' }).click();
  await expect(lead.getByRole('heading', { name: 'members.csv: 240 rows' })).toBeVisible();
  await expect(lead.getByText('“5.00E+01” looks like a number that a spreadsheet changed')).toBeVisible();
  // None of them is in the register of the demo: whoever knows them ticks them.
  const boxes = lead.locator('input[name="rows[]"]');
  await boxes.evaluateAll((all) => all.forEach((box) => ((box as HTMLInputElement).checked = /^A\d{5}/.test(box.closest('tr')?.textContent?.match(/A\d{5}/)?.[0] ?? ''))));
  await lead.getByRole('button', { name: 'Add the ticked rows' }).click();
  await expect(banner(lead)).toContainText('228 members added from members.csv');
  await lead.getByRole('link', { name: 'Back to the list of members' }).click();
  await lead.getByRole('button', { name: /^(Send|Submit)/ }).first().click();
  await expect(banner(lead)).toBeVisible();
  await does(programme, 'task/acknowledge', { ...on(GROUP), note: 'Recorded.' });

  // All are asked; three open their letters in a browser, the others send the same forms.
  const codes = Array.from({ length: 120 }, (_, at) => code(at));
  const lines = codes.map((of) => `${of}, Person of ${of}, ${address(of)}`).join('\n');
  await does(group, 'signatories/ask', { ...on(SHARING), signatories: lines });
  const links = await arrived(demo, /\/sign\/(\S+)/, codes.map(address));
  const list = `${journey}/tasks/${SHARING}/signatories`;
  await lead.goto(list);
  await expect(lead.getByRole('heading', { level: 1 })).toContainText('0 of 231 organisations have signed');
  const telephone = await browser.newContext({ baseURL: demo.address, locale: 'en-GB', javaScriptEnabled: false, viewport: { width: 320, height: 640 } });
  const page = await telephone.newPage();
  for (const at of [0, 1, 2]) {
    await telephone.clearCookies();
    await page.goto(`/sign/${links.get(address(code(at)))}`);
    await enterCode(page, demo, address(code(at)));
    await expectNoSidewaysScroll(page);
    await sign(page, `Surgery ${at}`);
  }
  const others = codes.slice(3);
  const clients = await Promise.all(others.map(() => browser.newContext({ baseURL: demo.address })));
  await Promise.all(others.map((of, at) => does(clients[at]!, 'sign/code', { token: links.get(address(of))! })));
  const sent = await arrived(demo, /Your code is (\d{6})/, others.map(address));
  for (const [at, of] of others.entries()) {
    const token = links.get(address(of))!;
    const html = await does(clients[at]!, 'sign/enter', { token, code: sent.get(address(of))! });
    const statements = [...html.matchAll(/name="(answers\[[^"]*\]\[\])"[^>]*type="checkbox"[^>]*value="([^"]*)"|type="checkbox"[^>]*name="(answers\[[^"]*\]\[\])"[^>]*value="([^"]*)"/g)];
    const form = new URLSearchParams({ token, words: html.match(/name="words" value="([0-9a-f]{64})"/)![1]! });
    form.append('answers[authority][]', 'caldicott_guardian');
    for (const [, one, value, other, chosen] of statements) form.append(one ?? other!, value ?? chosen!);
    await expect(async () => {
      const answer = await clients[at]!.request.post('/do/sign/sign', { data: form.toString(), headers: { ...HEADERS, 'content-type': 'application/x-www-form-urlencoded' }, maxRedirects: 0 });
      expect(answer.status()).toBe(303);
    }).toPass({ timeout: 20_000 });
  }
  await Promise.all(clients.map((client) => client.close()));
  await lead.goto(list);
  await expect(lead.getByRole('heading', { level: 1 })).toContainText('120 of 231 organisations have signed');
  await expectNoViolations(lead);

  // One takes it back and signs again.
  await page.locator('summary', { hasText: 'Take the signature back' }).click();
  await page.getByLabel('Why do you take it back?').fill('We merge.');
  await page.getByRole('button', { name: 'Take the signature back' }).click();
  await expect(banner(page)).toContainText('The signature is taken back');
  await lead.goto(`${list}?show=help`);
  await expect(lead.getByRole('row', { name: /Surgery 2 / })).toContainText('Taken back');
  await sign(page, 'Surgery 2');
  await expect(page.getByText('Your signature counts until')).toBeVisible();

  // One more member joins: it alone is asked, and the others stay.
  await does(programme, 'task/reopen', { ...on(GROUP), reason: 'One more practice.' });
  await lead.goto(`${journey}/tasks/${GROUP}`);
  const members = lead.getByLabel('Which organisations are its members?');
  await members.fill(`${await members.inputValue()}\nA00900 New Quay`);
  await lead.getByRole('button', { name: /^(Send|Submit)/ }).first().click();
  await expect(banner(lead)).toBeVisible();
  await does(programme, 'task/acknowledge', { ...on(GROUP), note: 'Recorded.' });
  await lead.goto(list);
  await expect(lead.getByRole('heading', { level: 1 })).toContainText('120 of 232 organisations have signed');
  await lead.goto(`${list}?show=unsigned&find=A00900`);
  await expect(lead.getByRole('row', { name: /New Quay/ })).toContainText('Not asked');
});
