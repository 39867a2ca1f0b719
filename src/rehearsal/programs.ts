// Programs of a rehearsal: none is ever started, the world says what they answer and how long that takes.

import { answered, interrupted, notFound, outputLimits, tookTooLong } from '../effects/program-errors.ts';
import { BlindError } from '../errors.ts';
import { shownCommand } from '../steps/argv.ts';
import type { Programs } from '../machine.ts';
import type { Clock } from '../world.ts';
import { spanMs } from './account-parts.ts';
import type { CommandState } from './world.ts';

/** Answers from `commands` of the world as it stands when one is run. Throws BlindError `refused` for any other. */
export function rehearsedPrograms(commands: () => Readonly<Record<string, CommandState>>, clock: Clock): Programs {
  return {
    run: async ({ argv, timeoutMs, onStart, onOutput }, signal) => {
      const [program = ''] = argv;
      const known = Object.values(commands()).find((each) => isSame(each.argv, argv));
      if (known === undefined) throw unanswered(argv);
      if (known.missing) throw notFound(program);
      onStart?.();
      const ms = spanMs(known.takes);
      await clock.sleep(Math.min(ms, timeoutMs), signal);
      if (signal.aborted) throw interrupted(program);
      if (ms > timeoutMs) throw tookTooLong(program, timeoutMs);
      onOutput?.(known.stdout, 'stdout');
      onOutput?.(known.stderr, 'stderr');
      const [stdout, stderr] = [capped(known.stdout, outputLimits.stdout), capped(known.stderr, outputLimits.stderr)];
      return answered(program, {
        exit: known.exit,
        stdout: stdout.text,
        stderr: stderr.text,
        truncated: stdout.cut,
        stderrTruncated: stderr.cut,
        ms,
      });
    },
  };
}

function isSame(known: readonly string[], argv: readonly string[]): boolean {
  return known.length === argv.length && known.every((word, index) => word === argv[index]);
}

function unanswered(argv: readonly string[]): BlindError {
  const what = `A rehearsal starts no program, and its world has no answer for: ${shownCommand(argv)}`;
  return new BlindError('refused', what.slice(0, 500), {
    hint: 'Add it to the world under `commands:`, with its argv word by word.',
  });
}

function capped(text: string, limit: number): { readonly text: string; readonly cut: boolean } {
  const bytes = new TextEncoder().encode(text);
  return { text: new TextDecoder().decode(bytes.subarray(0, limit)), cut: bytes.length > limit };
}
