// Beside `golive report`: a log read and parsed and nothing else, or verified and then made into every format, each timed.

import { readFileSync } from 'node:fs';
import { evolveAll } from '../dist/engine/evolve.js';
import { verifyEvents } from '../dist/log/verify.js';
import { reportText } from '../dist/commands/report.js';

const [what, file] = process.argv.slice(2);
const began = performance.now();
const figures = what === 'parse' ? parsed() : await reported();
process.stderr.write(`\n${JSON.stringify(figures)}`);

function parsed() {
  let events = 0;
  for (const line of readFileSync(file, 'utf8').split('\n'))
    if (line !== '' && JSON.parse(line).s !== undefined) events += 1;
  return { events, ms: performance.now() - began };
}

async function reported() {
  const { verification, events } = await verifyEvents(readFileSync(file), { rehearsal: true });
  if (verification.verdict !== 'SEALED') throw new Error(`the log is ${verification.verdict}: ${verification.reason}`);
  const verifyMs = performance.now() - began;
  const formats = [];
  for (const format of ['json', 'ndjson', 'markdown', 'junit', 'github', 'html']) {
    const from = performance.now();
    const run = { events, state: evolveAll(events), plan: undefined, verification, signersGiven: false };
    const { text } = await reportText(run, format, async () => undefined);
    formats.push({ format, ms: performance.now() - from, characters: text.length });
  }
  return { verifyMs, formats };
}
