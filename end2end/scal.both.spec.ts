// The SCAL as a workbench: three people of one supplier answer it at once, two teams and the technical architect review it
// over three rounds, with a change, a condition and a justification that does not stand.
import { expect, test } from '@playwright/test';
import { expectNoViolations } from './support/axe.ts';
import { programme, supplier } from './support/people.ts';
import { expectNoSidewaysScroll } from './support/reflow.ts';
import { acceptRest, finish, judge, signOff, submitScal } from './support/scal.ts';
import { atScal, banner, colleague } from './support/walk.ts';

test('many answer and review one SCAL over three rounds', async ({ browser }, info) => {
  test.setTimeout(480_000);
  const { page: lead } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const { page: developer } = await colleague(browser, info, lead, 'Tomi Achebe', ['Developer']);
  const { page: officer } = await colleague(browser, info, lead, 'Dr Hana Marsh', ['Clinical safety officer']);
  const teams = ['programme_lead', 'functional_assurance', 'clinical_safety', 'information_governance', 'technical_architect'];
  const seats = [];
  for (const [at, team] of teams.entries()) seats.push((await programme(browser, info, `Reviewer Number${at}`, team)).page);
  const [chief, assurance, clinical, governance, architect] = seats as [typeof lead, typeof lead, typeof lead, typeof lead, typeof lead];
  const journey = await atScal(lead, chief, assurance, 'Ward Letters 4');
  const scal = `${journey}/tasks/submit-scal`;

  // Nothing is answered: submitting says what is missing, with a link to each row.
  await lead.goto(scal);
  await expect(lead.getByText(/0 of \d+ rows/)).toBeVisible();
  await expectNoViolations(lead);
  await lead.getByRole('button', { name: 'Submit round 1' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('You cannot submit the SCAL yet');

  // Rows are shared out; two people open the same row, and the second one sees both texts.
  await lead.goto(`${scal}?section=3&show=all`);
  const many = lead.locator('details.gpc-many');
  await many.locator('summary').click();
  await lead.getByLabel(/^All \d+ rows? in the table$/).check();
  await lead.getByLabel('Assign to', { exact: true }).selectOption({ label: 'Dr Hana Marsh' });
  await lead.getByRole('button', { name: 'Assign the rows' }).click();
  await expect(banner(lead)).toContainText(/rows assigned/);
  await officer.goto(`${scal}?show=mine`);
  await officer.locator('a.gpc-code').first().click();
  const row = new URL(officer.url()).pathname;
  await developer.goto(row);
  await officer.getByLabel('Answer', { exact: true }).selectOption({ label: 'Met' });
  await officer.getByLabel('Answer and where the evidence is').fill('Dr Hana Marsh, GMC 1234567, trained in May 2025.');
  await officer.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(officer.locator('.gpc-panehead')).toContainText('by Dr Hana Marsh');
  await developer.getByLabel('Answer and where the evidence is').fill('To be named.');
  await developer.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(developer.locator('.nhsuk-error-summary')).toContainText('Dr Hana Marsh saved this draft');
  await expect(developer.getByText('Saved by your colleague')).toBeVisible();
  await expect(developer.getByLabel('Answer and where the evidence is')).toHaveValue('To be named.');
  await developer.goto(row);
  await expect(developer.getByLabel('Answer and where the evidence is')).toHaveValue(/GMC 1234567/);
  await expectNoViolations(developer);
  await expectNoSidewaysScroll(developer);

  // One requirement is not met, with a justification; evidence names its version; then the first round goes.
  await developer.goto(`${scal}/scal-org-06?show=all`);
  await developer.getByLabel('Answer', { exact: true }).selectOption({ label: 'Not met (with justification)' });
  await developer.getByLabel('Answer and where the evidence is').fill('We share the message handling server of our host.');
  await developer.locator('.gpc-pane input[type=file]').setInputFiles({ name: 'topology.txt', mimeType: 'text/plain', buffer: Buffer.from('host -> spine\n') });
  await developer.getByRole('button', { name: /^Upload/ }).click();
  await expect(developer.getByRole('link', { name: 'topology.txt', exact: true })).toBeVisible();
  await developer.getByRole('link', { name: /^Say where and when/ }).click();
  await developer.getByLabel('Product version', { exact: true }).fill('4.2.1');
  await developer.getByLabel('Day it was made').fill('2 3 2026');
  await developer.getByRole('button', { name: 'Save what is known of it' }).click();
  await expect(banner(developer)).toContainText('It is saved');
  await developer.getByLabel('Product version that is assessed').fill('4.2.3');
  await developer.getByRole('button', { name: 'Save the version' }).click();
  await expect(developer.getByText('Old version')).toBeVisible();
  await expectNoViolations(developer);

  // One file proves another row as well; what is kept elsewhere is named by its link; both can be looked at.
  await developer.getByRole('link', { name: /^Change what is said about topology/ }).click();
  await developer.getByLabel('Rows that it also proves').fill('SCAL-ORG-07 SCAL-NONE');
  await developer.getByRole('button', { name: 'Add it to these rows' }).click();
  await expect(developer.locator('.nhsuk-error-summary')).toContainText('“SCAL-NONE” is not a row of this SCAL');
  await developer.getByLabel('Rows that it also proves').fill('SCAL-ORG-07');
  await developer.getByRole('button', { name: 'Add it to these rows' }).click();
  await expect(banner(developer)).toContainText('topology.txt is added to 1 row');
  await developer.goto(`${scal}/scal-org-07?show=all`);
  await developer.getByLabel('Answer', { exact: true }).selectOption({ label: 'Met' });
  await developer.getByLabel('Links to evidence').fill('the wiki');
  await developer.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(developer.locator('.nhsuk-error-summary')).toContainText('Line 1 is not a link that can be opened');
  await developer.getByLabel('Links to evidence').fill('https://hosting.example/statement');
  await developer.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(developer.locator('.gpc-pane')).toContainText('Answered');
  const preview = await developer.getByRole('link', { name: /^Preview topology/ }).first().getAttribute('href');
  const shown = await developer.request.get(preview!);
  expect(shown.headers()['content-disposition']).toMatch(/^inline/);
  await expectNoViolations(developer);
  await submitScal(lead, journey);

  await clinical.goto(`${scal}/safety`);
  await expect(clinical.getByText('Round 1 waits for your team.')).toBeVisible();
  await expectNoViolations(clinical);
  await expectNoSidewaysScroll(clinical);

  // Round 1: assurance asks for a change and accepts one row under a condition; the architect refuses the justification.
  await assurance.goto(scal);
  await expectNoViolations(assurance);
  await assurance.goto(`${scal}/phrases`);
  await assurance.getByLabel('A finding to keep').fill('The value does not change between requests.');
  await assurance.getByRole('button', { name: 'Add to the phrase book' }).click();
  await judge(assurance, journey, 'scal-org-01', 'Accept with a condition', 'Until the new address is registered.');
  await assurance.goto(`${scal}/scal-org-03?show=all`);
  await assurance.getByRole('button', { name: 'The value does not change between requests.' }).first().click();
  await expect(assurance.getByLabel('Finding or condition')).toHaveValue('The value does not change between requests.');
  await expectNoViolations(assurance);
  await expectNoSidewaysScroll(assurance);
  await assurance.goto(`${scal}/finish`);
  await expect(assurance.getByRole('heading', { name: 'You cannot finish your sections yet' })).toBeVisible();
  await acceptRest(assurance, journey);
  await finish(assurance, journey, 'Your findings are recorded');
  await lead.goto(scal);
  await expect(lead.getByRole('heading', { name: '1 of 4 teams have finished' })).toBeVisible();
  for (const reviewer of [clinical, governance]) await signOff(reviewer, journey);

  // The architect has the row that is not met, and nothing else; with the last team it goes back.
  await architect.goto(`${scal}?show=all`);
  await expect(architect.locator('a.gpc-code')).toHaveText(['SCAL-ORG-06']);
  await judge(architect, journey, 'scal-org-06', 'Refuse the justification', 'Each organisation needs a party key of its own.');
  await finish(architect, journey, 'Returned to the supplier');
  await lead.goto(`${scal}?show=returned`);
  await expect(lead.getByText(/^2 of \d+ rows\./)).toBeVisible();
  await lead.goto(`${scal}/scal-org-03`);
  await expect(lead.locator('.gpc-finding')).toContainText('The value does not change between requests.');
  await lead.goto(`${scal}/scal-org-06`);
  await lead.getByLabel('Answer', { exact: true }).selectOption({ label: 'Met' });
  await lead.getByLabel('Answer and where the evidence is').fill('Own party key since 3 March 2026.');
  await lead.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(lead.locator('.gpc-pane')).toContainText('Answered');
  await submitScal(lead, journey, 'Version 4.2.3, registered on 2 March 2026.');

  // Round 2: what was judged stays; only what changed is looked at, old beside new; three teams sign off.
  await assurance.goto(`${scal}/scal-org-03?show=all`);
  await expect(assurance.locator('.gpc-pane')).toContainText('Earlier answers and verdicts');
  await assurance.goto(`${scal}?show=kept`);
  await expect(assurance.locator('a.gpc-code').first()).toBeVisible();
  for (const reviewer of [assurance, clinical, governance]) await signOff(reviewer, journey);
  await lead.goto(scal);
  await expect(lead.getByText(/\d+ accepted/).first()).toBeVisible();
  await lead.goto(`${scal}/scal-org-01`);
  await expect(lead.locator('.gpc-pane')).toContainText('Accepted with condition');

  // A new version of the product asks only the rows that it touches.
  await lead.goto(scal);
  await lead.getByRole('link', { name: 'Have a new product version assessed' }).click();
  await lead.getByLabel('New product version').fill('4.2.3');
  await lead.getByText(/^4 Security, \d+ rows$/).click();
  await lead.getByLabel(/^SCAL-SEC-09 /).check();
  await lead.getByRole('button', { name: 'Begin the assessment' }).click();
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Enter a version later than 4.2.3');
  await expect(lead.getByLabel(/^SCAL-SEC-09 /)).toBeChecked();
  await expectNoViolations(lead);
  await expectNoSidewaysScroll(lead);
  await lead.getByLabel('New product version').fill('4.3');
  await lead.getByRole('button', { name: 'Begin the assessment' }).click();
  await expect(banner(lead)).toContainText('Version 4.3 is assessed: 4 rows to look at again');
  await expect(lead.locator('a.gpc-code')).toHaveText(['SCAL-ORG-03', 'SCAL-CS-05', 'SCAL-CS-10', 'SCAL-SEC-09']);

  // On paper all of it stands below each other.
  await lead.goto(`${scal}/print`);
  await expect(lead.getByRole('heading', { name: 'GPC-IG1', exact: true })).toBeVisible();
  await expectNoViolations(lead);
});
