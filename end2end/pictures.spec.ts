// The pictures of real journeys, in a demo of their own: what is drawn is measured by the browser, in windows of every width; the map
// takes the place of the picture; what is saved and printed says what it is. And what a telephone shows of a SCAL and of the header.
import { expect, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { journeyOf, signedIn, test } from './support/demo.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

type Box = { what: string; left: number; top: number; right: number; bottom: number };

/** Everything in the picture that may not lie on anything else: each text, against the others, the stops and the line. */
async function collisions(page: Page, picture: string): Promise<string[]> {
  return page.locator(picture).evaluate((svg) => {
    const box = (element: Element, what: string): Box => {
      const { left, top, right, bottom } = element.getBoundingClientRect();
      return { what, left, top, right, bottom };
    };
    const scale = svg.getBoundingClientRect().width / (svg as SVGSVGElement).viewBox.baseVal.width;
    // Lines of text have room above and below their letters, which may touch.
    const slim = (one: Box): Box => ({ ...one, top: one.top + 3 * scale, bottom: one.bottom - 3 * scale });
    const shown = [...svg.querySelectorAll('text')].filter((text) => text.checkVisibility() && (text.textContent ?? '').trim());
    const texts = shown.map((text) => slim(box(text, text.textContent!.trim())));
    const meet = (one: Box, two: Box) => one.left < two.right && two.left < one.right && one.top < two.bottom && two.top < one.bottom;
    const faults: string[] = [];
    texts.forEach((one, at) => {
      for (const two of texts.slice(at + 1)) if (meet(one, two)) faults.push(`“${one.what}” lies on “${two.what}”`);
    });
    const words = texts.filter((text) => text.what.length > 2);
    // A disc is as wide as its box only in its middle.
    const stops = [...svg.querySelectorAll('a.sp .n')].map((stop) => {
      const whole = box(stop, 'a stop');
      const edge = (whole.right - whole.left) * 0.06;
      return { ...whole, left: whole.left + edge, right: whole.right - edge };
    });
    const pills = [...svg.querySelectorAll('.pill')].map((pill) => box(pill, 'the pill'));
    const matrix = (svg as SVGSVGElement).getScreenCTM()!;
    const line: Box[] = [];
    for (const path of svg.querySelectorAll<SVGPathElement>('path.k, path.hd, path.g')) {
      for (let at = 0; at < path.getTotalLength(); at += 3) {
        const { x, y } = path.getPointAtLength(at).matrixTransform(matrix);
        const half = (path.classList.contains('g') ? 1.5 : 4) * scale;
        line.push({ what: 'the line', left: x - half, right: x + half, top: y - half, bottom: y + half });
      }
    }
    for (const one of words) {
      const what = new Set([...stops, ...line].filter((other) => meet(one, other)).map((other) => other.what));
      for (const other of what) faults.push(`“${one.what}” lies on ${other}`);
      if (one.what !== 'Next for you' && pills.some((pill) => meet(one, pill))) faults.push(`“${one.what}” lies on the pill`);
    }
    return faults;
  });
}

/** Who looks at which journey: just opened, half-way, at a witness test, live. */
const JOURNEYS: [string, string][] = [
  ['amara@northmoor.example', 'Maternity Companion 1.0'],
  ['joe@tarn.example', 'Night Service 1.2'],
  ['priya@larkfield.example', 'Referral Desk 1.4'],
  ['amara@northmoor.example', 'Bedside View 4.2'],
  ['grace@fenland.example', 'Fenland Practice 7.1'],
  ['grace@fenland.example', 'Fenland Practice 6.4'],
];

test('no word of a picture lies on another, on a stop or on the line, from 900 pixels up', async ({ browser, demo }) => {
  test.setTimeout(90_000);
  for (const [email, product] of JOURNEYS) {
    const page = await (await signedIn(browser, demo, email)).newPage();
    await page.goto(await journeyOf(page.context(), product));
    for (const width of [900, 1024, 1280]) {
      await page.setViewportSize({ width, height: 900 });
      await expect(page.locator('.gpc-eco')).toBeVisible();
      expect(await collisions(page, '.gpc-eco__svg'), `${product} at ${width}`).toEqual([]);
    }
    await page.close();
  }
  const programme = await (await signedIn(browser, demo, 'dana@programme.example')).newPage();
  for (const path of ['/ecosystem/consumer', '/ecosystem/provider', '/ecosystem/consumer/now', '/ecosystem/provider/now', '/example?moment=6', '/example?side=provider&moment=5']) {
    await programme.goto(path);
    for (const width of [900, 1280]) {
      await programme.setViewportSize({ width, height: 900 });
      expect(await collisions(programme, '.gpc-eco__svg'), `${path} at ${width}`).toEqual([]);
    }
  }
});

test('the ring of the engagement stays when its only task is completed', async ({ browser, demo }) => {
  const page = await (await signedIn(browser, demo, 'grace@fenland.example')).newPage();
  await page.goto(await journeyOf(page.context(), 'Fenland Practice 7.1'));
  const ring = page.locator('.gpc-eco .mid .part');
  await expect(ring).toHaveCount(1);
  const { width, height } = (await ring.boundingBox())!;
  expect(Math.min(width, height)).toBeGreaterThan(150);
});

test('below 900 pixels the line runs down the page, and only one of the two is read out', async ({ browser, demo }) => {
  const page = await (await signedIn(browser, demo, 'joe@tarn.example')).newPage();
  await page.goto(await journeyOf(page.context(), 'Night Service 1.2'));
  for (const [width, wide] of [[1280, true], [900, true], [899, true], [898, false], [768, false], [320, false]] as const) {
    await page.setViewportSize({ width, height: 800 });
    await expect(page.locator('.gpc-eco')).toBeVisible({ visible: wide });
    await expect(page.locator('.gpc-eco-map')).toBeVisible({ visible: !wide });
    await expect(page.getByRole('link', { name: /^Self-testing/ })).toHaveCount(1);
  }
  // A cycle goes back up beside the line, gates are triangles, two lines meet at the fifth stage.
  const map = page.locator('.gpc-tour');
  await expect(map.locator('.gpc-tour__head.is-fork')).toContainText('Test and assure');
  await expect(map.locator('.gpc-tour__head.is-join')).toContainText('Deploy');
  await expect(map.locator('.ah[transform$="rotate(-90)"]')).toHaveCount(2);
  await expect(map.getByRole('listitem').filter({ hasText: 'Study GP Connect prerequisites' }).locator('path.n').last()).toBeAttached();
  // Every stop leads somewhere, and its whole row can be pressed.
  const stops = map.locator('.gpc-tour__stop');
  await expect(stops).toHaveCount(17);
  for (const box of await Promise.all((await stops.all()).map((stop) => stop.boundingBox()))) expect(box!.height).toBeGreaterThanOrEqual(60);
  // The arrow keys go along it.
  await map.getByRole('link').first().focus();
  await page.keyboard.press('ArrowDown');
  await expect(map.locator('a:focus')).toHaveText('1 Get started');
  await page.keyboard.press('End');
  await expect(map.locator('a:focus')).toHaveText('Go Live');
  await page.keyboard.press('ArrowUp');
  await expect(map.locator('a:focus')).toHaveText('Commissioner and supplier deployment approach');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/tasks\/deployment-approach$/);
  await page.goBack();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
});

test('a stop that waits for NHS England says by when, and a plan how long the answers take', async ({ browser, demo }) => {
  const page = await (await signedIn(browser, demo, 'joe@tarn.example')).newPage();
  await page.goto(await journeyOf(page.context(), 'Pocket Pharmacist 0.9'));
  await expect(page.locator('.gpc-eco .mid')).toContainText(/due \d+ \w+/);
  await page.goto('/journeys/new?side=consumer');
  await page.getByLabel('What is the product called?').fill('Tide Table 1.0');
  await page.getByLabel('Access Record HTML', { exact: true }).check();
  await page.getByRole('group', { name: /HSCN/ }).getByLabel('Yes').check();
  await page.getByLabel('It cannot yet').check();
  await page.getByRole('group', { name: /already have a certificate/ }).getByLabel('No').check();
  await page.getByRole('group', { name: /other than your own/ }).getByLabel('No').check();
  await page.getByRole('group', { name: /supporting tasks/ }).getByLabel('Yes').check();
  await page.getByRole('button', { name: 'Show the plan' }).click();
  await expect(page.getByRole('heading', { name: 'Check the plan' })).toBeVisible();
  await expect(page.getByText(/Together these answers usually take about \d+ to \d+ working days\. Your own work is not counted\./)).toBeVisible();
});

test('a saved picture says what it is, from when and where', async ({ page, demo }) => {
  for (const side of ['consumer', 'provider']) {
    const answer = await page.request.get(`${demo.address}/ecosystem/${side}.svg`);
    const drawn = await answer.text();
    expect(drawn).toContain(`The ${side} journey to GP Connect</text>`);
    expect(drawn).toMatch(new RegExp(`/ecosystem/${side}, \\d+ \\w+ 20\\d\\d\\. Process version ${side}-`));
    await page.setContent(drawn);
    await page.setViewportSize({ width: 1320, height: 1100 });
    expect(await collisions(page, 'svg'), side).toEqual([]);
  }
});

test('a printed journey has its picture on the first sheet, with its date and address', async ({ browser, demo }) => {
  for (const [email, product] of [JOURNEYS[1]!, JOURNEYS[4]!]) {
    const page = await (await signedIn(browser, demo, email)).newPage();
    await page.goto(await journeyOf(page.context(), product));
    await page.setViewportSize({ width: 718, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.gpc-on-paper')).toContainText(/journeys\/[0-9A-Z]{4}-[0-9A-Z]{4}, \d+ \w+ 20\d\d$/);
    await expect(page.locator('.gpc-eco-map')).toBeHidden();
    const { y, height } = (await page.locator('.gpc-eco__svg').boundingBox())!;
    // A4 with the margins of a browser, at 96 dots an inch.
    expect(y + height, product).toBeLessThan(1045);
    await page.close();
  }
});

test('the small pictures have words that can be read, and links that can be hit', async ({ browser, demo }) => {
  const page = await (await signedIn(browser, demo)).newPage();
  for (const width of [320, 375, 700, 900, 1024, 1280]) {
    await page.setViewportSize({ width, height: 900 });
    await page.goto('/');
    const small = await page.locator('.gpc-hero').evaluateAll((heroes) =>
      heroes.flatMap((hero) => {
        const svg = hero.querySelector('svg')!;
        const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
        const texts = [...svg.querySelectorAll('text')].filter((text) => text.checkVisibility());
        const sizes = texts.map((text) => parseFloat(getComputedStyle(text).fontSize) * scale).filter((size) => size < 13.9);
        const links = [...hero.querySelectorAll('a')].filter((link) => link.checkVisibility());
        const low = links.map((link) => link.getBoundingClientRect().height).filter((height) => height < 24);
        return [...sizes.map((size) => `letters of ${size}`), ...low.map((height) => `a link ${height} high`), ...(links.length < 5 ? ['stages are missing'] : [])];
      }),
    );
    expect(small, `at ${width}`).toEqual([]);
  }
  await expectNoViolations(page);
});

test('on a telephone the header is low, and a SCAL shows one row at a time, with and without script', async ({ browser, demo }) => {
  for (const javaScriptEnabled of [true, false]) {
    const signed = await signedIn(browser, demo, 'joe@tarn.example');
    const context = await browser.newContext({ baseURL: demo.address, javaScriptEnabled, storageState: await signed.storageState(), viewport: { width: 320, height: 640 } });
    const page = await context.newPage();
    const journey = await journeyOf(page.context(), 'Care Home View 1.1');
    await page.goto(journey);
    expect((await page.locator('.nhsuk-header__container').boundingBox())!.height).toBeLessThanOrEqual(140);
    for (const name of ['Notifications', 'Sign out']) {
      const control = page.getByRole(name === 'Sign out' ? 'button' : 'link', { name: new RegExp(`^${name}`) });
      await expect(control).toBeVisible();
      expect((await control.boundingBox())!.height).toBeGreaterThanOrEqual(24);
    }
    await page.goto(`${journey}/tasks/submit-scal?show=all`);
    const rows = page.locator('.gpc-grid--scal tbody tr:not(.is-section)');
    const heights = await rows.evaluateAll((all) => all.map((row) => row.getBoundingClientRect().height));
    expect(heights.length).toBeGreaterThan(90);
    expect(Math.max(...heights)).toBeLessThan(90);
    await expectNoSidewaysScroll(page);
    await rows.nth(2).getByRole('link').click();
    await expect(page.locator('.gpc-pane')).toBeVisible();
    await expect(page.locator('.gpc-list')).toBeHidden();
    await expect(page.getByRole('heading', { name: 'Progress' })).toBeHidden();
    await expect(page.getByText(/^Row 3 of \d+/)).toBeVisible();
    await page.getByRole('link', { name: 'Next', exact: true }).click();
    await expect(page.getByText(/^Row 4 of \d+/)).toBeVisible();
    await page.getByRole('link', { name: 'Previous', exact: true }).click();
    await expect(page.getByText(/^Row 3 of \d+/)).toBeVisible();
    if (javaScriptEnabled) await expectNoViolations(page);
    await page.getByRole('link', { name: 'Back to the list' }).click();
    await expect(page.locator('.gpc-list')).toBeVisible();
    await context.close();
  }
});
