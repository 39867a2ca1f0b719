// What golive doctor looks at on this machine: Node, the terminal, the disk, the key, and the programs of the checklist.

import { resolve } from 'node:path';
import type { Inputs } from '../checklist/inputs.ts';
import { inputVariable } from '../checklist/inputs.ts';
import type { Reach } from '../checklist/reach.ts';
import { findPrincipal, findSigner } from '../effects/keys.ts';
import { findProgram, tryFolder } from '../effects/machine.ts';
import { GoliveError } from '../errors.ts';
import type { Check } from '../render/doctor.ts';
import type { Signer } from '../world.ts';
import type { OpenChecklist } from './open-checklist.ts';
import { howCalled, type GlobalOptions, type ProcessShell } from './shell.ts';
import type { SigningOptions } from './signing.ts';
import { isTrustedHere } from './trust.ts';

const oldestNode = [20, 19] as const;
const narrowest = 80;
/** A run takes a few megabytes; below this something else is about to fill the disk. */
const leastFree = 100 * 1024 * 1024;

/** Whether this Node is one that golive runs on. */
export function nodeCheck({ node }: ProcessShell): Check {
  const [major = 0, minor = 0] = node.replace(/^v/, '').split('.').map(Number);
  const [oldest, least] = oldestNode;
  if (major > oldest || (major === oldest && minor >= least)) return { name: 'node', state: 'ok', says: node };
  const todo = `Install Node ${oldest}.${least} or newer.`;
  return { name: 'node', state: 'bad', says: `${node} is too old`, todo };
}

/** Whether somebody can be asked here. With `json` standard output is for machines, and standard input decides. */
export function terminalCheck({ terminal }: ProcessShell, json: boolean): Check {
  const { interactive, input, width, colour } = terminal;
  const name = 'terminal';
  const size = `${width} columns${colour ? ', colour' : ', no colour'}`;
  if (!(json ? input.isTTY : interactive)) {
    const todo = 'Start golive at a terminal: elsewhere it only looks, and nobody is asked.';
    return { name, state: 'unknown', says: 'standard input or output is no terminal', todo };
  }
  if (!json && width < narrowest)
    return { name, state: 'unknown', says: size, todo: `Make the window at least ${narrowest} columns wide.` };
  return { name, state: 'ok', says: json ? 'interactive' : `interactive, ${size}` };
}

/** Whether a run can be kept in the folder for runs. */
export function diskCheck({ runsDir = '.golive/runs' }: GlobalOptions, shell: ProcessShell): Check {
  const { free, problem } = tryFolder(resolve(shell.cwd, runsDir));
  const room = `${Math.floor(free / 1024 / 1024)} MB free for ${runsDir}`;
  const elsewhere = 'Name another folder with --runs-dir, on a local disk.';
  if (problem !== undefined)
    return { name: 'disk', state: 'bad', says: `a run cannot be kept durably: ${problem}`, todo: elsewhere };
  if (free < leastFree) return { name: 'disk', state: 'bad', says: room, todo: `Free some space. ${elsewhere}` };
  return { name: 'disk', state: 'ok', says: `${room}; files are written, linked and synced` };
}

/** Who would sign a run, with which key, and whether that can be done. Nothing is signed. */
export async function signingChecks(
  options: SigningOptions & GlobalOptions,
  shell: ProcessShell,
): Promise<{ readonly checks: readonly Check[]; readonly signer?: Signer }> {
  const place = { cwd: shell.cwd, env: shell.env };
  const path = findProgram('ssh-keygen', place);
  const keygen: Check =
    path === undefined
      ? { name: 'ssh-keygen', state: 'bad', says: 'not on the PATH', todo: 'Install OpenSSH 8.2 or newer.' }
      : { name: 'ssh-keygen', state: 'ok', says: path };
  const bad = (says: string, todo: string) => ({
    checks: [keygen, { name: 'key', state: 'bad', says, todo } satisfies Check],
  });
  try {
    const principal = await findPrincipal({ ...place, as: options.as });
    if (principal === undefined)
      return bad('golive does not know who you are', 'Say --as you@example.com, or set git’s user.email.');
    const signer = await findSigner({ ...place, key: options.key, principal });
    if (signer === undefined) {
      const make = `Make one with \`${howCalled(shell, options)} key init\`, or name one with --key FILE.`;
      return bad(`${principal} has no SSH key to sign with`, make);
    }
    const key: Check = { name: 'key', state: 'ok', says: `${principal} signs with ${signer.source}` };
    return { checks: [keygen, key], signer };
  } catch (error) {
    if (!(error instanceof GoliveError)) throw error;
    return bad(error.message, error.hint ?? 'Name another key with --key FILE.');
  }
}

/** Whether the checklist would be started without a question. */
export function trustCheck(opened: OpenChecklist, shell: ProcessShell): Check {
  const { digest } = opened.checklist;
  const says = `${opened.shown}, sha256 ${digest.slice(0, 12)}`;
  if (isTrustedHere(opened, shell)) return { name: 'checklist', state: 'ok', says };
  const todo = `Read it. The first run asks about it; without a terminal it takes --trust-checklist ${digest.slice(0, 12)}`;
  return { name: 'checklist', state: 'unknown', says: `${says}, has not been run here before`, todo };
}

/** Which blanks are filled, and which will be asked for. */
export function inputsCheck({ given, secrets, missing }: Inputs): Check {
  const filled = Object.keys(given).length + Object.keys(secrets).length;
  const asked = missing.map(({ name, question }) => (question.secret ? `${name} (secret)` : name));
  if (asked.length === 0) return { name: 'inputs', state: 'ok', says: `all ${filled} have a value` };
  const variable = inputVariable(missing[0]?.name ?? '');
  const todo = `Have them at hand, or set ${variable} and the like.`;
  return { name: 'inputs', state: 'ok', says: `${filled} have a value; asked at the start: ${asked.join(', ')}`, todo };
}

/** Each program that steps start. */
export function programChecks(reached: readonly Reach[], { env, cwd }: ProcessShell): readonly Check[] {
  const programs = new Set(reached.flatMap((reach) => (reach.type === 'program' ? [reach.program] : [])));
  return [...programs].map((program) => {
    const name = `run ${program}`;
    if (program.includes('${')) return { name, state: 'unknown', says: 'not known before the run' };
    const path = findProgram(program, { env, cwd });
    if (path !== undefined) return { name, state: 'ok', says: path };
    return { name, state: 'bad', says: 'not on the PATH', todo: `Install ${program}, or put it on the PATH.` };
  });
}
