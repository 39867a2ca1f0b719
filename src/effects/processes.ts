// Programs of this machine: started without a shell, with little of our environment, and never outliving the step.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { performance } from 'node:perf_hooks';
import { kill } from 'node:process';
import type { Readable } from 'node:stream';
import type { BlindError } from '../errors.ts';
import type { ProgramRequest, ProgramResult, Programs } from '../machine.ts';
import { environmentFor, type ProgramPlace } from './program-env.ts';
import { answered, cannotStart, interrupted, killed, outputLimits, tookTooLong } from './program-errors.ts';

export interface ProgramsOptions extends ProgramPlace {
  /** Where programs are started unless they say where. */
  readonly cwd: string;
  /** How long a program that was told to end has for that, in ms. Default 5 s. */
  readonly graceMs?: number;
}

type Child = ChildProcessByStdio<null, Readable, Readable>;

const defaultGraceMs = 5_000;
/** How long output is waited for that something outside the group still holds open, and the end of what was killed, in ms. */
const drainMs = 1_000;
const pollMs = 50;

/** See `Programs`. */
export function openPrograms(options: ProgramsOptions): Programs {
  return {
    run: async (request, signal) => {
      const [program = ''] = request.argv;
      const env = environmentFor(request, options);
      if (signal.aborted) throw interrupted(program);
      return answered(program, await runOne(start(request, request.cwd ?? options.cwd, env), request, signal, options));
    },
  };
}

function start({ argv }: ProgramRequest, cwd: string, env: Record<string, string>): Child {
  const [program = '', ...args] = argv;
  try {
    // A group of its own: what it starts can be ended with it, and Ctrl-C at the terminal reaches it through us only.
    return spawn(program, args, { cwd, env, shell: false, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (thrown) {
    throw cannotStart(program, thrown);
  }
}

function runOne(
  child: Child,
  request: ProgramRequest,
  signal: AbortSignal,
  { graceMs = defaultGraceMs }: ProgramsOptions,
): Promise<ProgramResult> {
  const [program = ''] = request.argv;
  const began = performance.now();
  const stdout = collect(child.stdout, outputLimits.stdout);
  const stderr = collect(child.stderr, outputLimits.stderr);
  tell(child, request);
  return new Promise((resolve, reject) => {
    let why: BlindError | undefined;
    let ending: Promise<void> = Promise.resolve();
    const end = (error: BlindError): void => {
      if (why !== undefined) return;
      why = error;
      ending = endGroup(child.pid, graceMs);
    };
    const interrupt = (): void => end(interrupted(program));
    const timer = setTimeout(() => end(tookTooLong(program, request.timeoutMs)), request.timeoutMs);
    signal.addEventListener('abort', interrupt, { once: true });
    const over = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupt);
    };
    child.on('error', (cause) => {
      // Also said when a signal could not be delivered: then it runs, and its end is still to come.
      if (child.pid !== undefined) return;
      over();
      reject(cannotStart(program, cause));
    });
    child.on('exit', () => {
      if (why === undefined) ending = killGroup(child.pid);
      setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream.destroy()), drainMs).unref();
    });
    child.on('close', (exit, by) => {
      over();
      const ms = Math.round(performance.now() - began);
      const result = { stdout: stdout.text(), stderr: stderr.text(), truncated: stdout.cut(), ms };
      void ending.then(() => {
        if (why !== undefined) reject(why);
        else if (exit === null) reject(killed(program, by ?? 'a signal'));
        else resolve({ ...result, exit, stderrTruncated: stderr.cut() });
      });
    });
  });
}

/** The beginning of a stream; the rest is read, so that whoever writes is not held up, and dropped. */
function collect(stream: Readable, limit: number): { readonly text: () => string; readonly cut: () => boolean } {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < limit) chunks.push(chunk.subarray(0, limit - size));
    size += chunk.length;
  });
  stream.on('error', () => undefined);
  return { text: () => new TextDecoder().decode(Buffer.concat(chunks)), cut: () => size > limit };
}

/** Passes on that it runs, and what it writes as it comes. */
function tell(child: Child, { onStart, onOutput }: ProgramRequest): void {
  if (onStart !== undefined) child.once('spawn', onStart);
  if (onOutput === undefined) return;
  for (const stream of ['stdout', 'stderr'] as const) {
    // A character may come in two parts.
    const decoder = new TextDecoder();
    child[stream].on('data', (chunk: Buffer) => onOutput(decoder.decode(chunk, { stream: true }), stream));
  }
}

/** Asks a whole group to end, and ends what is left of it after a while. */
async function endGroup(pid: number | undefined, graceMs: number): Promise<void> {
  signalGroup(pid, 'SIGTERM');
  await groupGone(pid, graceMs);
  await killGroup(pid);
}

/** Ends a group at once. A signal is sent before it is obeyed: nothing of a step may still run when its result is told. */
async function killGroup(pid: number | undefined): Promise<void> {
  signalGroup(pid, 'SIGKILL');
  await groupGone(pid, drainMs);
}

async function groupGone(pid: number | undefined, limitMs: number): Promise<void> {
  for (let waited = 0; waited < limitMs && signalGroup(pid, 0); waited += pollMs) {
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** False when nobody is left in the group. */
function signalGroup(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  try {
    return kill(-pid, signal);
  } catch {
    return false;
  }
}
