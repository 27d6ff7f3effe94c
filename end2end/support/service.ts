// Where the service under test listens, and where it keeps things. The first process decides and puts it into the
// environment; the workers, which read the same configuration, find it there.
import { mkdtempSync, mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The server under test, from the root of the project: the one that is worked on, or with SERVER another one. */
export const PROGRAM = process.env.SERVER || 'target/debug/gpc-onboarding';

export type Service = {
  address: string;
  data: string;
  mail: string;
  /** What the server and the admin command are started with. */
  environment: Record<string, string>;
};

export function start(): Service {
  process.env.E2E_PORT ??= String(20_000 + Math.floor(Math.random() * 12_000));
  if (!process.env.E2E_DATA) {
    const data = mkdtempSync(join(tmpdir(), 'gpc-e2e-'));
    mkdirSync(join(data, 'mail'));
    process.env.E2E_DATA = data;
    process.on('exit', () => rmSync(data, { recursive: true, force: true }));
  }
  return service();
}

export function service(): Service {
  const { E2E_PORT, E2E_DATA, E2E_DATABASE_URL, DATABASE = 'sqlite' } = process.env;
  if (!E2E_PORT || !E2E_DATA) throw new Error('the Playwright configuration has not been read');
  const address = `http://127.0.0.1:${E2E_PORT}`;
  const mail = join(E2E_DATA, 'mail');
  const environment: Record<string, string> = {
    ...(process.env as Record<string, string>),
    BASE_URL: address,
    MAIL_DIR: mail,
    // All tests come from one address; the limit for one account stays as it is.
    RATE_PER_SECOND: '1000',
    TRIES_PER_ADDRESS: '1000',
  };
  // What a developer may have set for a service of their own; and a browser cannot be told another time.
  for (const name of ['DATABASE_URL', 'SMTP_URL', 'TEST_CLOCK']) delete environment[name];
  if (DATABASE === 'postgres') {
    if (!E2E_DATABASE_URL) throw new Error('DATABASE=postgres needs E2E_DATABASE_URL');
    environment.DATABASE_URL = E2E_DATABASE_URL;
  }
  return { address, data: E2E_DATA, mail, environment };
}
