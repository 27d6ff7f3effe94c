import { expect, type Page } from '@playwright/test';

const INTERACTIVE = 'a[href], button:not([disabled]), input:not([type=hidden]):not([disabled]), select, textarea, summary, [tabindex="0"]';

/** Tab reaches whatever can be used, and each stop can be seen: WCAG 2.1.1, 2.4.7 and 2.4.11. */
export async function expectEverythingReachable(page: Page, path: string): Promise<void> {
  await page.goto(path);
  const expected = await page.evaluate((interactive) => {
    const seen = (element: Element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && element.getClientRects().length > 0;
    // Of the radio buttons of a group Tab stops at one; arrows go on.
    const groups = new Set<string>();
    let number = 0;
    for (const element of document.querySelectorAll(interactive)) {
      if (!seen(element) && !element.classList.contains('nhsuk-skip-link')) continue;
      if (element instanceof HTMLInputElement && element.type === 'radio') {
        if (groups.has(element.name)) continue;
        groups.add(element.name);
        const chosen = document.querySelector(`input[type=radio][name="${CSS.escape(element.name)}"]:checked`) ?? element;
        chosen.setAttribute('data-stop', String(number++));
        continue;
      }
      element.setAttribute('data-stop', String(number++));
    }
    return number;
  }, INTERACTIVE);
  const faults: string[] = [];
  const reached = new Set<string>();
  for (let press = 0; press < expected + 5; press += 1) {
    await page.keyboard.press('Tab');
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      const box = element.getBoundingClientRect();
      // The box around a radio button or a tick is drawn on its label.
      const drawn = element.matches('input[type=radio], input[type=checkbox]') && element.nextElementSibling ? [getComputedStyle(element.nextElementSibling, '::before'), getComputedStyle(element)] : [getComputedStyle(element), ...[...element.querySelectorAll('span')].map((inner) => getComputedStyle(inner))];
      const marked = drawn.some((style) => (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0 && !/, 0\)$/.test(style.outlineColor)) || style.boxShadow !== 'none');
      const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
      const name = `${element.tagName.toLowerCase()} “${(element.textContent || (element as HTMLInputElement).name || '').trim().slice(0, 40)}”`;
      const group = element instanceof HTMLInputElement && element.type === 'radio' ? document.querySelector(`[name="${CSS.escape(element.name)}"][data-stop]`) : element;
      return { stop: group?.getAttribute('data-stop') ?? null, marked, inView, name };
    });
    if (!stop) break;
    if (stop.stop !== null) reached.add(stop.stop);
    if (!stop.marked) faults.push(`${stop.name} shows no focus`);
    if (!stop.inView) faults.push(`${stop.name} has the focus out of sight`);
    if (reached.size === expected) break;
  }
  const missed = await page.evaluate((reached) => [...document.querySelectorAll('[data-stop]')].filter((element) => !reached.includes(element.getAttribute('data-stop')!)).map((element) => `not reached: ${element.outerHTML.slice(0, 120)}`), [...reached]);
  expect([...faults, ...missed], `by keyboard on ${page.url()}`).toEqual([]);
}
