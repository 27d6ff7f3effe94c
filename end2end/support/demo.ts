// The service with the people and journeys of the demo in it: a process of its own. The one that workers share is on SQLite,
// whatever the others run on; a test that changes much starts one for itself, on the database that is under test.
import { test as base, type Browser, type BrowserContext } from '@playwright/test';
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PROGRAM, service } from './service.ts';

const PASSWORD = 'river copper lantern';
const ROOT = new URL('../..', import.meta.url);

export type Demo = { address: string; mail: string };

/** Starts one, runs this with it, and takes it away. With `url` on a PostgreSQL database, which must be empty. */
async function withDemo(use: (demo: Demo) => Promise<void>, url?: string): Promise<void> {
  const data = mkdtempSync(join(tmpdir(), 'gpc-demo-'));
  const { environment } = service();
  const { DATABASE_URL, BASE_URL, MAIL_DIR, ...settings } = environment;
  const env = url === undefined ? settings : { ...settings, DATABASE_URL: url };
  const child = spawn(PROGRAM, ['serve', '--demo', '--listen', '127.0.0.1:0', '--data', data], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const address = await new Promise<string>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (piece: Buffer) => {
      said += piece.toString();
      const ready = said.match(/is ready: (http:\S+)/);
      if (ready) resolve(ready[1]!);
    });
    child.once('exit', () => reject(new Error(`the demo did not start:\n${said}`)));
  });
  await use({ address, mail: join(data, 'mail') });
  child.kill();
  rmSync(data, { recursive: true, force: true });
}

/** An empty database of the PostgreSQL server under test; none when SQLite is. */
function emptyDatabase(): string | undefined {
  if (process.env.DATABASE !== 'postgres') return undefined;
  const name = `demo_${process.pid}_${Math.floor(Math.random() * 1e9)}`;
  return execFileSync('scripts/postgres.sh', ['database', name], { cwd: ROOT, encoding: 'utf8' }).trim();
}

/** `demo`: each worker that asks for it gets one, and it goes with the worker. `ownDemo`: one for this test alone. */
export const test = base.extend<{ ownDemo: Demo }, { demo: Demo }>({
  demo: [async ({}, use) => withDemo(use), { scope: 'worker', timeout: 90_000 }],
  ownDemo: [async ({}, use) => withDemo(use, emptyDatabase()), { timeout: 90_000 }],
});

/** A browser in which this person of the demo is signed in; nobody without an address. */
export async function signedIn(browser: Browser, demo: Demo, email?: string): Promise<BrowserContext> {
  const context = await browser.newContext({ baseURL: demo.address, locale: 'en-GB' });
  if (email) {
    const sent = { headers: { 'sec-fetch-site': 'same-origin', accept: 'text/html' }, maxRedirects: 0 };
    let answer = await context.request.post('/do/account/sign-in', { form: { email, password: PASSWORD }, ...sent });
    if (answer.headers().location === '/sign-in/second-step') {
      const asked = await (await context.request.get('/sign-in/second-step')).text();
      const code = asked.match(/id="shared-code">(?:<!-->)?(\d{6})/)?.[1] ?? '';
      answer = await context.request.post('/do/account/second-step', { form: { code }, ...sent });
    }
    if (!/^\/(journeys|worklist|operator)$/.test(answer.headers().location ?? '')) throw new Error(`${email} cannot sign in: ${answer.status()}`);
  }
  return context;
}

/** The newest letter to this address under a subject that begins so; it waits for it. */
export async function letterTo(demo: Demo, email: string, subject: string): Promise<string> {
  for (let tries = 0; tries < 60; tries++) {
    const letters = readdirSync(demo.mail).filter((file) => file.endsWith('.eml')).map((file) => join(demo.mail, file));
    const theirs = letters
      .map((path) => ({ at: statSync(path).mtimeMs, text: readFileSync(path, 'utf8') }))
      .filter(({ text }) => text.startsWith(`To: ${email}\n`) && new RegExp(`^Subject: .*${subject}`, 'm').test(text))
      .sort((one, other) => other.at - one.at);
    if (theirs[0]) return theirs[0].text;
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`no letter to ${email}: ${subject}`);
}

/** The path of the journey of a product, for whoever may see it. */
export async function journeyOf(context: BrowserContext, product: string): Promise<string> {
  const html = await (await context.request.get(`/journeys?find=${encodeURIComponent(product)}`)).text();
  const path = html.match(/href="(\/journeys\/[0-9A-Z]{4}-[0-9A-Z]{2,4})"/)?.[1];
  if (!path) throw new Error(`the demo has no journey of ${product} for this person`);
  return path;
}

/** A task as the process says it is: of which kind, and who has to do with it. */
export type Task = { kind: string; roles: string[] };

/** Every task of both processes. */
export function tasks(): Map<string, Task> {
  const all = new Map<string, Task>();
  for (const process of ['consumer-2026-1', 'provider-2026-1']) {
    const text = readFileSync(new URL(`app/journey/processes/${process}.toml`, ROOT), 'utf8');
    for (const part of text.split(/^\[\[/m).filter((part) => part.startsWith('task]]'))) {
      const value = (name: string) => part.match(new RegExp(`^${name} *= *(.*)$`, 'm'))?.[1] ?? '';
      const words = (name: string) => [...value(name).matchAll(/"([^"]+)"/g)].map((word) => word[1]!);
      all.set(words('id')[0]!, { kind: `${words('page')[0]} ${words('settle')[0]}`, roles: ['by', 'decide', 'signed_by'].flatMap(words) });
    }
  }
  return all;
}
