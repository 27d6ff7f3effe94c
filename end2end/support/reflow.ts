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
