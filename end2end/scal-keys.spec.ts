// The SCAL by keyboard alone: a supplier answers twenty rows, and reviewers judge twenty with a key for each. And by mouse: a file is dropped on a row.
import { expect, type Page, type Request } from '@playwright/test';
import { journeyOf, signedIn, test } from './support/demo.ts';

/** Presses Tab until what this selector names has the focus. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let press = 0; press < 80; press += 1) {
    if (await page.evaluate((selector) => document.activeElement?.matches(selector) ?? false, selector)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${selector} on ${page.url()}`);
}

/** What became of each save while typing: for whoever reads why words are missing. */
function savesOf(page: Page): string[] {
  const saves: string[] = [];
  const on = (request: Request): boolean => request.url().endsWith('/do/draft/autosave');
  page.on('request', (request) => on(request) && saves.push(`asked ${request.postData() ?? ''}`));
  page.on('response', (response) => on(response.request()) && saves.push(`answered ${response.status()}`));
  page.on('requestfailed', (request) => on(request) && saves.push(`failed ${request.failure()?.errorText ?? ''}`));
  return saves;
}

const row = (page: Page): string => new URL(page.url()).pathname.split('/').pop()!;

/** Goes on with the button that has the focus, and waits for the next row. */
async function goOn(page: Page): Promise<void> {
  const before = row(page);
  await tabTo(page, 'button[name="then"][value="next"]');
  await page.keyboard.press('Enter');
  await expect.poll(() => row(page)).not.toBe(before);
}

test('twenty rows are answered and twenty are judged without a mouse', async ({ browser, demo }) => {
  test.setTimeout(180_000);
  const northmoor = await signedIn(browser, demo, 'tom@northmoor.example');
  const supplier = await northmoor.newPage();
  const own = `${await journeyOf(northmoor, 'Maternity Companion')}/tasks/submit-scal`;
  await supplier.goto(`${own}?show=all`);
  await tabTo(supplier, 'a.gpc-code');
  await supplier.keyboard.press('Enter');
  await supplier.waitForURL(/submit-scal\/[a-z]/);
  const answered: string[] = [];
  while (answered.length < 20) {
    answered.push(row(supplier));
    await tabTo(supplier, `select#${row(supplier)}`);
    await supplier.keyboard.type('Met');
    await supplier.keyboard.press('Tab');
    await supplier.keyboard.press('Control+A');
    await supplier.keyboard.type(`By keyboard, number ${answered.length}.`);
    await goOn(supplier);
  }
  expect(new Set(answered).size).toBe(20);
  await supplier.goto(`${own}/${answered[19]}`);
  await expect(supplier.getByLabel('Answer and where the evidence is')).toHaveValue('By keyboard, number 20.');
  await expect(supplier.getByLabel('Answer', { exact: true })).toHaveValue('met');

  // Two teams have this round; together they judge twenty rows.
  const judged: string[] = [];
  for (const email of ['ingrid@programme.example', 'sanjay@programme.example']) {
    const programme = await signedIn(browser, demo, email);
    const reviewer = await programme.newPage();
    const theirs = `${await journeyOf(programme, 'Ward Round')}/tasks/submit-scal`;
    await reviewer.goto(`${theirs}?show=all`);
    await tabTo(reviewer, 'a.gpc-code');
    await reviewer.keyboard.press('Enter');
    await reviewer.waitForURL(/submit-scal\/[a-z]/);
    const own: string[] = [];
    let keys = 0;
    const press = async (key: string): Promise<void> => {
      keys += 1;
      await reviewer.keyboard.press(key);
    };
    await expect(reviewer.locator('.gpc-key')).toBeVisible();
    // There and back: the row that is open has the focus, so that the next key is for it.
    const first = row(reviewer);
    await reviewer.keyboard.press('j');
    await expect.poll(() => row(reviewer)).not.toBe(first);
    await expect(reviewer.locator('#open-row')).toBeFocused();
    await expect(reviewer.locator('.gpc-key')).toBeVisible();
    await reviewer.keyboard.press('k');
    await expect.poll(() => row(reviewer)).toBe(first);
    while (own.length < 10 && row(reviewer) !== 'submit-scal') {
      const before = row(reviewer);
      own.push(before);
      judged.push(before);
      await expect(reviewer.locator('.gpc-key')).toBeVisible();
      if (own.length === 5) {
        // A change is requested with the words that it needs: the cursor is in them.
        await press('c');
        await expect(reviewer.locator('textarea[id^="finding_"]')).toBeFocused();
        await reviewer.keyboard.type('Please show the request with all its headers.');
        await press('Control+Enter');
      } else {
        await press('a');
      }
      await expect.poll(() => row(reviewer)).not.toBe(before);
    }
    // One key for each row where nothing is wrong, two beside the words where something is.
    expect(keys).toBe(own.length + (own.length >= 5 ? 1 : 0));
    // The list of keys is a key away, and so is what is left to do.
    if (row(reviewer) !== 'submit-scal') {
      await expect(reviewer.locator('.gpc-key')).toBeVisible();
      await reviewer.keyboard.press('?');
      await expect(reviewer.getByText('accept, and open the next row')).toBeVisible();
    }
    for (const [at, verdict] of [[3, 'Accepted'], [4, 'Change requested']] as const) {
      await reviewer.goto(`${theirs}/${own[at]}?show=all`);
      await expect(reviewer.locator('.gpc-pane .nhsuk-tag').first()).toHaveText(verdict);
    }
  }
  expect(new Set(judged).size).toBe(20);
});

test('a file is dropped on a row', async ({ browser, demo }) => {
  const northmoor = await signedIn(browser, demo, 'amara@northmoor.example');
  const page = await northmoor.newPage();
  await page.goto(`${await journeyOf(northmoor, 'Maternity Companion')}/tasks/submit-scal/scal-org-07?show=all`);
  const place = page.locator('.gpc-pane .gpc-upload');
  await expect(place).toHaveAttribute('data-drop', 'You can also drop files here');
  const files = await page.evaluateHandle(() => {
    const data = new DataTransfer();
    data.items.add(new File(['captured'], 'dropped.txt', { type: 'text/plain' }));
    return data;
  });
  await place.dispatchEvent('drop', { dataTransfer: files });
  await expect(page.getByRole('link', { name: 'dropped.txt', exact: true })).toBeVisible();
});

test('words are saved when the row is left, not only a second later', async ({ browser, demo }) => {
  const northmoor = await signedIn(browser, demo, 'tom@northmoor.example');
  const page = await northmoor.newPage();
  const saves = savesOf(page);
  const own = `${await journeyOf(northmoor, 'Maternity Companion')}/tasks/submit-scal`;
  await page.goto(`${own}?show=all`);
  await page.locator('a.gpc-code').nth(2).click();
  await page.waitForURL(/submit-scal\/[a-z]/);
  const left = page.url();
  // By a link, within the second after the last key.
  await page.getByLabel('Answer and where the evidence is').fill('Typed, and left at once.');
  await page.locator('a.gpc-code').nth(3).click();
  await expect.poll(() => page.url()).not.toBe(left);
  await expect(async () => {
    await page.goto(left);
    await expect(page.getByLabel('Answer and where the evidence is')).toHaveValue('Typed, and left at once.', { timeout: 500 });
  }).toPass();
  // By a key: Escape leaves the field and the row.
  await page.getByLabel('Answer and where the evidence is').fill('Typed, and left by a key.');
  await page.keyboard.press('Escape');
  await expect.poll(() => page.url()).not.toBe(left);
  await expect(async () => {
    await page.goto(left);
    const kept = page.getByLabel('Answer and where the evidence is');
    await expect(kept, saves.join('\n')).toHaveValue('Typed, and left by a key.', { timeout: 500 });
  }).toPass({ timeout: 15_000 });
});

test('words that were typed before the scripts arrived are saved when the row is left', async ({ browser, demo }) => {
  const northmoor = await signedIn(browser, demo, 'tom@northmoor.example');
  const page = await northmoor.newPage();
  await page.goto(`${await journeyOf(northmoor, 'Maternity Companion')}/tasks/submit-scal?show=all`);
  await page.locator('a.gpc-code').nth(5).click();
  await page.waitForURL(/submit-scal\/[a-z]/);
  const left = page.url();
  // A slow line: the words are there before the script is.
  let arrive = (): void => undefined;
  const typed = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/*.wasm', async (route) => {
    await typed;
    await route.continue();
  });
  await page.reload({ waitUntil: 'domcontentloaded' });
  await page.getByLabel('Answer and where the evidence is').fill('Typed before the scripts arrived.');
  arrive();
  await expect(page.locator('.gpc-key')).toBeVisible();
  await page.locator('a.gpc-code').nth(6).click();
  await expect.poll(() => page.url()).not.toBe(left);
  await expect(async () => {
    await page.goto(left);
    const kept = page.getByLabel('Answer and where the evidence is');
    await expect(kept).toHaveValue('Typed before the scripts arrived.', { timeout: 500 });
  }).toPass({ timeout: 15_000 });
});
