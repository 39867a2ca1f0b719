// `golive request`: a file with which somebody at another machine decides about a gate. Only reads the run.

import { join, resolve } from 'node:path';
import { shownPath } from '../checklist/find.ts';
import { writeHanded } from '../effects/handed-file.ts';
import { runId } from '../effects/ids.ts';
import { parseDuration } from '../engine/duration.ts';
import { GoliveError } from '../errors.ts';
import { requestBytes } from '../log/request.ts';
import { nobodyElsewhere, requestAbout } from '../runner/request.ts';
import { checklistText, requestEnding, requestLasts, requestName, requestWords } from './elsewhere.ts';
import { nowOf } from './following.ts';
import { ownCopy, refuseClosed } from './own-copy.ts';
import { findRun, openStore } from './runs.ts';
import { howCalled, type GlobalOptions, type Shell } from './shell.ts';

export interface RequestOptions extends GlobalOptions {
  /** Where to; otherwise a name of its own in the folder where golive was started. */
  readonly out?: string;
  /** How long it counts: `4h`. */
  readonly expires?: string;
}

/** Longer than any go-live is decided about, in ms. */
const longest = 30 * 86_400_000;

/**
 * Writes a request about an open gate of the run that is meant. Returns 0. Throws GoliveError: `gate` for one that takes no
 * votes now, `rehearsal` and `roles` where nobody elsewhere could sign, `sealed`, `usage`, `file`.
 */
export async function request(wanted: string, gate: string, options: RequestOptions, shell: Shell): Promise<number> {
  const lasts = lastsFor(options.expires);
  const store = openStore(options, shell);
  const known = await findRun(store, wanted, shell);
  refuseClosed(known);
  const nobody = nobodyElsewhere(known.state);
  if (nobody) throw nobody;
  const { run } = known;
  const command = howCalled(shell, options);
  const { plan } = await ownCopy(store, known);
  // Whoever works on it may have gone on meanwhile: state and lines have to be those of one moment.
  const lines = (await store.read(run, 0)).slice(0, known.state.seq);
  const { state } = known;
  const checklist = await checklistText(store, run, state);
  const how = { now: nowOf(state), lasts, nonce: runId(), checklist, resume: `${command} resume ${run}` };
  const made = requestAbout({ run, plan, state, lines }, gate, how);
  const path =
    options.out === undefined
      ? writeHanded(join(shell.cwd, requestName(made)), requestBytes(made), requestEnding)
      : writeHanded(resolve(shell.cwd, options.out), requestBytes(made));
  const { step, attempt, roles, seen, expires } = made;
  const file = shownPath(path, shell.cwd);
  if (options.json === true) shell.out(JSON.stringify({ run, step, attempt, roles, seen, expires, file }));
  else for (const line of requestWords(made, plan, state, { path: file, command })) shell.out(line);
  return 0;
}

function lastsFor(text: string | undefined): number {
  const ms = text === undefined ? requestLasts : parseDuration(text);
  if (ms !== undefined && ms >= 60_000 && ms <= longest) return ms;
  throw new GoliveError('usage', `--expires takes a duration from 1m to 30d, not ${text}`, {
    hint: 'For example: --expires 4h',
  });
}
