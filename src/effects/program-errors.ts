// Why a program says nothing about what it was to find out, in words an operator can act on.

import { formatDuration } from '../engine/duration.ts';
import { cap } from '../engine/explain.ts';
import { BlindError } from '../errors.ts';
import { maskSecrets } from '../steps/aws-logs-mask.ts';
import type { ProgramResult } from '../machine.ts';

/** Of what a program wrote, in bytes. */
export const outputLimits = { stdout: 256 * 1024, stderr: 64 * 1024 } as const;

const longestLine = 200;

/** What `spawn` threw or said, for a program that never ran. */
export function cannotStart(program: string, cause: unknown): BlindError {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : 'no code';
  if (code === 'ENOENT') return notFound(program, cause);
  if (code === 'EACCES') return notExecutable(program, cause);
  const words = code === 'E2BIG' ? 'its arguments are too long' : code;
  return new BlindError('invalid', `${named(program)} could not be started: ${words}.`, { cause });
}

/** There is no such program, or none in a script's first line. */
export function notFound(program: string, cause?: unknown): BlindError {
  const hint = program.includes('/')
    ? 'A path is looked up from where golive was started.'
    : 'Install it on this machine, or put its folder into PATH.';
  return new BlindError('invalid', `There is no program ${named(program)} here.`, { hint, cause });
}

export function tookTooLong(program: string, timeoutMs: number): BlindError {
  const what = `${named(program)} had not ended after ${formatDuration(timeoutMs)}, and was ended with all it had started.`;
  return new BlindError('timeout', what, { hint: 'What it did until then is done. Give it a longer `timeout`.' });
}

export function interrupted(program: string): BlindError {
  return new BlindError('server', `${named(program)} was interrupted, and ended with all it had started.`);
}

export function killed(program: string, signal: string): BlindError {
  return new BlindError('server', `${named(program)} was ended by ${signal} before it had an exit code.`);
}

/**
 * The result, unless its exit code says that something in it could not be started: 126 and 127 come from shells, `env`
 * and `xargs`, and are no answer to any question. Throws BlindError `invalid`.
 */
export function answered(program: string, result: ProgramResult): ProgramResult {
  if (result.exit !== 126 && result.exit !== 127) return result;
  const why = result.exit === 127 ? 'was not found' : 'could not be executed';
  const line = cap(maskSecrets(result.stderr.trimEnd().split('\n').at(-1) ?? ''), longestLine);
  throw new BlindError(
    'invalid',
    `${named(program)} ended with ${result.exit}: a program it was to start ${why}${line === '' ? '' : ` (${line})`}.`,
    { hint: 'Install what is missing on this machine; nothing was found out.' },
  );
}

function notExecutable(program: string, cause: unknown): BlindError {
  return new BlindError('refused', `${named(program)} may not be executed.`, {
    hint: 'It needs the permission to be executed: chmod +x, on a file system that allows it.',
    cause,
  });
}

function named(program: string): string {
  return program.slice(0, longestLine);
}
