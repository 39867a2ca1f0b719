// The people of a project, as real runs have them: a key each, the file that says whose they are, and who holds which role.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { answerAt } from './aep-answers.ts';
import type { Terminal } from './terminal.ts';

const namespaces = 'namespaces="golive.grant,golive.signoff,golive.seal"';

export interface Person {
  readonly roles: readonly string[];
  /** More options of their line: `,valid-before="20260301Z"`. */
  readonly limits?: string;
  /** `TYPE BASE64` of a key they have already; otherwise one is made. */
  readonly key?: string;
}

/** Writes `.golive/allowed_signers` and `.golive/roles.yaml`, and a key for everybody without one under `keys/NAME`. */
export function settle(folder: string, people: Readonly<Record<string, Person>>): void {
  mkdirSync(join(folder, 'keys'), { recursive: true });
  mkdirSync(join(folder, '.golive'), { recursive: true });
  const lines = Object.entries(people).map(([who, { limits = '', key }]) => {
    return `${who} ${namespaces}${limits} ${key ?? newKey(join(folder, 'keys', nameOf(who)), who)}\n`;
  });
  writeFileSync(join(folder, '.golive', 'allowed_signers'), lines.join(''));
  const held = Object.entries(people).map(([who, { roles }]) => `  ${who}: [${roles.join(', ')}]\n`);
  writeFileSync(join(folder, '.golive', 'roles.yaml'), `golive: 1\npeople:\n${held.join('')}`);
}

/** `erin` of `erin@navralabs.example`. */
export function nameOf(who: string): string {
  return who.split('@')[0] ?? '';
}

function newKey(file: string, who: string): string {
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', who, '-f', file]);
  const line = execFileSync('ssh-keygen', ['-y', '-f', file], { encoding: 'utf8' });
  return line.trim().split(' ').slice(0, 2).join(' ');
}

/** Somebody who came to this terminal says go for a role, with the file of their key. */
export async function goWithKey(terminal: Terminal, title: string, who: string): Promise<void> {
  await answerAt(terminal, `${title}, who signs?`, who);
  await answerAt(terminal, 'an agent holds it', `keys/${nameOf(who)}`);
  await answerAt(terminal, `for ${title}, go or no-go?`, 'go');
}
