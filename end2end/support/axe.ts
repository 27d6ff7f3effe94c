import { expect, test, type Page } from '@playwright/test';
import axe from 'axe-core';

const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** WCAG 2.2, A and AA, colour contrast included. On failure it names each rule and each place. */
export async function expectNoViolations(page: Page): Promise<void> {
  const scripted = test.info().project.use.javaScriptEnabled !== false;
  const subject = scripted ? page : await copyWithScript(page);
  // Our pages have no frames: the checker is run as it is, which is five times faster than by its own driver.
  await subject.evaluate(axe.source);
  const violations = await subject.evaluate(async (runOnly) => (await window.axe.run({ runOnly, resultTypes: ['violations'] })).violations, RULES);
  if (subject !== page) await subject.context().close();
  const found = violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${rule.help}\n  at ${node.target.join(' ')}\n  ${node.html}`),
  );
  expect(found, `accessibility of ${page.url()}`).toEqual([]);
}

declare global {
  interface Window {
    axe: typeof axe;
  }
}

/** The checker is a script itself: it looks at a copy of the page as it stands, without the page's own scripts. */
async function copyWithScript(page: Page): Promise<Page> {
  const html = (await page.content()).replace(/<script\b[^>]*>.*?<\/script>/gis, '');
  const context = await page.context().browser()!.newContext({ javaScriptEnabled: true, viewport: page.viewportSize() });
  const copy = await context.newPage();
  await copy.route(page.url(), (route) => route.fulfill({ body: html, contentType: 'text/html; charset=utf-8' }));
  await copy.goto(page.url());
  return copy;
}
