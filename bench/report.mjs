// A report of a long log: what is made of its events against reading and parsing them, and what verifying them costs before.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { statSync } from 'node:fs';
import { writeLongLog } from './long-log.mjs';
import { pathOf } from './programs.mjs';

const events = 200_000;
const longestMs = 10 * 60_000;
/** Written at the end of a program, whatever it is: its time in ms and its most memory in KiB. */
const figuresAtExit =
  'data:text/javascript,' +
  encodeURIComponent(
    'process.on("exit",()=>process.stderr.write("\\n"+JSON.stringify({ms:performance.now(),kib:process.resourceUsage().maxRSS})))',
  );

/**
 * Rows of `[what, golive, bare, aim, unit]`; without an aim where nothing can be aimed at: every line of a log is signed, and
 * checking so many signatures takes many times as long as reading them.
 */
export async function reportRows(folder) {
  const file = join(folder, 'long.jsonl');
  await writeLongLog(file, events);
  const bytes = statSync(file).size;
  const bare = await fastestOf(3, () => figuresOf(pathOf('bench/report-part.mjs'), ['parse', file]));
  const parts = await figuresOf(pathOf('bench/report-part.mjs'), ['report', file]);
  const whole = await figuresOf(pathOf('dist/main.js'), ['report', file, '--format', 'html']);
  const mib = (value) => value / 1_048_576;
  return [
    ...parts.formats.map(({ format, ms }) => [
      `report of ${events} verified events, ${format}, against parsing`,
      ms,
      bare.ms,
      3,
      ' ms',
    ]),
    [`verifying ${events} events and their signatures against parsing`, parts.verifyMs, bare.ms, undefined, ' ms'],
    ['golive report --format html, all of it, against parsing', whole.ms, bare.ms, undefined, ' ms'],
    ['most memory of golive report against the log', mib(whole.kib * 1024), mib(bytes), 6, ' MiB'],
  ];
}

async function fastestOf(rounds, measure) {
  const all = [];
  for (let round = 0; round < rounds; round += 1) all.push(await measure());
  return all.toSorted((a, b) => a.ms - b.ms)[0];
}

/** What the last line on standard error says, of `node PROGRAM ARGS` in a process of its own. */
function figuresOf(program, args) {
  return new Promise((resolve, reject) => {
    const node = ['--import', figuresAtExit, program, ...args];
    const child = spawn(process.execPath, node, { stdio: ['ignore', 'pipe', 'pipe'], timeout: longestMs });
    let said = '';
    child.stdout.resume();
    child.stderr.on('data', (chunk) => (said += chunk));
    child.once('error', reject);
    child.once('close', (code, signal) => {
      if (code !== 0) return reject(new Error(`${program} ${args[0]} ended with ${signal ?? code}:\n${said}`));
      const lines = said
        .trim()
        .split('\n')
        .filter((line) => line.startsWith('{'));
      resolve(Object.assign({}, ...lines.toReversed().map((line) => JSON.parse(line))));
    });
  });
}
