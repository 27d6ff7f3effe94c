// Every public page of the demo, on a telephone and on paper too; the most used pages by keyboard alone; and, when asked for,
// every kind of task in every standing for everybody. What happens on the way from one state to the next is for axe.spec.ts.
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { expectNoViolations } from './support/axe.ts';
import { signedIn, tasks, test } from './support/demo.ts';
import { expectEverythingReachable } from './support/keyboard.ts';
import { expectNoSidewaysScroll, expectPrintsWhole } from './support/reflow.ts';
import { PROGRAM } from './support/service.ts';

test.describe.configure({ mode: 'parallel' });

/** Pages of one test that have been looked at, by what they are. */
class Sweep {
  readonly seen = new Set<string>();
  readonly faults: string[] = [];

  /** False when one like it was looked at before. */
  async look(page: Page, what: string, path?: string): Promise<boolean> {
    if (this.seen.has(what)) return false;
    this.seen.add(what);
    try {
      if (path) await page.goto(path);
      await expect(page.locator('h1')).toHaveCount(1);
      await expectNoViolations(page);
      await expectNoSidewaysScroll(page);
      await expectPrintsWhole(page);
    } catch (fault) {
      this.faults.push(`${what}, ${page.url()}: ${(fault as Error).message}`);
    }
    return true;
  }

  /** One run names everything that is wrong. */
  done(): void {
    console.log(`${this.seen.size} pages`);
    expect(this.faults.join('\n\n')).toBe('');
  }
}

async function journeysOf(context: BrowserContext): Promise<string[]> {
  const html = await (await context.request.get('/journeys')).text();
  return [...new Set([...html.matchAll(/href="(\/journeys\/[0-9A-Z]{4}-[0-9A-Z]{2,4})"/g)].map((link) => link[1]!))];
}

/** Each task of a journey with what its tag says. */
async function standings(context: BrowserContext, journey: string): Promise<[string, string][]> {
  const html = await (await context.request.get(`${journey}?show=all`)).text();
  const rows = html.matchAll(/id="([a-z0-9-]+)-status"[^>]*>(.*?)<\/div>/gs);
  const told = [...rows].map((row): [string, string] => [row[1]!, row[2]!.replace(/<[^>]*>/g, '').trim()]);
  expect(told.length, `tasks of ${journey}`).toBeGreaterThan(10);
  return told;
}

test('every public page, and no page that nobody looks at', async ({ browser, demo }) => {
  test.setTimeout(120_000);
  const all = new Sweep();
  const page = await (await signedIn(browser, demo)).newPage();
  const filled: Record<string, string[]> = {
    '/ecosystem/{side}': ['/ecosystem/consumer', '/ecosystem/provider'],
    '/stages/{side}/{stage}': ['/stages/consumer/explore', '/stages/provider/p-assure'],
    '/capabilities/{capability}': ['/capabilities/access-record-html', '/capabilities/send-document'],
    '/scal/{tab}': ['/scal/spine'],
    '/verify/{number}': ['/verify/none'],
    // The demo makes a list when it starts.
    '/verify/heads/{day}': [`/verify/heads/${new Date().toLocaleDateString('en-CA', { timeZone: 'Europe/London' })}`, '/verify/heads/none'],
    '/register-of-products/{number}': ['/register-of-products/none'],
    '/invitations/{token}': ['/invitations/none'],
    '/register/{token}': ['/register/none', '/register/sent'],
    '/reset-password/{token}': ['/reset-password/none'],
    '/sign/{token}': ['/sign/none'],
    '/sign/{token}/code': ['/sign/none/code'],
  };
  const routes = execFileSync(PROGRAM, ['routes'], { cwd: new URL('..', import.meta.url), encoding: 'utf8' });
  const pages = routes.split('\n').flatMap((line) => line.match(/^GET +(\S+)$/)?.slice(1) ?? []);
  expect(pages.length).toBeGreaterThan(20);
  for (const path of pages) {
    // Seen signed in, by axe.spec.ts and ecosystem.both.spec.ts, or by operators alone; files and streams are no pages.
    if (/^\/(journeys|worklist|notifications|organisations?|no-organisation|account|second-step|sign-in\/second-step|files|live|guidance|catalogue|operator|audit)(\/|$)|\/now$|\.(csv|xlsx|txt|pem)$/.test(path)) continue;
    for (const address of filled[path] ?? [path]) {
      expect(address, 'say here what stands for the parameter').not.toMatch(/[{:*]/);
      await all.look(page, address, address);
    }
  }
  for (const path of ['/nowhere', '/not-yours']) await all.look(page, path, path);
  all.done();
});

test('the ten most used pages are used by keyboard alone', async ({ browser, demo }) => {
  test.setTimeout(240_000);
  const lead = await signedIn(browser, demo, 'amara@northmoor.example');
  const chief = await signedIn(browser, demo, 'dana@programme.example');
  const [journey] = await journeysOf(lead);
  const nobody = await (await signedIn(browser, demo)).newPage();
  for (const path of ['/', '/sign-in', '/register']) await expectEverythingReachable(nobody, path);
  const page = await lead.newPage();
  const form = await first(lead, ['In progress', 'Ready to start', 'Changes requested'], /^(form|use_case|evidence|prerequisites) /);
  for (const path of ['/journeys', '/journeys/new', journey!, form, `${journey}/messages`, '/organisation']) await expectEverythingReachable(page, path);
  const desk = await chief.newPage();
  for (const path of ['/worklist', await first(chief, ['Submitted', 'In review'], /^(?!scal ).* by_review$/)]) await expectEverythingReachable(desk, path);
});

/** A task of this kind with one of these words on its tag. */
async function first(context: BrowserContext, words: string[], kind: RegExp): Promise<string> {
  const kinds = tasks();
  for (const journey of await journeysOf(context)) {
    for (const [task, word] of await standings(context, journey)) {
      if (words.includes(word) && kind.test(kinds.get(task)!.kind)) return `${journey}/tasks/${task}`;
    }
  }
  throw new Error(`the demo has no task ${kind} that is ${words.join(' or ')}`);
}

// Everybody of the demo who stands for a role.
const PEOPLE = {
  'onboarding lead': 'amara@northmoor.example',
  developer: 'owen@larkfield.example',
  'clinical safety officer': 'helen@northmoor.example',
  signatory: 'graham@larkfield.example',
  'programme lead and technical architect': 'karim@programme.example',
  'functional assurance': 'rdelaney@programme.example',
  'clinical safety': 'sanjay@programme.example',
  'information governance': 'ingrid@programme.example',
  'platform support': 'pete@programme.example',
  'service management': 'mary@programme.example',
  'end-user group lead': 'lewis@eastvale.example',
  'end-user clinical safety officer': 'nadia@eastvale.example',
  'authorised person': 'carol@eastvale.example',
  commissioner: 'anil@wenlow.example',
  operator: 'olive@service.example',
};

test.describe('pages of those who are signed in', () => {
  test.skip(!process.env.SWEEP, 'many pages: scripts/prove.sh sweep');
  for (const [role, email] of Object.entries(PEOPLE)) {
    test(`${role}: every kind of task in every standing`, async ({ browser, demo }) => {
      test.setTimeout(900_000);
      const all = new Sweep();
      const context = await signedIn(browser, demo, email);
      const page = await context.newPage();
      const offered = async (path: string) => (await context.request.get(path, { maxRedirects: 0 })).status() === 200;
      for (const path of ['/journeys', '/journeys/new', '/worklist', '/organisation', '/organisations', '/account', '/account/name', '/account/leave', '/notifications', '/search?q=hazard', '/stay-signed-in', '/worklist/shares', '/worklist/figures', '/worklist/decided', '/guidance', '/guidance?show=waiting', '/catalogue', '/operator', '/operator/people', '/operator/organisations', '/operator/emails', '/audit', '/ecosystem/consumer/now', '/ecosystem/provider/now', '/journeys?find=nothing-like-this']) {
        if (await offered(path)) await all.look(page, path, path);
      }
      // The first of everything that a list leads to.
      for (const [list, one] of [['/guidance', /\/guidance\/[a-z-]+\/[a-z0-9-]+/], ['/operator/people', /\/operator\/people\/[a-z0-9-]+/], ['/operator/organisations', /\/operator\/organisations\/[a-z0-9-]+/], ['/organisations', /\/organisations\/[a-z0-9-]+/]] as const) {
        const [, first] = (await (await context.request.get(list)).text()).match(new RegExp(`href="(${one.source})"`)) ?? [];
        if (first && (await offered(first))) await all.look(page, `one of ${list}`, first);
        if (first && list === '/operator/organisations' && (await offered(`${first}/merge`))) await all.look(page, 'merge', `${first}/merge`);
      }
      const kinds = tasks();
      for (const journey of await journeysOf(context)) {
        const rows = await standings(context, journey);
        await all.look(page, `journey ${rows.map((row) => row[1]).sort().join()}`.slice(0, 80), journey);
        for (const below of ['history', 'messages', 'organisations', 'ecosystem', 'signed', 'live-runs', 'meetings', 'meetings/new']) if (await offered(`${journey}/${below}`)) await all.look(page, below, `${journey}/${below}`);
        for (const [task, word] of rows) {
          const path = `${journey}/tasks/${task}`;
          const kind = kinds.get(task)!.kind;
          if (word === 'Not needed' && !(await offered(path))) continue;
          if (!(await all.look(page, `${kind}, ${word}`, path))) continue;
          if (kind.startsWith('group') && (await offered(`${path}/members`))) await all.look(page, `${kind}, ${word}, members`, `${path}/members`);
          for (const below of ['checks', 'checks-file', 'signatories-file', 't99952']) if (await offered(`${path}/${below}`)) await all.look(page, `${kind}, ${word}, ${below}`, `${path}/${below}`);
          if (!kind.startsWith('scal')) continue;
          for (const below of ['evidence', 'safety', 'print', 'finish', 'phrases', 'import', 'copy', 'new-version', 'gpc-ig1?show=all', 'scal-cs-01?show=all']) {
            if (await offered(`${path}/${below}`)) await all.look(page, `${kind}, ${word}, ${below}`, `${path}/${below}`);
          }
        }
      }
      all.done();
    });
  }
});
