// Decisions that are made at other machines, from the prompt of a gate: the file that goes out, and the one that comes back.

import { join, resolve } from 'node:path';
import { shownPath } from '../checklist/find.ts';
import { runId } from '../effects/ids.ts';
import { readHanded, writeHanded } from '../effects/handed-file.ts';
import { holdersOf } from '../engine/people.ts';
import type { Plan } from '../engine/plan.ts';
import type { State } from '../engine/state.ts';
import { GoliveError } from '../errors.ts';
import { readDecision, requestBytes, type SigningRequest } from '../log/request.ts';
import { visible } from '../render/text.ts';
import type { Elsewhere } from '../runner/at-gate.ts';
import { whyNot } from '../runner/decision.ts';
import type { Journal } from '../runner/journal.ts';
import { nobodyElsewhere, requestAbout } from '../runner/request.ts';
import type { RunStore } from '../world.ts';
import { ownDigest } from './amended.ts';
import type { Work } from './work.ts';

/** How long a request counts where nothing else is said, in ms. */
export const requestLasts = 4 * 3_600_000;

export const requestEnding = '.request.json';

/** What the prompt of a gate does about decisions made elsewhere; undefined where nobody elsewhere has a key. */
export function elsewhereOf(given: Work, journal: Journal): Elsewhere | undefined {
  const { plan, run, store, clock, shell, command } = given;
  if (given.roster === undefined || nobodyElsewhere(journal.state()) !== undefined) return undefined;
  return {
    request: async (step) => {
      const state = journal.state();
      const checklist = await checklistText(store, run, state);
      const how = {
        now: clock.now(),
        lasts: requestLasts,
        nonce: runId(),
        checklist,
        resume: `${command} resume ${run}`,
      };
      const request = requestAbout({ run, plan, state, lines: journal.lines() }, step.id, how);
      const path = writeHanded(join(shell.cwd, requestName(request)), requestBytes(request), requestEnding);
      const words = requestWords(request, plan, state, { path: shownPath(path, shell.cwd), command });
      return words.map((line) => `  ${line}`);
    },
    read: async (path) => {
      // No shell is there to read it.
      const written = path.startsWith('~/') ? join(shell.env['HOME'] ?? '~', path.slice(2)) : path;
      const statement = readDecision(readHanded(resolve(shell.cwd, written)));
      const refused = whyNot({ plan, journal, world: given }, statement);
      if (refused === undefined) return statement;
      throw new GoliveError('refused', `not counted: ${refused}`);
    },
  };
}

/** The text of the checklist in force. Throws GoliveError `incomplete` when the run has lost it. */
export async function checklistText(store: RunStore, run: string, state: State): Promise<string> {
  const bytes = await store.getBlob(run, ownDigest(state));
  if (bytes !== undefined) return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  throw new GoliveError('incomplete', `the copy of the checklist that run ${run} carries is missing`, {
    hint: `It belongs into ${store.locate(run)}/blobs.`,
  });
}

/** `approved-q2xk7c3a-1.request.json`: the gate, the run, and which attempt it is. */
export function requestName({ step, run, attempt }: SigningRequest): string {
  return `${step}-${run.replace('rehearsal-', '').slice(0, 8)}-${attempt}${requestEnding}`;
}

/** What is to be done with a request, in sentences. */
export function requestWords(
  { run, roles, expires }: SigningRequest,
  plan: Plan,
  state: State,
  { path, command }: { readonly path: string; readonly command: string },
): readonly string[] {
  const who = roles.map((role) => {
    const holders = holdersOf(state, role);
    return `${plan.roles[role]?.title ?? role} (${holders.length === 0 ? 'nobody holds it' : holders.join(' or ')})`;
  });
  return [
    `${path} can be signed until ${expires}.`,
    `Send it to ${who.join(', ')}. In their own checkout: golive sign FILE`,
    `What comes back is typed at the gate, or brought by: ${command} accept ${run} FILE`,
  ].map((line) => visible(line));
}
