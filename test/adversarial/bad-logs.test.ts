// Goal: a log that is broken, or is not all there, is played, reported and compared as far as it holds, says so in every
// format, and is no go in any. Method: every command and every format on logs that were bent in one way each.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { diff } from '../../src/commands/diff.ts';
import { history } from '../../src/commands/history.ts';
import { replay } from '../../src/commands/replay.ts';
import { replayAgainst } from '../../src/commands/replay-against.ts';
import { report } from '../../src/commands/report.ts';
import { reportFormats } from '../../src/commands/report-formats.ts';
import { GoliveError } from '../../src/errors.ts';
import { digest } from '../../src/log/canonical.ts';
import { checklistText } from '../checklist/given.ts';
import { openLog, verdictBody } from '../log/given.ts';
import { testShell, type TestShell } from '../support/shell.ts';

const folder = mkdtempSync(join(tmpdir(), 'golive-bad-logs-'));
const shells: TestShell[] = [];
afterAll(() => {
  shells.forEach((shell) => shell.remove());
  rmSync(folder, { recursive: true, force: true });
});

const text = checklistText();
let whole: readonly Uint8Array[] = [];
let run = '';

beforeAll(async () => {
  const log = await openLog({
    change: {
      checklist: { name: 'demo', title: 'A demonstration', path: 'demo.yaml', digest: digest(text) },
      target: 'prod',
    },
  });
  log.add('phase.open', { phase: 'first' });
  for (const step of ['one', 'gone']) {
    log.add('step.start', { step, attempt: 1, why: 'due', resets: [] });
    log.add('step.verdict', { ...verdictBody, step, facts: '' });
  }
  await log.seal();
  run = log.run;
  whole = log.lines;
  writeFileSync(join(folder, 'demo.yaml'), text);
});

const asText = (line: Uint8Array | undefined): string => Buffer.from(line ?? []).toString('utf8');
const joined = (lines: readonly (Uint8Array | string)[]): Buffer =>
  Buffer.concat(lines.map((line) => Buffer.concat([Buffer.from(line), Buffer.from('\n')])));

interface Bad {
  readonly bytes: () => Buffer;
  /** Without the checklist among the blobs. */
  readonly bare?: true;
  /** What the verification says. */
  readonly says: string;
  readonly exit: number;
}

const bads: Readonly<Record<string, Bad>> = {
  'cut in the middle of a line': { bytes: () => joined(whole).subarray(0, -40), says: 'INVALID', exit: 20 },
  'cut in the middle of its first line': { bytes: () => joined(whole).subarray(0, 90), says: 'INVALID', exit: 20 },
  'with a line that is forged': {
    bytes: () => joined(whole.map((line) => asText(line).replace('"verdict":"pass"', '"verdict":"skip"'))),
    says: 'INVALID',
    exit: 20,
  },
  'with a signature that is another’s': {
    bytes: () => {
      const [one, other] = [whole[2], whole[3]].map(asText);
      const signature = /"s":"[^"]*"/.exec(one ?? '')?.[0] ?? '';
      return joined([...whole.slice(0, 3), (other ?? '').replace(/"s":"[^"]*"/, signature), ...whole.slice(4)]);
    },
    says: 'INVALID',
    exit: 20,
  },
  'of a newer version': {
    bytes: () => joined(whole.map((line) => asText(line).replace(/"v":1}/, '"v":2}'))),
    says: 'INVALID',
    exit: 20,
  },
  'with a kind of event that is not known': {
    bytes: () => joined(whole.map((line) => asText(line).replace('"kind":"phase.open"', '"kind":"phase.begin"'))),
    says: 'INVALID',
    exit: 20,
  },
  empty: { bytes: () => Buffer.alloc(0), says: 'INVALID', exit: 20 },
  'of nothing but a line feed': { bytes: () => Buffer.from('\n'), says: 'INVALID', exit: 20 },
  'of one line': { bytes: () => joined(whole.slice(0, 1)), says: 'OPEN', exit: 0 },
  'without its checklist': { bytes: () => joined(whole), bare: true, says: 'INCOMPLETE', exit: 23 },
  'of a checklist that has not all of its steps': { bytes: () => joined(whole), says: 'INCOMPLETE', exit: 23 },
};

/** A bundle, and the same in a folder of runs. */
function written(name: string, { bytes, bare }: Bad): { readonly bundle: string; readonly runsDir: string } {
  const at = join(folder, String(Object.keys(bads).indexOf(name)));
  const [bundle, runsDir] = [join(at, 'bundle'), join(at, 'runs')];
  const events = join(runsDir, run, 'events');
  for (const one of [join(bundle, 'blobs'), events, join(runsDir, run, 'blobs')]) mkdirSync(one, { recursive: true });
  writeFileSync(join(bundle, 'run.jsonl'), bytes());
  if (bare === undefined)
    for (const one of [bundle, join(runsDir, run)]) writeFileSync(join(one, 'blobs', digest(text)), text);
  const lines = bytes()
    .toString('latin1')
    .split(/(?<=\n)/)
    .filter((line) => line !== '');
  for (const [seq, line] of lines.entries())
    writeFileSync(join(events, `${String(seq).padStart(12, '0')}.json`), line, 'latin1');
  return { bundle, runsDir };
}

type Command = (path: string, shell: TestShell) => Promise<number>;
const runsDir = join(folder, 'no-runs');
const commands: Readonly<Record<string, Command>> = {
  ...Object.fromEntries(
    reportFormats.map((format) => [
      `report ${format}`,
      ((path, shell) => report(path, { runsDir, format }, shell)) satisfies Command,
    ]),
  ),
  replay: (path, shell) => replay(path, { runsDir }, shell),
  'replay --json': (path, shell) => replay(path, { runsDir, json: true }, shell),
  'replay --against': (path, shell) => replayAgainst(path, { runsDir, against: 'demo.yaml' }, shell),
  diff: (path, shell) => diff(path, path, { runsDir }, shell),
};

async function outcome(command: Command, path: string) {
  const shell = testShell({ cwd: folder });
  shells.push(shell);
  try {
    const exit = await command(path, shell);
    return { exit, out: shell.printed() + shell.complained() };
  } catch (error) {
    // Anything else is a fault of golive.
    if (!(error instanceof GoliveError)) throw error;
    return { exit: error.exit, out: `${shell.printed()}${error.message} ${error.hint}` };
  }
}

describe.each(Object.keys(bads))('a log %s', (name) => {
  it.each(Object.keys(commands))('%s says so', async (command) => {
    const bad = bads[name];
    const make = commands[command];
    if (bad === undefined || make === undefined) throw new Error(name);
    const { bundle } = written(name, bad);
    const { exit, out } = await outcome(make, bundle);
    expect(out).toMatch(new RegExp(`${bad.says}|nobody knows what its facts answer|carries is not here`));
    expect(out).not.toMatch(/^(?:# )?GO\b/m);
    if (bad.exit === 0) expect([0, 1, 2]).toContain(exit);
    else expect([bad.exit, 2]).toContain(exit);
  });

  it('is among past runs, or said to be unreadable', async () => {
    const bad = bads[name];
    if (bad === undefined) throw new Error(name);
    const kept = written(name, bad).runsDir;
    const { exit, out } = await outcome((_, shell) => history('demo-prod', { runsDir: kept }, shell), '');
    expect(out).toMatch(/demo-prod/);
    expect([0, 2, 3]).toContain(exit);
  });
});
