// One search box on every page: what people type is found, by whoever may read it; with and without script.
import { expect, test, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { openJourney, programme, supplier } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

async function fine(page: Page): Promise<void> {
  await expect(page.locator('h1')).toHaveCount(1);
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
}

/** Types into the box in the header, wherever one is, and presses the key that everybody presses. */
async function look(page: Page, asked: string): Promise<void> {
  const box = page.getByRole('banner').getByRole('searchbox', { name: 'Search the service' });
  await box.fill(asked);
  await box.press('Enter');
  await page.waitForURL((url) => url.pathname === '/search' && url.searchParams.get('q') === asked);
}

const first = (page: Page) => page.locator('.gpc-found a').first();

// What is typed, and where the first result leads.
const typed: [string, RegExp][] = [
  ['asids', /^\/glossary#asid$/],
  ['hazard logs', /^\/glossary#hazard-log$/],
  ['NHS numbers', /^\/glossary#nhs-number$/],
  ['declartion', /^\/stages\/consumer\//],
  ['pratice', /^\/stages\//],
  ['prerequisits', /^\/stages\/consumer\/get-started/],
  ['0160', /^\/glossary#dcb0160$/],
  ['smart card', /^\/spine\?step=3/],
  ['practice manager', /^\/stages\//],
  ['jwt', /^\/glossary#jwt$/],
  ['403', /^\/spine\?step=4/],
  ['no_patient_consent', /^\/spine\?step=5/],
  ['Ssp-TraceID', /^\/spine\?step=3#/],
  ['GPC-SPN-TST-10', /^\/scal\/spine#gpc-ssp10-01$/],
  ['GPC–SSP04–02', /^\/scal\/spine#gpc-ssp04-02$/],
  ['urn:nhs:names:services:gpconnect:fhir:operation:gpc.getcarerecord-1', /interaction=fhir:operation:gpc\.getcarerecord$/],
  ['send document', /^\/capabilities\/send-document$/],
];

test('anybody finds the guidance from any page', async ({ page }) => {
  test.setTimeout(120_000);
  await page.goto('/verify');
  for (const [asked, to] of typed) {
    await look(page, asked);
    await expect(first(page), asked).toHaveAttribute('href', to);
  }
  await look(page, 'hazard logs');
  await fine(page);
  await first(page).click();
  await expect(page).toHaveURL(/\/glossary#hazard-log$/);

  // A slip is told, and leads to what was meant.
  await look(page, 'declartion');
  await expect(page.getByText('Did you mean')).toBeVisible();
  await page.getByRole('link', { name: 'declaration', exact: true }).click();
  await expect(page.getByRole('heading', { name: /results for “declaration”/ })).toBeVisible();
  await fine(page);

  // Groups have their count and the way to all of them.
  await look(page, 'practice');
  const kinds = page.getByRole('navigation', { name: 'Kinds of results' });
  await expect(kinds.getByRole('link').first()).toBeVisible();
  await page.getByRole('link', { name: /^Show all \d+ in Rows of the SCAL/ }).click();
  await expect(page.getByRole('heading', { name: /^Rows of the SCAL: \d+ results/ })).toBeVisible();
  await fine(page);

  await look(page, 'nothing-is-called-this-zzqq');
  await page.goto('/search?q=zzqqj');
  await expect(page.getByRole('heading', { name: 'Nothing was found' })).toBeVisible();
  await expect(page.getByRole('main').getByRole('link', { name: 'the glossary' })).toBeVisible();
  await fine(page);
});

test('whoever is signed in finds their journeys, and nobody else’s', async ({ browser }, info) => {
  test.setTimeout(120_000);
  const mark = Date.now().toString(36);
  const { page: lead } = await supplier(browser, info, `O’Neill Quay ${mark}`, 'Zoë Fenwick');
  const { page: other } = await supplier(browser, info, `Tarnside ${mark}`, 'Terry Moss');
  const product = `MédiLien ${mark} – Round`;
  const journey = await openJourney(lead, product);
  const reference = journey.split('/').pop() ?? '';

  for (const asked of [`medilien ${mark}`, `round ${mark}`, `O'Neill ${mark}`, `o’neill round ${mark}`, reference, reference.replace('-', '').toLowerCase(), reference.replace('-', ' ')]) {
    await look(lead, asked);
    await expect(first(lead), asked).toHaveAttribute('href', journey);
    await look(other, asked);
    await expect(other.locator(`.gpc-found a[href^="${journey}"]`), asked).toHaveCount(0);
  }
  await look(lead, 'Zoe Fenwick');
  await expect(first(lead)).toHaveAttribute('href', '/organisation');
  await look(lead, `describe use case ${mark}`);
  await expect(first(lead)).toHaveAttribute('href', `${journey}/tasks/describe-use-case`);
  await fine(lead);

  // What was said is found by whoever may read it, and leads to the message.
  await lead.goto(`${journey}/messages`);
  const everybody = lead.getByRole('region', { name: 'Messages to everybody' });
  await everybody.getByLabel('Your message').fill(`The wagtail${mark} logs are in O'Hara’s file.`);
  await everybody.getByRole('button', { name: 'Send the message' }).click();
  await expect(lead.locator('.nhsuk-notification-banner--success')).toBeVisible();
  const { page: reviewer } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  for (const page of [lead, reviewer]) {
    await look(page, `wagtail${mark} O'Hara log`);
    await expect(first(page)).toHaveAttribute('href', new RegExp(`^${journey}/messages\\?message=`));
  }
  await first(reviewer).click();
  await expect(reviewer.getByText(`The wagtail${mark} logs`)).toBeVisible();
  await look(other, `wagtail${mark}`);
  await expect(other.locator('.gpc-found a')).toHaveCount(0);

  // The guidance is a click away, on a narrow page as well.
  await lead.goto('/journeys');
  for (const name of ['How it works', 'Capabilities', 'Spine', 'Glossary']) {
    await expect(lead.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name, exact: true })).toBeVisible();
  }
  await fine(lead);
});
