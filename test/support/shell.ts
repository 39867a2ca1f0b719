// A process around a command that is no process: what it printed, and a terminal that is none.

import { setMaxListeners } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { ProcessShell } from '../../src/commands/shell.ts';

export interface TestShell extends ProcessShell {
  /** Everything on standard output so far, the transcript included. */
  printed(): string;
  /** Everything on standard error so far. */
  complained(): string;
  /** A folder for runs, of this shell alone. */
  readonly runsDir: string;
  remove(): void;
}

/** The root of the project. */
export const home = fileURLToPath(new URL('../..', import.meta.url));

/** A shell at 100 columns without colour. `env` is all there is of an environment. */
export function testShell(
  given: { readonly cwd?: string; readonly env?: Record<string, string>; readonly signal?: AbortSignal } = {},
): TestShell {
  const signal = given.signal ?? new AbortController().signal;
  setMaxListeners(0, signal);
  const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
  const out: string[] = [];
  const err: string[] = [];
  const output = new PassThrough();
  output.on('data', (chunk: Buffer) => out.push(chunk.toString('utf8')));
  return {
    out: (text) => void out.push(`${text}\n`),
    err: (text) => void err.push(`${text}\n`),
    env: { HOME: folder, ...given.env },
    cwd: given.cwd ?? home,
    version: '0.0.0-test',
    host: 'test-host',
    node: process.version,
    signal,
    terminal: {
      // Never read from: nobody is there.
      input: new PassThrough() as unknown as NodeJS.ReadStream,
      output: output as unknown as NodeJS.WriteStream,
      interactive: false,
      live: false,
      colour: false,
      stamped: false,
      unicode: true,
      width: 100,
    },
    printed: () => out.join(''),
    complained: () => err.join(''),
    runsDir: join(folder, 'runs'),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
