// What a person on a slow line and a slow machine sees of the most visited pages: one line each, name and seconds.
//   node vitals.mjs http://127.0.0.1:3000
// 1.6 Mbit/s, 150 ms there and back, a processor four times as slow; nothing is in the cache. `make bench` runs it.
import { chromium } from '@playwright/test';

const [base] = process.argv.slice(2);
const PAGES = { 'start page': '/', 'picture of the journey': '/ecosystem/consumer', 'sign-in': '/sign-in', capability: '/capabilities/access-record-html' };

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run'],
});
for (const [name, path] of Object.entries(PAGES)) {
  const painted = [];
  const usable = [];
  for (let time = 0; time < 5; time += 1) {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    await session.send('Network.emulateNetworkConditions', { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 });
    await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    await page.goto(base + path, { waitUntil: 'load' });
    painted.push(
      await page.evaluate(
        () =>
          new Promise((resolve) => {
            new PerformanceObserver((list) => resolve(list.getEntries().at(-1).startTime)).observe({ type: 'largest-contentful-paint', buffered: true });
          }),
      ),
    );
    // Links work as soon as they are there; what islands add is there when the last of them is awake.
    await page.waitForLoadState('networkidle');
    usable.push(await page.evaluate(() => Math.max(performance.getEntriesByType('navigation')[0].domInteractive, ...performance.getEntriesByType('resource').map((one) => one.responseEnd))));
    await context.close();
  }
  const median = (values) => (values.sort((one, other) => one - other)[2] / 1000).toFixed(3);
  console.log(`largest paint, ${name}, slow line\t${median(painted)}`);
  console.log(`islands loaded, ${name}, slow line\t${median(usable)}`);
}
await browser.close();
