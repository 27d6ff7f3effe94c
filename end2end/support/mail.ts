// Letters that the service has sent: one file each in MAIL_DIR, `*.eml`.
import { expect } from '@playwright/test';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { service } from './service.ts';

export type Letter = { to: string; subject: string; body: string; at: number };

/** The first link in the newest letter to this address whose subject contains these words. Waits for the letter. */
export async function waitForMail(to: string, subjectPart: string, { after = 0 } = {}): Promise<string> {
  const letter = await waitForLetter(to, subjectPart, { after });
  const link = letter.body.match(/https?:\/\/[^\s<>"]+/)?.[0];
  if (!link) throw new Error(`no link in "${letter.subject}" to ${to}:\n${letter.body}`);
  return link;
}

/** `after`: a time from `Date.now()`, for people who have had the same letter before. */
export async function waitForLetter(to: string, subjectPart: string, { after = 0 } = {}): Promise<Letter> {
  let found: Letter | undefined;
  await expect
    .poll(
      () => {
        found = letters().find((l) => l.to.includes(to) && l.subject.includes(subjectPart) && l.at >= after);
        return found ? 'arrived' : letters().map((l) => `${l.to}: ${l.subject}`);
      },
      { message: `a letter to ${to} about "${subjectPart}"`, timeout: 10_000 },
    )
    .toBe('arrived');
  return found!;
}

/** All letters, newest first. */
export function letters(): Letter[] {
  const folder = service().mail;
  return readdirSync(folder)
    .filter((name) => name.endsWith('.eml'))
    .map((name) => read(join(folder, name)))
    .sort((a, b) => b.at - a.at);
}

function read(file: string): Letter {
  const text = readFileSync(file, 'utf8').replace(/\r\n/g, '\n');
  const end = text.indexOf('\n\n');
  const head = text.slice(0, end).replace(/\n[ \t]+/g, ' '); // long headers are folded
  const header = (name: string) => head.match(new RegExp(`^${name}: *(.*)$`, 'im'))?.[1] ?? '';
  return {
    to: header('To'),
    subject: words(header('Subject')),
    body: decode(text.slice(end + 2), header('Content-Transfer-Encoding')),
    at: statSync(file).mtimeMs,
  };
}

function decode(body: string, encoding: string): string {
  if (/base64/i.test(encoding)) return Buffer.from(body, 'base64').toString('utf8');
  if (/quoted-printable/i.test(encoding)) return quoted(body.replace(/=\n/g, ''));
  return body;
}

/** A subject with anything but ASCII in it: `=?utf-8?b?…?=`, perhaps several. */
function words(subject: string): string {
  return subject
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([bq])\?([^?]*)\?=/gi, (_, kind: string, text: string) =>
      kind.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('utf8') : quoted(text.replace(/_/g, ' ')),
    );
}

function quoted(text: string): string {
  const bytes = text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
