import { expect, type Page } from '@playwright/test';

/** A telephone, and a desktop window at 400% zoom: WCAG 1.4.10. */
const WINDOWS = [
  { width: 320, height: 640 },
  { width: 320, height: 256 },
];

/** Nothing scrolls sideways, except inside a box made for it (`gpc-scroll`). Names what sticks out. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  const before = page.viewportSize();
  for (const window of WINDOWS) {
    await page.setViewportSize(window);
    const tooWide = await page.evaluate(() => {
      const room = document.documentElement.clientWidth;
      if (document.documentElement.scrollWidth <= room) return [];
      return [...document.body.querySelectorAll('*')]
        .filter((element) => !element.closest('.gpc-scroll') && element.getBoundingClientRect().right > room + 0.5)
        .map((element) => `${element.tagName.toLowerCase()}.${element.getAttribute('class') ?? ''}`)
        .concat(`page: ${document.documentElement.scrollWidth} in ${room}`);
    });
    expect(tooWide, `${page.url()} at ${window.width} by ${window.height}`).toEqual([]);
  }
  if (before) await page.setViewportSize(before);
}

/** On a sheet of A4 (at 96 dots an inch, margins away) nothing is cut off, and the words are there. */
export async function expectPrintsWhole(page: Page): Promise<void> {
  const before = page.viewportSize();
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: 718, height: 1000 });
  const faults = await page.evaluate(() => {
    const root = document.scrollingElement!;
    const shown = (selector: string) => [...document.querySelectorAll(selector)].some((element) => (element as HTMLElement).checkVisibility());
    return [
      root.scrollWidth > root.clientWidth ? `${root.scrollWidth} wide on ${root.clientWidth}` : '',
      shown('h1') ? '' : 'no heading',
      shown('button, nav.nhsuk-header__navigation, .nhsuk-footer, .nhsuk-skip-link') ? 'what can only be clicked is printed' : '',
    ].filter((fault) => fault !== '');
  });
  await page.emulateMedia({ media: null });
  if (before) await page.setViewportSize(before);
  expect(faults, `${page.url()} on paper`).toEqual([]);
}
