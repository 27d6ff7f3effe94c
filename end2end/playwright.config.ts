// The service as it is run, seen through a browser.
//   npx playwright test                                          on SQLite
//   DATABASE=postgres E2E_DATABASE_URL=… npx playwright test     on PostgreSQL
//
// `*.spec.ts` runs with script, `*.noscript.spec.ts` without, `*.both.spec.ts` with and without. On PostgreSQL only what
// the database can change (docs/decisions/0008-browsers-on-two-databases.md); WHOLE=1 runs everything there too.
import { defineConfig } from '@playwright/test';
import { PROGRAM, start } from './support/service.ts';

const service = start();

// With script: what is seen of others while they write. Without: every journey from its opening to its end.
const onlyDatabase = process.env.DATABASE === 'postgres' && process.env.WHOLE !== '1';
const withScript = onlyDatabase ? /\/(live|defects\.both|live-runs\.both|run-evidence\.both|messages\.both|morning\.both|operator\.both|search\.both|two-at-once\.both)\.spec\.ts$/ : '**/*.spec.ts';
const withoutScript = onlyDatabase ? /\/(journey|morning|provider|scal|shortest|use-case)\.both\.spec\.ts$/ : '**/*.{both,noscript}.spec.ts';

export default defineConfig({
  testDir: '.',
  workers: 2, // one server answers them all; more browsers than that would only wait for each other
  // Ample, for a machine that is slow today: only a test that fails waits this long.
  timeout: 60_000,
  expect: { timeout: 10_000 },
  forbidOnly: !!process.env.CI,
  reporter: [['list']],
  use: {
    baseURL: service.address,
    browserName: 'chromium',
    locale: 'en-GB',
    timezoneId: 'Europe/London',
    // A third of the time of a run: only when somebody wants to look (TRACE=1 npx playwright test NAME).
    trace: process.env.TRACE ? 'retain-on-failure' : 'off',
    // A step that hangs is named, instead of the test that ran out of time around it.
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    launchOptions: {
      executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
      args: [
        '--no-sandbox', // test containers run as root
        '--disable-dev-shm-usage',
        '--disable-gpu',
        // Nothing but the service under test is asked anything.
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-quic',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
  projects: [
    { name: 'script', testMatch: withScript, testIgnore: '**/*.noscript.spec.ts' },
    { name: 'no-script', testMatch: withoutScript, use: { javaScriptEnabled: false } },
  ],
  webServer: {
    command: `exec ${PROGRAM} serve --listen ${new URL(service.address).host} --data ${service.data}`,
    cwd: '..',
    url: `${service.address}/healthz`,
    env: service.environment,
    timeout: 30_000,
    reuseExistingServer: false,
    stdout: 'ignore',
    stderr: 'pipe',
    gracefulShutdown: { signal: 'SIGTERM', timeout: 5_000 },
  },
});
