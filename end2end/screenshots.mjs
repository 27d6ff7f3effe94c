// The pictures of docs/screenshots, taken from a fresh demo: run `make demo` in another terminal, then
//   node end2end/screenshots.mjs http://127.0.0.1:3000
// It sends one use case again and leaves one refused form behind in that demo.
import { chromium } from '@playwright/test';

const [base] = process.argv.slice(2);
const folder = new URL('../docs/screenshots/', import.meta.url).pathname;
const PASSWORD = 'river copper lantern';

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--no-first-run'],
});

// Whoever looks, or nobody; `then` does what is to be seen.
async function look(email, then) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  const page = await context.newPage();
  if (email) {
    await page.goto(`${base}/sign-in`);
    await page.getByLabel('Email address').fill(email);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.locator('main button[type=submit]').click();
    await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
  }
  await then({
    page,
    // The address of somebody's journey by the name of its product.
    async journey(product) {
      await page.goto(`${base}/journeys?find=${encodeURIComponent(product)}`);
      return page.getByRole('link', { name: product }).first().getAttribute('href');
    },
    // A page, as wide as `width` and cut after `height`.
    async take(name, path, { width = 1280, height = 0 } = {}) {
      await page.setViewportSize({ width, height: height || 1000 });
      if (path) await page.goto(base + path.split('#')[0]);
      await page.waitForTimeout(500); // for the islands; an open page listens on, so its network is never idle
      await page.screenshot({ path: `${folder}${name}.png`, fullPage: height === 0 });
      console.log(name);
    },
  });
  await context.close();
}

await look('', async ({ take }) => {
  await take('start', '/');
  await take('ecosystem', '/ecosystem/consumer');
  await take('ecosystem-800', '/ecosystem/consumer', { width: 800 });
  await take('ecosystem-320', '/ecosystem/consumer', { width: 320 });
  await take('ecosystem-provider', '/ecosystem/provider');
  await take('ecosystem-provider-800', '/ecosystem/provider', { width: 800 });
  await take('ecosystem-provider-320', '/ecosystem/provider', { width: 320 });
});

await look('amara@northmoor.example', async ({ take, journey }) => {
  await take('organisation', '/organisation');
  const ward = await journey('Ward Round 1.4');
  await take('journey', ward, { height: 1760 });
  await take('gate', `${ward}/tasks/approval-to-go-live`);
  await take('history', `${ward}/history`, { height: 1600 });
  await take('scal-safety', `${ward}/tasks/submit-scal/safety`);
});

await look('joe@tarn.example', async ({ take, journey, page }) => {
  const night = await journey('Night Service 1.2');
  await take('journey-supplier', night);
  await take('journey-supplier-320', night, { width: 320 });
  // Both findings are answered and sent, so that the reviewer sees a second round.
  await page.goto(`${base}${night}/tasks/describe-use-case`);
  await page.getByLabel('How does the data support direct care?').fill('The clinician decides whether a medicine is safe to give tonight: current medicines and allergies are read before prescribing.');
  await page.getByLabel('Which organisations will use it?').fill('Eastvale Hospitals from the first day, then Brackendale Surgery. About 220 people at 6 sites in the first year.');
  await page.getByRole('button', { name: /Check your answers|Continue/ }).click();
  await page.waitForURL(/check$/);
  await take('use-case-check', '');
  await page.locator('main').getByRole('button', { name: /Submit|Send/ }).first().click();
  await page.waitForURL((url) => !url.pathname.endsWith('/check'));
  const care = await journey('Care Home View 1.1');
  await page.goto(`${base}${care}/tasks/submit-scal`);
  await take('scal-supplier', await page.locator('table a.gpc-code').first().getAttribute('href'), { height: 1000 });
});

await look('priya@larkfield.example', async ({ take, journey, page }) => {
  const hospice = await journey('Hospice Notes 2.0');
  await page.goto(`${base}${hospice}/tasks/describe-use-case`);
  await page.getByRole('button', { name: /Check your answers|Continue/ }).click();
  await page.getByRole('heading', { name: 'There is a problem' }).waitFor();
  await take('use-case-error', '', { height: 1800 });
  await take('scal-new-version', `${await journey('Urgent Care Link 5.0')}/tasks/submit-scal/new-version`);
});

await look('dana@programme.example', async ({ take, journey }) => {
  await take('worklist', '/worklist');
  await take('review-2', `${await journey('Night Service 1.2')}/tasks/obtain-use-case-approval`);
  await take('certificate', `${await journey('Bedside View 4.2')}/tasks/receive-technical-conformance-certificate`);
});

await look('sanjay@programme.example', async ({ take, journey, page }) => {
  await page.goto(`${base}${await journey('Ward Round 1.4')}/tasks/submit-scal`);
  await take('scal-reviewer', await page.locator('table a.gpc-code').first().getAttribute('href'), { height: 1000 });
});

await look('olive@service.example', async ({ take }) => take('catalogue', '/catalogue'));

await browser.close();
