// The second step of signing in, as an authenticator app shows it: the key is read from the page on which it is set up and
// remembered by address. In the demo the page shows the code itself.
import { expect, type Page } from '@playwright/test';
import { createHmac } from 'node:crypto';

const SECONDS = 30;

type App = { key: Buffer; last: number };

const apps = new Map<string, App>();

function read(base32: string): Buffer {
  const bits = [...base32.replace(/\s/g, '')].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => parseInt(byte, 2)));
}

function codeOf(key: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac('sha1', key).update(counter).digest();
  const number = digest.readUInt32BE(digest[19]! & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, '0');
}

const now = () => Math.floor(Date.now() / 1000 / SECONDS);

/** A code that was not used yet: each opens once, and those of 30 seconds before and after count as well. */
async function next(app: App): Promise<string> {
  // Not at the end of the 30 seconds: the code of those before would be too old when it arrives.
  const left = SECONDS * 1_000 - (Date.now() % (SECONDS * 1_000));
  if (left < 5_000) await new Promise((done) => setTimeout(done, left));
  const step = Math.max(now() - 1, app.last + 1);
  while (step > now() + 1) await new Promise((done) => setTimeout(done, 500));
  app.last = step;
  return codeOf(app.key, step);
}

/** Sets a second step up on the page that asks for it, and goes on. Answers the recovery codes. */
export async function setUpSecondStep(page: Page, email: string): Promise<string[]> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Set up your second step');
  const app = { key: read((await page.locator('#second-step-key').textContent())!), last: 0 };
  apps.set(email, app);
  await page.getByLabel('Code', { exact: true }).fill(await next(app));
  await page.getByRole('button', { name: 'Set it up' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Keep your recovery codes');
  const codes = await page.locator('#recovery-codes li').allTextContents();
  await page.getByRole('button', { name: 'I have kept them' }).click();
  return codes;
}

/** Shows the second step on the page that asks for it, as somebody whose app was set up here. */
export async function showSecondStep(page: Page, email: string): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Show your second step');
  await page.getByLabel('Code', { exact: true }).fill(await next(apps.get(email)!));
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
}

/** The same for somebody of the demo, whose code stands on the page. Of whoever needs none the page is another one. */
export async function showSharedCode(page: Page): Promise<void> {
  if (!new URL(page.url()).pathname.endsWith('/second-step')) return;
  await page.getByLabel('Code', { exact: true }).fill((await page.locator('#shared-code').textContent())!);
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
}
