// A checklist is code. One that is not golive's own is shown and asked about before it first runs; and the region a
// person's shell is set to has to be the one the target names.

import { dirname, join } from 'node:path';
import type { Plan } from '../engine/plan.ts';
import { everyStep, usesOf } from '../engine/uses.ts';
import { openFiles } from '../effects/files.ts';
import { isTrusted, rememberTrusted } from '../effects/trusted.ts';
import { GoliveError } from '../errors.ts';
import type { Check } from '../render/doctor.ts';
import { visible, wrap } from '../render/text.ts';
import { openDesk } from './desk.ts';
import type { OpenChecklist } from './open-checklist.ts';
import type { ProcessShell } from './shell.ts';

/** Returns when the checklist may run; throws GoliveError `untrusted` otherwise. */
export async function trustChecklist(
  opened: OpenChecklist,
  plan: Plan,
  given: string | undefined,
  shell: ProcessShell,
): Promise<void> {
  const { digest } = opened.checklist;
  if (isTrustedHere(opened, shell)) return;
  if (given !== undefined && given.length >= 12 && digest.startsWith(given)) return;
  const hint = `Read it, then say --trust-checklist ${digest}`;
  if (!shell.terminal.interactive) {
    throw new GoliveError(
      'untrusted',
      `${opened.shown} is not golive's own checklist and has not been run here before`,
      { hint },
    );
  }
  const desk = openDesk(shell);
  desk.print(reachLines(opened, plan).flatMap((line) => wrap(line, desk.page.width, 4)));
  if (!(await desk.confirm('Run this checklist for the first time?')))
    throw new GoliveError('untrusted', 'nothing was started', { hint });
  rememberTrusted(digest, shell.env);
}

/** Whether it is golive's own, or one this user has said yes to. */
export function isTrustedHere({ checklist, path }: OpenChecklist, shell: ProcessShell): boolean {
  return dirname(path) === join(openFiles().home, 'checklists') || isTrusted(checklist.digest, shell.env);
}

/**
 * What the checklist reaches, named probes included: each use of a kind in words, in the order of the plan; what it
 * would change, there and back, stands below, by itself.
 */
export function reachLines(opened: OpenChecklist, plan: Plan): string[] {
  const uses = everyStep(plan).flatMap(usesOf);
  const used = (as: 'probe' | 'act') => uses.filter((use) => use.as === as).map(({ call }) => call);
  const changes = [...new Set(used('act').map(({ words }) => words))];
  const calls = [...Object.values(plan.probes).map(({ call }) => call), ...used('probe')];
  const reached = [...new Set(calls.map(({ words }) => words))];
  const what = `${visible(opened.shown)} (sha256 ${opened.checklist.digest.slice(0, 12)})`;
  if (reached.length + changes.length === 0) return [`${what} only asks people.`];
  const others = Object.values(plan.accounts).map(({ account, region }) => `${account} ${region}`);
  const accounts = [...new Set([`${plan.aws.account} ${plan.aws.region}`, ...others])].join(', ');
  const line = (words: string): string => `  ${visible(words)}`;
  const acting = 'change something, each time after a word that a person types:';
  return [
    `${what} has not been run by you before. As you, in account ${visible(accounts)}, it will:`,
    ...reached.map(line),
    ...(changes.length === 0 ? [] : [reached.length === 0 ? acting : `and ${acting}`, ...changes.map(line)]),
  ];
}

/** Says so when the environment names another region than the target. */
export function otherRegion(plan: Plan, shell: ProcessShell): Check | undefined {
  try {
    refuseOtherRegion(plan, shell);
    return undefined;
  } catch (error) {
    if (!(error instanceof GoliveError)) throw error;
    return { name: 'region', state: 'bad', says: error.message, ...(error.hint !== undefined && { todo: error.hint }) };
  }
}

/** Throws GoliveError `region` when the environment says another region than the target: somebody means another place. */
export function refuseOtherRegion(plan: Plan, shell: ProcessShell): void {
  const said = shell.env['AWS_REGION'] ?? shell.env['AWS_DEFAULT_REGION'];
  if (said === undefined || said === '' || said === plan.aws.region) return;
  throw new GoliveError(
    'region',
    `${plan.checklist}-${plan.target} is in ${plan.aws.region}, and this shell is set to ${said}`,
    {
      hint: `Unset AWS_REGION and AWS_DEFAULT_REGION, or set them to ${plan.aws.region}.`,
    },
  );
}
