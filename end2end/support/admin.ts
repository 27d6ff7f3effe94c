// What an operator does at the command line before anyone can sign in.
import { execFileSync } from 'node:child_process';
import { PROGRAM, service } from './service.ts';

/** Invites somebody to the programme (or another organisation that is not a supplier); returns the link. */
export function invite(person: { email: string; role: string | string[]; organisation?: string }): string {
  const { address, data, environment } = service();
  const options = [person.role].flat().flatMap((role) => ['--role', role]);
  if (person.organisation) options.push('--organisation', person.organisation);
  const printed = execFileSync(
    PROGRAM,
    ['admin', 'invite', '--data', data, '--email', person.email, ...options],
    { cwd: new URL('../..', import.meta.url), env: environment, encoding: 'utf8' },
  );
  const path = printed.match(/\/invitations\/\S+/)?.[0];
  if (!path) throw new Error(`no invitation in what the command printed:\n${printed}`);
  return address + path;
}
