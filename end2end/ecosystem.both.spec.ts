// The public pictures: by mouse, by keyboard alone, without script, on a telephone and at 400% zoom; what a screen reader
// is told of them is compared with docs/accessibility (UPDATE_TABLES=1 writes it anew).
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { programme } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

const scripted = () => test.info().project.use.javaScriptEnabled !== false;

for (const side of ['consumer', 'provider']) {
  test(`the ${side} picture reads as the journey`, async ({ page }) => {
    await page.goto(`/ecosystem/${side}`);
    const told = `${await page.locator('.gpc-eco').ariaSnapshot()}\n`;
    const file = new URL(`../docs/accessibility/ecosystem-${side}.txt`, import.meta.url);
    if (process.env.UPDATE_TABLES) writeFileSync(file, told);
    expect(told).toBe(readFileSync(file, 'utf8'));
    await expectNoViolations(page);
    // Where there is no room for it, the same line down the page.
    await page.setViewportSize({ width: 320, height: 640 });
    await expect(page.locator('.gpc-eco')).toBeHidden();
    await expect(page.locator('.gpc-tour a').first()).toBeVisible();
    const map = `${await page.locator('.gpc-eco-map').ariaSnapshot()}\n`;
    const mapped = new URL(`../docs/accessibility/ecosystem-${side}-map.txt`, import.meta.url);
    if (process.env.UPDATE_TABLES) writeFileSync(mapped, map);
    expect(map).toBe(readFileSync(mapped, 'utf8'));
    await expectNoViolations(page);
    await expectNoSidewaysScroll(page);
    // On paper it is there again.
    await page.emulateMedia({ media: 'print' });
    await expect(page.locator('.gpc-eco')).toBeVisible();
  });
}

test('a stage and a stop open by mouse and by keyboard', async ({ page }) => {
  await page.goto('/ecosystem/consumer');
  await page.locator('.gpc-eco').getByRole('link', { name: 'SCAL', exact: true }).click();
  await expect(page).toHaveURL(/\/stages\/consumer\/assure-a#n10$/);
  await expect(page.getByRole('heading', { name: 'What often goes wrong' })).toBeVisible();
  await page.goBack();
  await page.locator('.gpc-eco a').first().focus();
  await page.keyboard.press('Tab');
  await expect(page.locator('.gpc-eco a:focus')).toHaveAttribute('data-stop', 'n1');
  if (scripted()) {
    await page.keyboard.press('ArrowRight');
    await expect(page.locator('.gpc-eco a:focus')).toHaveAttribute('data-stop', 'n2');
    await page.keyboard.press('End');
    await expect(page.locator('.gpc-eco a:focus')).toHaveAttribute('data-stop', 'n16');
    await page.keyboard.press('Home');
    await expect(page.locator('.gpc-eco a:focus')).toHaveAttribute('data-stop', 'n1');
    await page.keyboard.press('Escape');
    await expect(page.locator('main')).toBeFocused();
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Save the picture as PNG' }).click();
    expect((await saved).suggestedFilename()).toBe('gp-connect-consumer.png');
    await page.locator('.gpc-eco a.sp').first().focus();
  }
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/stages\/consumer\/get-started#n1$/);
});

/** Every place on this service that a page leads to. */
async function links(page: Page): Promise<string[]> {
  const all = await page.locator('main a[href^="/"]').evaluateAll((found) => found.map((link) => link.getAttribute('href') ?? ''));
  return [...new Set(all)];
}

test('every link of the public pages resolves', async ({ page }) => {
  test.setTimeout(60_000);
  const seen = new Map<string, string>();
  const start = ['/', '/ecosystem/consumer', '/ecosystem/provider', '/capabilities', '/spine', '/example?moment=6', '/example?side=provider&moment=5', '/search?q=scal', '/glossary'];
  for (const path of start) {
    await page.goto(path);
    for (const link of await links(page)) seen.set(link, path);
  }
  for (const link of [...seen.keys()].filter((to) => to.startsWith('/stages/') && !to.includes('#'))) {
    await page.goto(link);
    for (const more of await links(page)) if (!seen.has(more)) seen.set(more, link);
  }
  const pages = new Map<string, string>();
  for (const [link, from] of seen) {
    const [path = '', anchor] = link.split('#');
    if (!pages.has(path)) {
      const answer = await page.request.get(path);
      expect(answer.status(), `${link} on ${from}`).toBe(200);
      pages.set(path, await answer.text());
    }
    if (anchor) expect(pages.get(path), `${link} on ${from}`).toContain(`id="${anchor}"`);
  }
  expect(seen.size).toBeGreaterThan(100);
});

test('an example journey is looked at without an account and cannot be changed', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('link', { name: 'See an example journey' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Harbour Bedside');
  await page.getByRole('link', { name: /^Next: / }).click();
  await page.getByRole('link', { name: /^Next: / }).click();
  await expect(page.getByRole('heading', { name: 'Moment 3 of 11: The use case came back' })).toBeVisible();
  await expect(page.getByText('Say which staff groups will see the record').first()).toBeVisible();
  await expect(page.locator('main form')).toHaveCount(0);
  await page.goto('/example?moment=11');
  await expect(page.getByText('Nothing: the product is live.')).toBeVisible();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
  // A provider has one of its own.
  await page.goto('/');
  await page.getByRole('link', { name: 'See an example of a provider journey' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Fenland Practice');
  await page.getByRole('link', { name: /^Next: / }).click();
  await expect(page.getByRole('heading', { name: 'Moment 2 of 10: A contact is named' })).toBeVisible();
  await page.goto('/example?side=provider&moment=10');
  await expect(page.getByText('Nothing: the product is live.')).toBeVisible();
  await page.getByRole('link', { name: 'see the example of a consumer' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Harbour Bedside');
});

test('the programme sees where every journey is', async ({ browser }, info) => {
  const { page } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  await page.getByRole('link', { name: 'See where every journey is' }).click();
  await expect(page.getByRole('heading', { name: 'Where every consumer journey is' })).toBeVisible();
  await page.locator('.gpc-eco').getByRole('link', { name: /^Design, .*\d+ journeys?$/ }).click();
  await expect(page.getByRole('heading', { name: 'At Design' })).toBeVisible();
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
});
