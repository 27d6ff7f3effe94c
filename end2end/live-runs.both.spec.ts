// A supplier points its product at the address of a live run: the six steps for records and bookings, ten faults, mended, closed.
// The page follows by itself, and without script by being loaded again; a reviewer reads along.
import { readFileSync } from 'node:fs';
import { expect, test, type Page } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { openJourney, programme, supplier } from './support/people.ts';
import { HTML, Product, SLOTS, STRUCTURED, booking, section, slots, structured, type Fault } from './support/product.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';

const scripted = () => test.info().project.use.javaScriptEnabled !== false;

/** What is sent appears: by itself, and without script on the page as it is loaded next. */
async function appears(page: Page, words: string | RegExp): Promise<void> {
  if (!scripted()) await page.reload();
  await expect(page.locator('main')).toContainText(words, { timeout: 10_000 });
}

test('a product takes the six steps, fails ten ways, is mended, and the run is closed', async ({ browser }, info) => {
  test.setTimeout(120_000);
  const { page } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const journey = await openJourney(page, `Ward View ${Date.now().toString(36)}`);
  await page.getByRole('link', { name: 'Try the product against a simulated practice' }).click();
  await expect(page.getByText('There are none yet.')).toBeVisible();

  // What is missing is said; what was typed stays.
  await page.getByLabel('Which version of the product is tried?').fill('4.2');
  await page.getByRole('button', { name: 'Open a run' }).click();
  await expect(page.getByRole('link', { name: 'Select an environment' })).toBeVisible();
  await expect(page.getByLabel('Which version of the product is tried?')).toHaveValue('4.2');
  await expect(page.getByLabel('Access Record Structured')).toBeChecked();
  await page.getByLabel('Access Record HTML').check();
  await page.getByLabel('Appointment Management').check();
  await page.getByLabel('INT', { exact: true }).check();
  await page.getByRole('button', { name: 'Open a run' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Live run of version 4.2');
  const address = (await page.locator('dd').first().innerText()).trim();
  const run = new URL(page.url()).pathname;
  const product = new Product(address);

  // Step 1 and 2: the practice, and where its system is.
  const traced = await product.trace('9000000084', '1952-05-31');
  expect(traced.body.practice).toBe('T99999');
  const { root, asid } = await product.find('T99999', STRUCTURED);
  expect(asid).toBe('999999999999');
  await appears(page, /3\. GET SDS/);

  // Ten faults, each told by its own rule.
  const faults: [string, number, Fault][] = [
    ['HDR-01', 400, { headers: { 'Ssp-TraceID': 'not-a-uuid' } }],
    ['HDR-03', 400, { headers: { 'Ssp-From': undefined } }],
    ['HDR-06', 400, { headers: { 'Ssp-InteractionID': 'urn:nhs:names:services:gpconnect:nothing' } }],
    ['HDR-09', 400, { headers: { Authorization: undefined } }],
    ['JWT-06', 400, { claims: { exp: Math.floor(Date.now() / 1000) + 330 } }],
    ['JWT-08', 400, { claims: { aud: 'https://elsewhere.example.nhs.uk' } }],
    ['JWT-11', 400, { claims: { requested_scope: 'patient/*.write' } }],
    ['JWT-17', 400, { claims: { sub: 'somebody else' } }],
    ['REQ-11', 400, { body: structured(root, '9000000085').body }],
    ['BODY-01', 422, { body: { resourceType: 'Parameters', parameter: [] } }],
  ];
  for (const [rule, status, fault] of faults) {
    const answer = await product.send(structured(root), fault);
    expect(answer.body.resourceType, rule).toBe('OperationOutcome');
    expect(answer.status, rule).toBe(status);
    expect(JSON.stringify(answer.body), rule).toContain(rule);
  }
  await appears(page, /13\. POST/);
  await expect(page.locator('main')).toContainText('requested_scope');

  // Mended: the record, a section of it, and a booking that only one can have.
  const record = await product.send(structured(root));
  expect([record.status, record.body.type]).toEqual([200, 'collection']);
  const html = await product.find('T99999', HTML);
  expect((await product.send(section(html.root))).body.entry[0].resource.section[0].text.div).toContain('<h1>');
  const appointments = await product.find('T99999', SLOTS);
  const free = await product.send(slots(appointments.root));
  const slot = free.body.entry.find((entry: any) => entry.resource.resourceType === 'Slot').resource;
  const booked = await product.send(booking(appointments.root, slot));
  expect([booked.status, booked.headers.get('etag')]).toEqual([201, 'W/"1"']);
  expect((await product.send(booking(appointments.root, slot))).status).toBe(409);
  const cancelling = { ...booking(appointments.root, slot), interaction: 'fhir:rest:cancel:appointment-1', method: 'PUT', path: `/Appointment/${booked.body.id}` };
  const reason = { url: 'https://fhir.nhs.uk/STU3/StructureDefinition/Extension-GPConnect-AppointmentCancellationReason-1', valueString: 'Away' };
  const cancelled = { ...booked.body, status: 'cancelled', extension: [...booked.body.extension, reason] };
  expect((await product.send({ ...cancelling, body: cancelled, ifMatch: 'W/"9"' })).status).toBe(409);
  expect((await product.send({ ...cancelling, body: cancelled, ifMatch: 'W/"1"' })).body.status).toBe('cancelled');
  await appears(page, /24\. PUT/);
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);

  // Only what failed, and one request at an address that stays.
  await page.getByRole('link', { name: 'Only with a rule that failed' }).click();
  await expect(page.getByRole('heading', { name: /^13\. POST/ })).toBeVisible();
  await expect(page.getByRole('heading', { name: /^14\. POST/ })).toHaveCount(0);
  await page.getByRole('link', { name: /^13\. POST/ }).click();
  await expect(page.locator('article')).toContainText('There is no parameter patientNHSNumber.');
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);

  // A reviewer reads along, without tokens and without the address.
  const { page: reviewer } = await programme(browser, info, 'Ruth Delaney', 'functional_assurance');
  await reviewer.goto(run);
  await expect(reviewer.getByRole('heading', { name: /^24\. PUT/ })).toBeVisible();
  await expect(reviewer.locator('main')).not.toContainText('/try/');
  await expect(reviewer.getByRole('button', { name: 'Close this run' })).toHaveCount(0);

  // Closed: nothing more is taken, and the record can be kept.
  await page.goto(run);
  await page.getByRole('button', { name: 'Close this run' }).click();
  await expect(page.locator('.nhsuk-notification-banner--success')).toContainText('The run is closed');
  await expect(page.locator('main')).toContainText('Closed by the supplier. 24 requests.');
  expect((await product.send(structured(root))).status).toBe(410);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Download the run (JSON)' }).click()]);
  const kept = JSON.parse(readFileSync(await download.path(), 'utf8'));
  expect([kept.run.entries, kept.run.whole]).toEqual([24, true]);

  // The next run of the same kind says what became better.
  await page.goto(`${journey}/live-runs`);
  await page.getByLabel('Which version of the product is tried?').fill('4.3');
  await page.getByLabel('Access Record HTML').check();
  await page.getByLabel('Appointment Management').check();
  await page.getByLabel('INT', { exact: true }).check();
  // What is sent before the page listens is seen with whatever comes next: so it listens first.
  const listens = scripted() ? page.waitForResponse((response) => response.url().includes('/live/journeys/')) : null;
  await page.getByRole('button', { name: 'Open a run' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Live run of version 4.3');
  await listens;
  const next = new Product((await page.locator('dd').first().innerText()).trim());
  await next.send(structured(root), { headers: { 'Ssp-TraceID': 'x' } });
  // The trace id, and the version in the token, which is not the one that the run is about.
  await appears(page, '2 rules worse than before');
  await page.goto(`${journey}/live-runs`);
  await expect(page.getByRole('row')).toHaveCount(3);
  await expectNoViolations(page);
  await expectNoSidewaysScroll(page);
});
