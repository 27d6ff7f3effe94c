// What an operator does at the command line before anyone can sign in.
import { execFileSync } from 'node:child_process';
import { service } from './service.ts';

/** Invites somebody to the programme team; returns the address of the invitation. */
export function invite(person: { email: string; name: string; role: string }): string {
  const { address, data, environment } = service();
  const printed = execFileSync(
    'target/debug/gpc-onboarding',
    ['admin', 'invite', '--data', data, '--email', person.email, '--name', person.name, '--role', person.role],
    { cwd: new URL('../..', import.meta.url), env: environment, encoding: 'utf8' },
  );
  const path = printed.match(/\/invitations\/\S+/)?.[0];
  if (!path) throw new Error(`no invitation in what the command printed:\n${printed}`);
  return address + path;
}
