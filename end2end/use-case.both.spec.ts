// From registration to an approved use case, over two rounds, by both sides; with and without script.
import { expect, test } from '@playwright/test';
import { waitForMail } from './support/mail.ts';
import { markDone, openJourney, programme, supplier } from './support/people.ts';
import { decide } from './support/walk.ts';

test('a use case is described, returned, answered and approved, and the plan unlocks', async ({ browser }, info) => {
  test.setTimeout(120_000);
  const { page: lead, email } = await supplier(browser, info, 'Fernhollow Systems Ltd', 'Priya Nair');
  const { page: reviewer, email: reviewerEmail } = await programme(browser, info, 'Ruth Delaney', 'programme_lead');

  // The supplier opens a journey and does what comes before the use case.
  const product = `Bedside View ${Date.now().toString(36)}`;
  const journey = await openJourney(lead, product);
  await expect(lead.locator('.gpc-standing')).toContainText('Your turn');
  await markDone(lead, journey, 'read-capabilities');
  await markDone(lead, journey, 'study-prerequisites');
  await markDone(lead, journey, 'choose-capabilities');
  await lead.goto(`${journey}/tasks/describe-use-case`);
  await expect(lead.getByRole('heading', { name: 'You cannot do this yet' })).toBeVisible();
  await lead.getByRole('link', { name: /^Contact/ }).first().click();
  await lead.getByLabel('What do you want to tell them?').fill('We build a bedside view of the GP record.');
  await lead.getByLabel('Who should they answer?').fill('Priya Nair');
  await lead.getByRole('button', { name: 'Send to NHS England' }).click();
  await expect(lead.locator('.nhsuk-notification-banner--success')).toContainText("It is the turn of NHS England");

  // The programme finds it in the worklist, claims it and answers.
  await reviewer.goto(`/worklist?find=${encodeURIComponent(product)}`);
  await reviewer.getByRole('button', { name: new RegExp(`Claim .*${product}`) }).click();
  await expect(reviewer.locator('.nhsuk-notification-banner--success')).toContainText('You have claimed');
  await reviewer.goto(`/worklist?find=${encodeURIComponent(product)}`);
  await reviewer.getByRole('link', { name: /^Contact/ }).click();
  await reviewer.getByLabel('Your answer').fill('Welcome. I look after you from now on. Describe the use case next.');
  await reviewer.getByRole('button', { name: 'Send the answer' }).click();
  // The email waits as long as the answer can be undone; notifications tell it at once.
  await lead.goto('/notifications');
  await lead.getByRole('link', { name: /Answered/ }).first().click();

  // The use case: nonsense first, then the answers, a draft kept, a check, a submission.
  await lead.goto(`${journey}/tasks/describe-use-case`);
  await lead.getByLabel('What is the product for?').fill('Ward staff see the GP record of a patient at the bedside.');
  await lead.getByLabel('Who will use it and when?', { exact: true }).fill('x'.repeat(1239));
  await lead.getByRole('button', { name: 'Continue' }).click();
  await expect(lead).toHaveTitle(/^Error: /);
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Shorten “Who will use it and when?” by 39 characters');
  await expect(lead.locator('.nhsuk-error-summary')).toContainText('Say how the data supports direct care');
  await expect(lead.getByLabel('What is the product for?')).toHaveValue('Ward staff see the GP record of a patient at the bedside.');
  await expect(lead.getByLabel('Who will use it and when?')).toHaveValue('x'.repeat(1239));
  await lead.getByLabel('What problem does it solve?').fill('Pharmacists phone the practice to confirm medicines.');
  await lead.getByLabel('Secondary care (hospital)').check();
  await lead.getByLabel('Who will use it and when?', { exact: true }).fill('Clinical staff in the hospital.');
  await lead.getByLabel('Which organisations will use it?').fill('Eastmere University Hospitals, one trust in the first year.');
  await lead.getByLabel('What will it do with each of them?').fill('Shows medicines and allergies to ward pharmacists.');
  await lead.getByLabel('How does the data support direct care?', { exact: true }).fill('The pharmacist decides what to prescribe. Managers see monthly totals.');
  await lead.getByRole('button', { name: 'Save and come back later' }).click();
  await expect(lead.locator('.nhsuk-notification-banner--success')).toContainText('Your draft is saved');
  await lead.goto(`${journey}/tasks/describe-use-case`);
  await expect(lead.getByLabel('How does the data support direct care?')).toHaveValue(/Managers see monthly totals/);
  await lead.getByRole('button', { name: 'Continue' }).click();
  await expect(lead.getByRole('heading', { name: 'Check your answers' })).toBeVisible();
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await expect(lead.getByText('Use case, round 1, submitted')).toBeVisible();
  await waitForMail(email, 'Received');

  // Round 1: two findings. A request without words is refused and loses nothing.
  await reviewer.goto(await waitForMail(reviewerEmail, `Your turn: Use case approval – ${product}`));
  const verdicts = reviewer.getByRole('radio', { name: 'Accept', exact: true });
  for (const radio of await verdicts.all()) await radio.check();
  const users = reviewer.getByRole('region', { name: /Who will use it and when/ });
  await users.getByLabel('Request a change').check();
  const care = reviewer.getByRole('region', { name: /direct care/ });
  await care.getByLabel('Request a change').check();
  await care.getByRole('textbox').fill('Remove the reporting use, or say how it is direct care.');
  await reviewer.getByRole('button', { name: 'Return to supplier' }).click();
  await expect(reviewer.locator('.nhsuk-error-summary')).toContainText('Say what to change');
  await expect(care.getByRole('textbox')).toHaveValue('Remove the reporting use, or say how it is direct care.');
  await users.getByRole('textbox').fill('Name the roles. "Clinical staff" is too wide.');
  await reviewer.getByRole('button', { name: 'Approve', exact: true }).click();
  await expect(reviewer.locator('.nhsuk-error-summary')).toContainText('You cannot approve while a change is requested');
  await reviewer.getByRole('button', { name: 'Return to supplier' }).click();
  // What is about to be recorded stands there once more, and can be changed.
  await expect(reviewer.getByRole('heading', { level: 1 })).toContainText('Check your decision');
  await expect(reviewer.getByRole('listitem').filter({ hasText: 'Name the roles.' })).toBeVisible();
  await reviewer.getByRole('button', { name: 'Go back and change it' }).click();
  await expect(users.getByRole('textbox')).toHaveValue('Name the roles. "Clinical staff" is too wide.');
  await reviewer.getByRole('button', { name: 'Return to supplier' }).click();
  await reviewer.getByRole('button', { name: /^Return to .+ with 2 findings$/ }).click();
  const done = reviewer.locator('.nhsuk-notification-banner--success');
  await expect(done).toContainText('Returned to the supplier');
  await expect(done).toContainText(/You can undo this until \d\d:\d\d\./);
  // One click, and it is as it was; then it is decided again.
  await done.getByRole('button', { name: 'Undo this decision' }).click();
  await expect(done).toContainText('Your decision is undone');
  await expect(reviewer.getByRole('button', { name: 'Undo this decision' })).toHaveCount(0);
  await expect(users.getByLabel('Request a change')).toBeChecked();
  await expect(users.getByRole('textbox')).toHaveValue('Name the roles. "Clinical staff" is too wide.');
  await decide(reviewer, 'Return to supplier');
  await expect(done).toContainText('Returned to the supplier');

  // Round 2: only what was asked for.
  // The email waits until the decision cannot be undone; the page tells it at once.
  await lead.goto('/notifications');
  await lead.getByRole('link', { name: /Changes requested/ }).first().click();
  await lead.goto(journey);
  await expect(lead.locator('.gpc-standing')).toContainText('Answer 2 findings');
  await lead.getByRole('button', { name: 'Answer the findings' }).click();
  await expect(lead.locator('.gpc-finding').first()).toContainText('NHS England asked for 2 changes');
  await lead.getByLabel('Who will use it and when?', { exact: true }).fill('Ward pharmacists and junior doctors, at admission.');
  await lead.getByLabel('How does the data support direct care?', { exact: true }).fill('The pharmacist decides what to prescribe.');
  await lead.getByRole('button', { name: 'Continue' }).click();
  const changed = lead.locator('.nhsuk-summary-list__row').filter({ has: lead.locator('.nhsuk-tag', { hasText: 'Changed' }) });
  await expect(changed).toHaveCount(2);
  await expect(changed.first()).toContainText('Ward pharmacists and junior doctors, at admission.');
  await lead.getByRole('button', { name: 'Submit to NHS England' }).click();
  await expect(lead.getByText('Use case, round 2, submitted')).toBeVisible();

  // The reviewer sees first only what changed, old beside new, and approves.
  await reviewer.goto(`${journey}/tasks/obtain-use-case-approval`);
  await expect(reviewer.getByRole('heading', { name: 'Review round 2: Use case' })).toBeVisible();
  await expect(reviewer.getByText('2 of 8 answers changed. The other 6 keep their verdict.')).toBeVisible();
  await expect(reviewer.locator('.gpc-diff ins').first()).toBeVisible();
  await expect(reviewer.getByRole('table')).toContainText('Accepted');
  await users.getByLabel('Accept').check();
  await care.getByLabel('Accept').check();
  await decide(reviewer, 'Approve');
  await expect(reviewer.locator('.nhsuk-notification-banner--success')).toContainText('Use case approval: approved');

  // The rest of the plan unlocks, and the history says so and verifies.
  await lead.goto(journey);
  await expect(lead.getByRole('link', { name: 'Develop product' }).first()).toBeVisible();
  await lead.getByRole('link', { name: 'See the full history' }).click();
  await expect(lead.getByText(/Verified when this page was made: \d+ entries/)).toBeVisible();
  await expect(lead.getByRole('table')).toContainText('returned this with findings');
});
