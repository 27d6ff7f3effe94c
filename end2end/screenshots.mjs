// The pictures of docs/screenshots, taken from a fresh demo: run `make demo` in another terminal, then
//   node end2end/screenshots.mjs http://127.0.0.1:3000 data-demo/mail
// It sends one use case again, asks somebody by email to sign, and leaves one refused form behind in that demo.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from '@playwright/test';

const [base, mail] = process.argv.slice(2);
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
    if (page.url().includes('/sign-in/second-step')) {
      await page.locator('#code').fill(await page.locator('#shared-code').textContent());
      await page.locator('main button[type=submit]').first().click();
    }
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
  await page.getByLabel('How does the data support direct care?', { exact: true }).fill('The clinician decides whether a medicine is safe to give tonight: current medicines and allergies are read before prescribing.');
  await page.getByLabel('Which organisations will use it?', { exact: true }).fill('Eastvale Hospitals from the first day, then Brackendale Surgery. About 220 people at 6 sites in the first year.');
  await page.getByRole('button', { name: /Check your answers|Continue/ }).click();
  await page.waitForURL(/check$/);
  await take('use-case-check', '');
  await page.locator('main').getByRole('button', { name: /Submit|Send/ }).first().click();
  await page.waitForURL((url) => !url.pathname.endsWith('/check'));
  const care = await journey('Care Home View 1.1');
  // A run, the rows that it answers, one of these, and what every row rests on.
  await page.goto(`${base}${care}/tasks/submit-scal/evidence`);
  await page.getByLabel('Product version that is assessed').fill('1.1');
  await page.getByRole('button', { name: 'Save the version' }).click();
  await page.goto(`${base}${care}/live-runs`);
  await take('live-runs', '');
  await take('live-run', await page.locator('table a').first().getAttribute('href'), { height: 1800 });
  await take('live-run-320', page.url().slice(base.length), { width: 320, height: 1800 });
  await page.goto(`${base}${care}/live-runs`);
  await take('live-run-failed', `${await page.locator('table a').last().getAttribute('href')}?failed=yes`, { height: 2400 });
  await take('captures', `${care}/captures`);
  await take('traceability', `${care}/traceability`, { height: 1600 });
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

await look('dana@programme.example', async ({ take, journey, page }) => {
  await take('worklist', '/worklist');
  await take('figures', '/worklist/figures', { height: 1400 });
  await take('rules-failing', '/worklist/rules');
  await take('notifications', '/notifications', { height: 1000 });
  await take('search', '/search?q=hazard+logs', { height: 1200 });
  // What would be decided, looked at and left.
  await page.goto(`${base}${await journey('Urgent Care Link 5.0')}/tasks/approval-to-go-live`);
  await page.getByLabel('Accept the rest:').check();
  await page.locator('#review section.gpc-answer').first().getByRole('textbox').fill('Say who is called when it fails.');
  await page.locator('#review section.gpc-answer').first().getByLabel('Request a change').check();
  await page.getByRole('button', { name: 'Return to supplier', exact: true }).click();
  await page.waitForURL(/\/check/);
  await take('review-check', '');
  await take('review-2', `${await journey('Night Service 1.2')}/tasks/obtain-use-case-approval`);
  await take('certificate', `${await journey('Bedside View 4.2')}/tasks/receive-technical-conformance-certificate`);
});

await look('sanjay@programme.example', async ({ take, journey, page }) => {
  await page.goto(`${base}${await journey('Ward Round 1.4')}/tasks/submit-scal`);
  await take('scal-reviewer', await page.locator('table a.gpc-code').first().getAttribute('href'), { height: 1000 });
});

// What is signed, where it is used, and what anybody can check.
await look('amara@northmoor.example', async ({ take, journey }) => {
  const bedside = await journey('Bedside View 4.2');
  await take('sites', `${bedside}/tasks/go-live`);
  await take('sites-320', `${bedside}/tasks/go-live`, { width: 320 });
  await take('site', `${bedside}/tasks/go-live/t99952`);
  await take('agreement', `${bedside}/tasks/receive-connection-agreement`);
});

await look('', async ({ take, page }) => {
  await take('register', '/register-of-products');
  await page.goto(`${base}/register-of-products?find=Bedside`);
  await page.locator('main').getByRole('link', { name: /Bedside View/ }).first().click();
  await page.waitForURL(/register-of-products\/./);
  await page.locator('main').getByRole('link', { name: /^Check / }).first().click();
  await page.waitForURL(/\/verify\//);
  await take('verify', '');
  await page.goto(`${base}/register-of-products?find=Theatre`);
  await page.locator('main').getByRole('link', { name: /Theatre List/ }).first().click();
  await page.waitForURL(/register-of-products\/./);
  await page.locator('main').getByRole('link', { name: /^Check / }).first().click();
  await page.waitForURL(/\/verify\//);
  await take('verify-suspended', '');
});

// The newest letter to this address that holds this; it waits for it.
async function letter(email, holds) {
  for (let tries = 0; tries < 60; tries += 1) {
    const texts = readdirSync(mail).filter((file) => file.endsWith('.eml')).map((file) => readFileSync(join(mail, file), 'utf8'));
    const found = texts.reverse().map((text) => text.startsWith(`To: ${email}\n`) && text.match(holds)).find(Boolean);
    if (found) return found[0];
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`no letter to ${email}`);
}

if (mail) {
  await look('bea@saltmarsh.example', async ({ take, journey, page }) => {
    const list = `${await journey('Shared Care Window 2.1')}/tasks/data-sharing-agreement/signatories`;
    await page.goto(base + list);
    await page.getByLabel('Who signs for which member?').fill('T99951, Rae Reader, rae@willow.example');
    await page.getByRole('button', { name: 'Send the emails' }).click();
    await take('signatories', list);
    await take('signatories-40', `${await journey('Urgent Care Link 5.0')}/tasks/data-sharing-agreement/signatories`, { height: 1400 });
  });
  await look('', async ({ take, page }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto(await letter('rae@willow.example', /http\S+\/sign\/\S+/));
    await take('sign-1-320', '', { width: 320 });
    await page.getByRole('button', { name: 'Email me a code' }).click();
    const code = await letter('rae@willow.example', /Your code is \d{6}/);
    await page.getByLabel('Code').fill(code.slice(-6));
    await page.getByRole('button', { name: 'Continue' }).click();
    await take('sign-2-320', '', { width: 320 });
    await page.getByRole('radio', { name: 'Caldicott Guardian' }).check();
    for (const tick of await page.getByRole('checkbox').all()) await tick.check();
    await page.getByRole('button', { name: /^Sign for/ }).click();
    await take('sign-3-320', '', { width: 320 });
  });
}

await look('olive@service.example', async ({ take, page }) => {
  await take('operator', '/operator');
  await take('audit', '/audit', { height: 1000 });
  await take('catalogue', '/catalogue');
  await page.goto(`${base}/guidance/words/asid`);
  await page.getByLabel('What should it say?').fill('The number of one system at one organisation, of 12 digits. Spine knows the system by it.');
  await page.getByLabel('Why is it corrected?').fill('It did not say how many digits.');
  await page.getByRole('button', { name: 'Preview the text' }).click();
  await page.getByRole('button', { name: 'Propose the text' }).click();
  await page.waitForURL(/words\/asid/);
});

await look('omar@service.example', async ({ take }) => take('guidance-text', '/guidance/words/asid'));

// What a product is tried against.
await look('', async ({ take }) => {
  await take('spine', '/spine', { height: 1400 });
  await take('spine-check', '/spine/check');
  await take('spine-rules', '/spine/rules', { height: 1400 });
});

await browser.close();
