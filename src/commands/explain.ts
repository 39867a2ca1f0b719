// An error at the edge → words and an exit code. Anything but a GoliveError is a mistake of ours and says so.

import { exitCodes, GoliveError } from '../errors.ts';
import { visible } from '../render/text.ts';
import type { ProcessShell } from './shell.ts';

/** Prints the error and returns the exit code. */
export function explain(error: unknown, shell: ProcessShell): number {
  if (error instanceof GoliveError) {
    shell.err(`golive: ${visible(error.message, { newlines: true })}`);
    if (error.hint !== undefined) shell.err(`  ${visible(error.hint, { newlines: true })}`);
    return error.exit;
  }
  if (shell.signal.aborted && isAbort(error, shell.signal)) {
    shell.err('golive: Interrupted before anything began.');
    return exitCodes.interrupted;
  }
  const words = error instanceof Error ? (error.stack ?? error.message) : String(error);
  shell.err(
    `golive ${shell.version} broke. This is a mistake in golive, not in your checklist; please report it with:`,
  );
  shell.err(visible(words.slice(0, 4000), { newlines: true }));
  return exitCodes.usage;
}

/** What a request that was under way rejects with: the signal's own reason, or an error that says so. */
function isAbort(error: unknown, { reason }: AbortSignal): boolean {
  return error === reason || (error instanceof Error && (error.name === 'AbortError' || error.message === 'aborted'));
}
