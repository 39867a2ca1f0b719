// `golive verify`, `export` and `key` as a person uses them: what they print and how they end.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exportRun } from '../../src/commands/export.ts';
import { keyInit, keyShow } from '../../src/commands/key.ts';
import type { Shell } from '../../src/commands/shell.ts';
import { verify } from '../../src/commands/verify.ts';
import { fileStore } from '../../src/effects/store-file.ts';
import { allowedSignersLine } from '../../src/effects/keys.ts';
import { hashLine } from '../../src/log/line.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { openLog, realRun, rehearsalRun, sealedLog, verdictBody } from '../log/given.ts';

const cwd = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => rmSync(cwd, { recursive: true }));
const ada = throwAwaySigner('ada@example.com');
const inFolder = { runsDir: 'runs' };
const damagedRun = `rehearsal-${'d'.repeat(26)}`;
const unread =
  'INCOMPLETE: its checklist is none that can be read here, so nobody can say whether the procedure was kept';
let last = '';

beforeAll(async () => {
  const store = fileStore(join(cwd, 'runs'));
  const rehearsal = await sealedLog();
  const real = await openLog({ run: realRun, signer: ada, endpoints: ['127.0.0.1:4566'] });
  real.add('step.verdict', { ...verdictBody, step: 'a\u001b[31m', verdict: 'skip' });
  await real.seal();
  const damaged = await openLog({ run: damagedRun });
  damaged.add('step.verdict', { ...verdictBody, verdict: 'skip' });
  await damaged.seal();
  for (const log of [rehearsal, real, damaged]) {
    for (const [seq, line] of log.lines.entries()) await store.append(log.run, seq, line);
    for (const text of ['the checklist', '{}']) await store.putBlob(log.run, Buffer.from(text));
  }
  last = `${real.lines.length - 1}:${hashLine(real.lines.at(-1) ?? '')}`;
  writeFileSync(join(cwd, 'people'), `${allowedSignersLine(ada.principal, ada.publicKey)}\n`);
});

async function said(work: (shell: Shell) => Promise<number>): Promise<{ exit: number; out: string; err: string }> {
  const out: string[] = [];
  const err: string[] = [];
  const env = { HOME: cwd, PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1' };
  const exit = await work({ cwd, env, out: (text) => out.push(text), err: (text) => err.push(text) });
  return { exit, out: out.join('\n'), err: err.join('\n') };
}

describe('golive verify', () => {
  it('of a rehearsal says that nobody vouches for the key, and ends well only when a rehearsal was asked for', async () => {
    expect((await said((shell) => exportRun(rehearsalRun, { ...inFolder, out: 'played.jsonl' }, shell))).exit).toBe(0);
    const found = await said((shell) => verify('played.jsonl', {}, shell));
    expect(found.exit).toBe(24);
    expect(found.out.split('\n')[0]).toBe('SEALED rehearsal: whole, but nobody vouches for the key');
    expect((await said((shell) => verify('played.jsonl', { rehearsal: true }, shell))).exit).toBe(0);
  });

  it('of a run that names something else than a checklist is INCOMPLETE, however whole its lines are', async () => {
    const found = await said((shell) => verify(rehearsalRun, { ...inFolder, rehearsal: true }, shell));
    expect([found.exit, found.out.split('\n')[0]]).toEqual([23, unread]);
    expect(found.out).toContain('  evidence  2 of 2 there and whole');
  });

  it('of a real run trusts nobody without allowed signers, and then names hosts that stood in for AWS', async () => {
    const alone = await said((shell) => verify(realRun, inFolder, shell));
    expect([alone.exit, alone.out.split(':')[0]]).toEqual([21, 'UNTRUSTED']);
    expect((await said((shell) => exportRun(realRun, { ...inFolder, out: 'real.jsonl' }, shell))).exit).toBe(0);
    const trusted = await said((shell) => verify('real.jsonl', { allowedSigners: 'people', anchor: [last] }, shell));
    expect([trusted.exit, trusted.out.split('\n')[0]]).toEqual([0, 'SEALED: whole, and its people are vouched for']);
    expect(trusted.out).toContain('127.0.0.1:4566 stood in for AWS: this is not evidence about AWS');
    expect(trusted.out).toContain('  anchored  yes');
  });

  it('of an exported file says that the run named itself, unless it is named', async () => {
    expect((await said((shell) => exportRun(realRun, { ...inFolder, out: 'run.jsonl' }, shell))).exit).toBe(0);
    const file = await said((shell) => verify('run.jsonl', { allowedSigners: 'people' }, shell));
    expect(file.exit).toBe(0);
    expect(file.out).toContain('was taken from the log itself');
    expect(file.out).toContain('  evidence  not looked at');
    const other = await said((shell) => verify('run.jsonl', { allowedSigners: 'people', run: rehearsalRun }, shell));
    expect([other.exit, other.out.split(':')[0]]).toEqual([22, 'DIVERGED']);
  });

  it('names line and byte of what was changed', async () => {
    const bytes = readFileSync(join(cwd, 'run.jsonl'), 'latin1');
    writeFileSync(join(cwd, 'bent.jsonl'), bytes.replace('"looks":1', '"looks":2'), 'latin1');
    const bent = await said((shell) => verify('bent.jsonl', { allowedSigners: 'people' }, shell));
    expect(bent.exit).toBe(20);
    expect(bent.out.split('\n')[0]).toBe(
      `INVALID at line 2 (byte ${bytes.indexOf('\n') + 1}): its signature does not fit. Nothing from there on can be trusted.`,
    );
  });

  it('of a run whose files are damaged names the line at which the log stops being one', async () => {
    const files = join(cwd, 'runs', damagedRun, 'events');
    const name = (seq: number): string => join(files, `${String(seq).padStart(12, '0')}.json`);
    const whole = [0, 1, 2].map((seq) => readFileSync(name(seq)));
    const [first = Buffer.of(), second = Buffer.of(), third = Buffer.of()] = whole;
    const bent: [string, () => void, string][] = [
      ['a gap', () => rmSync(name(1)), `line 2 (byte ${first.length}): event 1 is missing`],
      ['no first line', () => rmSync(name(0)), 'line 1 (byte 0): event 0 is missing'],
      ['no line feed', () => writeFileSync(name(1), second.subarray(0, -1)), 'line 2 '],
      [
        'an empty last file',
        () => writeFileSync(name(2), ''),
        `line 3 (byte ${first.length + second.length}): event 2`,
      ],
      ['two lines in one file', () => writeFileSync(name(1), Buffer.concat([second, third])), 'line 2 '],
      [
        'a change above the damage',
        () => (writeFileSync(name(0), second), rmSync(name(1))),
        'line 1 (byte 0): its seq',
      ],
    ];
    for (const [what, bend, says] of bent) {
      bend();
      const found = await said((shell) => verify(damagedRun, inFolder, shell));
      expect([what, found.exit, found.out.split('\n')[0]]).toEqual([what, 20, expect.stringContaining(says)]);
      for (const [seq, bytes] of whole.entries()) writeFileSync(name(seq), bytes);
    }
    expect((await said((shell) => verify(damagedRun, inFolder, shell))).out.split('\n')[0]).toBe(unread);
  });

  it('gives the same as JSON', async () => {
    const found = await said((shell) => verify(realRun, { ...inFolder, json: true }, shell));
    expect(JSON.parse(found.out)).toMatchObject({
      verdict: 'UNTRUSTED',
      exit: 21,
      run: realRun,
      blobs: { named: 2, missing: [] },
    });
  });

  it.each([
    ['a run that is not there', 'b'.repeat(26), {}, 'run'],
    ['a file that is not there', 'nowhere.jsonl', {}, 'file'],
    ['allowed signers that are not there', realRun, { allowedSigners: 'nowhere' }, 'trust'],
    ['revoked keys without allowed signers', realRun, { revoked: 'people' }, 'usage'],
    ['an anchor that is none', realRun, { anchor: ['abc'] }, 'usage'],
  ])('stops at %s', async (_, log, options, code) => {
    await expect(said((shell) => verify(log, { ...inFolder, ...options }, shell))).rejects.toMatchObject({ code });
  });
});

describe('golive export', () => {
  it('gives the same bytes on standard output and in a file, which it never overwrites', async () => {
    const printed = await said((shell) => exportRun(realRun, inFolder, shell));
    expect(`${printed.out}\n`).toBe(readFileSync(join(cwd, 'run.jsonl'), 'utf8'));
    await expect(said((shell) => exportRun(realRun, { ...inFolder, out: 'run.jsonl' }, shell))).rejects.toMatchObject({
      code: 'file',
    });
  });
});

describe('golive key', () => {
  it('asks for a name and for a key before it shows a line', async () => {
    await expect(said((shell) => keyShow({}, shell))).rejects.toMatchObject({ code: 'principal' });
    await expect(said((shell) => keyShow({ as: 'ada@example.com' }, shell))).rejects.toMatchObject({ code: 'key' });
  });

  it('prints the allowed-signers line of the key it made, and again on show', async () => {
    const made = await said((shell) => keyInit({ as: 'ada@example.com' }, shell));
    expect(made.out).toMatch(
      /^ada@example\.com namespaces="golive\.grant,golive\.signoff,golive\.seal" ssh-ed25519 \S+$/,
    );
    expect((await said((shell) => keyShow({ as: 'ada@example.com' }, shell))).out).toBe(made.out);
  });
});
