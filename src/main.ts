#!/usr/bin/env node
// The process boundary: arguments, signals, the terminal, and the only exit.

import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { runCli } from './cli.ts';
import type { ProcessShell, Terminal } from './commands/shell.ts';

const abort = new AbortController();
// Every request and sleep under way listens to it.
setMaxListeners(0, abort.signal);
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    // The second signal means it: what is durable is durable.
    if (abort.signal.aborted) process.exit(130);
    abort.abort(name);
  });
}

// A reader that went away (`golive show | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
process.stderr.on('error', () => undefined);

const { env, stdin, stdout, stderr } = process;
const { version }: { version: string } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

// Only how output looks hangs on it: whether anything is changed, and whether anybody is asked, does not.
const ci = !['', '0', 'false'].includes((env['CI'] ?? '').toLowerCase());
/** A width to write for where nobody can see one: the one people paste into tickets, and in CI beside the time. */
const pipedWidth = ci ? 122 : 100;
const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
const colourOff = (env['NO_COLOR'] ?? '') !== '' || env['TERM'] === 'dumb' || process.argv.includes('--no-color');
const colourOn = (env['FORCE_COLOR'] ?? '0') !== '0';

const terminal: Terminal = {
  input: stdin,
  output: stdout,
  interactive: stdin.isTTY && stdout.isTTY,
  live: !ci && stdout.isTTY && env['TERM'] !== 'dumb',
  colour: !colourOff && ((!ci && stdout.isTTY) || colourOn),
  stamped: ci,
  unicode: /utf-?8/i.test(locale) || (locale === '' && !stdout.isTTY),
  // Read anew each time: people resize windows in the middle of a run.
  get width() {
    return stdout.isTTY ? Math.max(40, stdout.columns || 80) : pipedWidth;
  },
};

const shell: ProcessShell = {
  out: (text) => void stdout.write(`${text}\n`),
  err: (text) => void stderr.write(`${text}\n`),
  env,
  cwd: process.cwd(),
  version,
  host: hostname(),
  node: process.version,
  terminal,
  signal: abort.signal,
};

process.exitCode = await runCli(process.argv.slice(2), shell);
// Open connections and handles must not keep a finished run alive; what was written to the pipes goes out first.
await Promise.all([stdout, stderr].map((stream) => new Promise((flushed) => stream.write('', flushed))));
process.exit();
