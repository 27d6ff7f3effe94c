// The whole way: one consumer journey from registration to Go Live, walked by its three sides, every task settled. With
// rework in the use case, the tests and the SCAL, a task that two people agree to do without, and one opened again.
import { expect, test } from '@playwright/test';
import { programme, supplier } from './support/people.ts';
import { acceptRest, finish, judge, signOff, submitScal } from './support/scal.ts';
import { answer, approve, banner, checkMember, colleague, fill, issue, party, returnWith, send, sign, today, todayInWords } from './support/walk.ts';

test('a consumer journey is walked to Go Live by its three sides', async ({ browser }, info) => {
  test.setTimeout(600_000);
  const { page: lead } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const { page: officer } = await colleague(browser, info, lead, 'Tom Okafor', ['Clinical safety officer', 'Signatory']);
  const { page: chief } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');
  const { page: assurance } = await programme(browser, info, 'Sam Whitlock', 'functional_assurance');
  const { page: clinical } = await programme(browser, info, 'Dr Ines Moreau', 'clinical_safety');
  const { page: governance } = await programme(browser, info, 'Gwen Parry', 'information_governance');
  const { page: platform } = await programme(browser, info, 'Pat Lindqvist', 'platform_support');
  const { page: service } = await programme(browser, info, 'Vera Holm', 'service_management');

  // Opened with the answers that give the longest plan: no network yet, no PDS route yet, other organisations use it.
  const product = `Bedside View ${Date.now().toString(36)}`;
  await lead.goto('/journeys/new?side=choose');
  await lead.getByRole('link', { name: 'It uses GP records held elsewhere' }).click();
  await lead.getByLabel('What is the product called?').fill(product);
  await lead.getByLabel('Access Record Structured', { exact: true }).check();
  await lead.getByRole('group', { name: /HSCN/ }).getByLabel('No').check();
  await lead.getByLabel('It cannot yet').check();
  await lead.getByRole('group', { name: /already have a certificate/ }).getByLabel('No').check();
  await lead.getByRole('group', { name: /other than your own/ }).getByLabel('Yes').check();
  await lead.getByRole('group', { name: /supporting tasks/ }).getByLabel('Yes').check();
  await lead.getByRole('button', { name: 'Show the plan' }).click();
  await lead.getByRole('button', { name: 'Start the journey' }).click();
  await expect(lead.getByRole('heading', { name: product, level: 1 })).toBeVisible();
  const journey = new URL(lead.url()).pathname;

  // Get started and explore; engagement, with a second round of the use case.
  for (const task of ['read-capabilities', 'study-prerequisites', 'try-demonstrator', 'choose-capabilities', 's-cso', 's-hscn']) await send(lead, journey, task);
  await send(lead, journey, 'contact-gp-connect-team');
  await answer(chief, journey, 'contact-gp-connect-team');
  const describe = async (first: () => Promise<void> = async () => {}) => {
    await lead.goto(`${journey}/tasks/describe-use-case`);
    await first();
    await fill(lead.locator('#answers'), 'Ward staff see the GP record at the bedside.');
    await lead.getByRole('button', { name: 'Continue' }).click();
    await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
    await expect(lead.getByText(/Use case, round \d, submitted/)).toBeVisible();
  };
  await describe();
  await returnWith(chief, journey, 'obtain-use-case-approval', /Who will use it and when/, 'Name the roles.');
  await describe(() => lead.getByLabel('Who will use it and when?', { exact: true }).fill('Ward pharmacists, at admission.'));
  await approve(chief, journey, 'obtain-use-case-approval');
  await send(lead, journey, 'contact-assurance-team');
  await answer(assurance, journey, 'contact-assurance-team');
  await send(officer, journey, 's-clinical-meeting-1');
  await answer(clinical, journey, 's-clinical-meeting-1');
  await issue(assurance, journey, 'receive-scal');

  // The end users and the commissioner get a part as soon as the use case is approved.
  const { page: users } = await party(browser, info, lead, journey, {
    part: 'It will use the product',
    organisation: 'Eastmere University Hospitals',
    code: `T${Date.now() % 100_000}`,
    roles: ['End-user group lead', 'End-user clinical safety officer', 'Authorised person'],
    name: 'Dr Leah Sand',
  }, chief);
  const { page: board } = await party(browser, info, chief, journey, {
    part: 'It leads the deployment',
    organisation: 'Eastmere Integrated Care Board',
    code: `Q${Date.now() % 100_000}`,
    roles: [],
    name: 'Omar Reid',
  });
  await send(users, journey, 'start-end-user-engagement');
  await answer(chief, journey, 'start-end-user-engagement');
  await send(users, journey, 'data-sharing-agreement');
  await sign(users, journey, 'data-sharing-agreement', 'Dr Leah Sand');
  await sign(chief, journey, 'data-sharing-agreement', 'Ruth Delaney');

  // Development; what Spine must know; the tests, the first of them with evidence and twice.
  await send(lead, journey, 'develop-product');
  for (const task of ['s-pds-route', 's-mpv', 's-endpoint', 's-fqdn']) {
    await send(lead, journey, task);
    await answer(task === 's-pds-route' ? assurance : platform, journey, task);
  }
  await send(officer, journey, 's-clinical-meeting-2');
  await answer(clinical, journey, 's-clinical-meeting-2');
  const internet = 'test-internet-demonstrator';
  await lead.goto(`${journey}/tasks/${internet}`);
  await lead.locator('#answers #files').setInputFiles([
    { name: 'requests.log', mimeType: 'text/plain', buffer: Buffer.from('GET /Patient/2\n') },
    { name: 'tool.exe', mimeType: 'application/x-msdownload', buffer: Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0]) },
  ]);
  await lead.locator('#answers').getByRole('button', { name: /^Upload/ }).nth(1).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('tool.exe');
  await expect(lead.getByRole('link', { name: 'requests.log', exact: true })).toBeVisible();
  await fill(lead.locator('#answers'), 'As the test scripts say.');
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await expect(banner(lead)).toContainText("It is the turn of NHS England");
  await returnWith(assurance, journey, internet, /Which tests did you run/, 'Name the scripts.');
  await lead.goto(`${journey}/tasks/${internet}`);
  await lead.getByLabel('Which tests did you run?', { exact: true }).fill('GPC-STR-TST-GEN-02 to GEN-27.');
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await expect(banner(lead)).toContainText("It is the turn of NHS England");
  await assurance.goto(`${journey}/tasks/${internet}`);
  await expect(assurance.getByText(/1 of \d+ answers changed/)).toBeVisible();
  await approve(assurance, journey, internet);
  await send(lead, journey, 'test-opentest');
  await approve(assurance, journey, 'test-opentest');
  await send(officer, journey, 's-clinical-meeting-3');
  await answer(clinical, journey, 's-clinical-meeting-3');
  await send(lead, journey, 'test-int-demonstrator');
  await approve(assurance, journey, 'test-int-demonstrator');

  // The SCAL: every row answered, one comes back, three teams accept their sections.
  for (const task of ['s-dspt', 's-pentest']) {
    await send(lead, journey, task);
    await approve(governance, journey, task);
  }
  await submitScal(lead, journey);
  await judge(clinical, journey, 'scal-cs-04', 'Request a change', 'Add the date of the review.');
  await acceptRest(clinical, journey);
  await finish(clinical, journey, 'Your findings are recorded');
  // It goes back when every team has finished.
  await lead.goto(`${journey}/tasks/submit-scal`);
  await expect(lead.getByRole('heading', { name: '1 of 3 teams have finished' })).toBeVisible();
  for (const reviewer of [assurance, governance]) await signOff(reviewer, journey);
  await submitScal(lead, journey, 'Reviewed on 2 March 2026, evidence pack, chapter 3.');
  for (const reviewer of [assurance, clinical, governance]) await signOff(reviewer, journey);
  await send(lead, journey, 's-int-data-sharing');
  await answer(platform, journey, 's-int-data-sharing');
  await send(lead, journey, 'test-int-providers');
  await approve(assurance, journey, 'test-int-providers');
  await issue(assurance, journey, 'receive-technical-conformance-certificate');
  await lead.goto(`${journey}/tasks/receive-technical-conformance-certificate`);
  await expect(lead.locator('.gpc-cert__number')).toBeVisible();

  // The service desk is opened again: the agreement waits for it, and nothing that was written is lost.
  await send(lead, journey, 's-service-desk');
  await answer(service, journey, 's-service-desk');
  await chief.goto(`${journey}/tasks/s-service-desk`);
  await chief.getByText('Open it again', { exact: true }).first().click();
  await chief.getByLabel('Why is it opened again?').fill('The telephone number has changed.');
  await chief.getByRole('button', { name: 'Open it again' }).click();
  await expect(banner(chief)).toContainText('It is open again');
  await lead.goto(`${journey}/tasks/receive-connection-agreement`);
  await expect(lead.getByRole('heading', { name: 'You cannot do this yet' })).toBeVisible();
  await send(lead, journey, 's-service-desk');
  await answer(service, journey, 's-service-desk');
  await send(lead, journey, 'receive-connection-agreement');
  await sign(officer, journey, 'receive-connection-agreement', 'Tom Okafor');
  await sign(chief, journey, 'receive-connection-agreement', 'Ruth Delaney');

  // The end users look at the SCAL and declare.
  await send(users, journey, 'end-user-reviews-scal');
  for (const code of ['T99901', 'T99902']) await checkMember(users, journey, code);
  await send(users, journey, 'end-user-declaration');
  await sign(users, journey, 'end-user-declaration', 'Dr Leah Sand');
  await sign(chief, journey, 'end-user-declaration', 'Ruth Delaney');

  // Deployment: three teams approve, the commissioner plans; the pilot is done without, by two people.
  await send(lead, journey, 'approval-to-go-live');
  for (const reviewer of [chief, service, clinical]) await approve(reviewer, journey, 'approval-to-go-live');
  await send(board, journey, 'deployment-approach');
  await approve(chief, journey, 'deployment-approach');
  await send(lead, journey, 's-production-access');
  await answer(platform, journey, 's-production-access');
  await lead.goto(`${journey}/tasks/s-first-of-type`);
  await lead.getByText('Ask to skip this task').click();
  await lead.getByLabel('Why is it not needed?').fill('The product is live elsewhere with the same release.');
  await lead.getByRole('button', { name: 'Ask to skip it' }).click();
  await expect(banner(lead)).toContainText('A programme lead decides');
  await chief.goto(`${journey}/tasks/s-first-of-type`);
  await chief.getByRole('button', { name: 'Agree to skip it' }).click();
  await expect(banner(chief)).toContainText('not needed any more');
  await lead.goto(`${journey}/tasks/go-live`);
  await lead.getByRole('link', { name: /^Record Willow Lane Surgery/ }).click();
  await lead.getByLabel('Day of its first successful live call').fill(today());
  await lead.getByRole('button', { name: 'Record the site' }).click();
  await expect(banner(lead)).toContainText(`Willow Lane Surgery is recorded as live since ${todayInWords()}`);
  await send(lead, journey, 'go-live');
  await expect(banner(lead)).toContainText(`${product} is live`);

  // After Go Live the SCAL is kept up to date; then nothing waits for anybody, and the history verifies itself.
  await send(lead, journey, 's-uplift');
  await approve(assurance, journey, 's-uplift');
  await lead.goto(`${journey}?show=all`);
  const words = await lead.locator('.nhsuk-task-list__status').allInnerTexts();
  expect(words.map((word) => word.trim()).filter((word) => !/^(Completed|Not needed)$/.test(word))).toEqual([]);
  expect(words.length).toBeGreaterThan(35);
  await users.goto(journey);
  await expect(users.getByRole('heading', { name: 'The product is live' })).toBeVisible();
  await lead.goto(`${journey}/history`);
  await expect(lead.getByText(/Verified when this page was made: \d+ entries/)).toBeVisible();
});
