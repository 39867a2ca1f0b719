// docs/verify.sh, the second opinion: it has to come to the verdict of `golive verify`, and to miss no changed bit.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyWithKeygen } from '../../src/effects/keygen.ts';
import { noLine } from '../../src/log/line.ts';
import { throwAwaySigner } from '../../src/log/session-key.ts';
import { joinLines } from '../../src/log/statement.ts';
import { verifyLog } from '../../src/log/verify.ts';
import { drawn } from '../support/drawn.ts';
import { began, checklist, type LogBuilder, openLog, realRun, sealedLog, verdictBody } from '../log/given.ts';

const script = new URL('../../docs/verify.sh', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'golive-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

function runScript(
  log: Uint8Array,
  args: readonly string[] = [],
  shell = 'sh',
): { readonly word: string; readonly exit: number | null } {
  const file = join(folder, 'run.jsonl');
  writeFileSync(file, log);
  const flags = args.filter((arg) => arg.startsWith('--'));
  const ran = spawnSync(shell, [script, ...flags, file, ...args.filter((arg) => !arg.startsWith('--'))], {
    encoding: 'utf8',
  });
  if (ran.stderr !== '') throw new Error(ran.stderr);
  return {
    word: ran.stdout.match(/^(SEALED|OPEN|INVALID|UNTRUSTED|EXPIRED|REVOKED)/m)?.[0] ?? ran.stdout,
    exit: ran.status,
  };
}

function write(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const ada = throwAwaySigner('ada@example.com');
const grace = throwAwaySigner('grace@example.com');
async function small(run?: string): Promise<LogBuilder> {
  const log = await openLog({ signer: ada, ...(run === undefined ? {} : { run }) });
  log.add('step.verdict', verdictBody);
  await log.signoff(grace);
  await log.seal();
  return log;
}
const other = 'f'.repeat(64);
/** Somebody signs off after the checklist was amended. */
async function amendedLog(signedFor: string): Promise<Uint8Array> {
  const log = await openLog({ signer: ada });
  const who = { by: ada.principal, second: grace.principal, reason: 'says "digest":"0"', touched: ['one'] };
  log.add('checklist.amend', { digest: other, previous: checklist, ...who });
  await log.signoff(grace, { checklist: signedFor });
  await log.seal({ participants: [ada.principal, grace.principal] });
  return log.bytes();
}
const rehearsal = await small();
const real = await small(realRun);

const line = (name: string, key: string, options = ''): string => `${name} ${options}${key}\n`;

describe('verify.sh', () => {
  it('is at most 90 lines, and clean under shellcheck and dash', () => {
    expect(readFileSync(script, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(90);
    for (const [program, args] of [
      ['shellcheck', []],
      ['dash', ['-n']],
    ] as const) {
      const ran = spawnSync(program, [...args, script], { encoding: 'utf8' });
      // The two are not part of every machine; where one is missing this says so.
      if (ran.error) process.stdout.write(`not checked: ${program} is not installed\n`);
      else expect(ran.stdout + ran.stderr).toBe('');
    }
  });

  it('agrees with golive verify on rehearsals', async () => {
    const whole = await sealedLog();
    const { lines } = rehearsal;
    const bytes = rehearsal.bytes();
    const [first = Buffer.of(), second = Buffer.of(), third = Buffer.of(), last = Buffer.of()] = lines;
    const logs: [string, Uint8Array][] = [
      ['sealed', whole.bytes()],
      ['open', joinLines(whole.lines.slice(0, -1))],
      ['cut within a line', bytes.subarray(0, -40)],
      ['without its last line feed', bytes.subarray(0, -1)],
      ['with a line left out', joinLines([first, third, last])],
      ['with two lines swapped', joinLines([first, third, second, last])],
      ['with a NUL', Buffer.concat([bytes.subarray(0, -3), Buffer.of(0), bytes.subarray(-3)])],
      ['with the seal twice', joinLines([...lines, last])],
      [
        'with the line ends of another system',
        Buffer.from(Buffer.from(bytes).toString('latin1').replaceAll('\n', '\r\n'), 'latin1'),
      ],
      ['empty', Buffer.of()],
      ['amended', await amendedLog(other)],
      ['amended, with a sign-off for the checklist before', await amendedLog(checklist)],
      ...drawn('bent logs', await bentLogs(), 8),
    ];
    expect((await verifyLog(await amendedLog(other), { rehearsal: true })).verdict).toBe('SEALED');
    expect((await verifyLog(await amendedLog(checklist), {})).verdict).toBe('INVALID');
    for (const [name, log] of logs) {
      const { verdict, exit } = await verifyLog(log, {});
      expect([name, runScript(log)]).toEqual([name, { word: verdict, exit }]);
    }
    expect(runScript(bytes, ['--rehearsal'])).toEqual({ word: 'SEALED', exit: 0 });
    expect(runScript(bytes, [], 'bash')).toEqual({ word: 'SEALED', exit: 24 });
  });

  it('agrees with golive verify on real runs, their people, and the time of their keys', async () => {
    const namespaces = 'namespaces="golive.grant,golive.signoff,golive.seal"';
    const good =
      line(ada.principal, ada.publicKey, `${namespaces} `) + line(grace.principal, grace.publicKey, `${namespaces} `);
    const rosters: [string, string, string | undefined, string][] = [
      ['good', good, undefined, 'SEALED'],
      ['nobody', '', undefined, 'UNTRUSTED'],
      ['one missing', line(ada.principal, ada.publicKey), undefined, 'UNTRUSTED'],
      ['another key', good.replace(grace.publicKey, throwAwaySigner('x').publicKey), undefined, 'UNTRUSTED'],
      ['another name', good.replace(/grace@/, 'eve@'), undefined, 'UNTRUSTED'],
      ['not for seals', good.replaceAll(',golive.seal', ''), undefined, 'UNTRUSTED'],
      ['expired', good.replaceAll(namespaces, 'valid-before="20261119Z"'), undefined, 'EXPIRED'],
      ['expired later, but good then', good.replaceAll(namespaces, 'valid-before="20261121Z"'), undefined, 'SEALED'],
      ['not yet valid', good.replaceAll(namespaces, 'valid-after="20261121Z"'), undefined, 'EXPIRED'],
      ['revoked', good, `${grace.publicKey}\n`, 'REVOKED'],
      ['nobody revoked', good, '', 'SEALED'],
    ];
    for (const [name, people, revoked, verdict] of rosters) {
      const files = [write('people', people), ...(revoked === undefined ? [] : [write('revoked', revoked)])];
      const found = await verifyLog(real.bytes(), verifyWithKeygen(files[0] ?? '', files[1], process.env));
      expect([name, found.verdict, found.exit]).toEqual([name, verdict, verdict === 'SEALED' ? 0 : 21]);
      expect([name, runScript(real.bytes(), files)]).toEqual([name, { word: verdict, exit: found.exit }]);
    }
    expect(runScript(real.bytes())).toEqual({ word: 'UNTRUSTED', exit: 21 });
    expect(runScript(real.bytes(), [write('people', line('*', ada.publicKey))]).exit).toBe(3);
  });

  it.each([
    ['no log', []],
    ['a log that is not there', ['nowhere.jsonl']],
    ['a folder', [folder]],
    ['signers that are not there', [script, 'nowhere']],
  ])('calls %s a wrong call, and says nothing about a log', (_, args) => {
    const ran = spawnSync('sh', [script, ...args], { encoding: 'utf8' });
    expect([ran.status, ran.stderr, ran.stdout]).toEqual([3, '', expect.stringMatching(/^cannot read .+\n$/)]);
  });

  it('misses none of 12 flipped bits', () => {
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    process.stdout.write(`flipped bits in verify.sh: seed ${seed}\n`);
    const random = randomFrom(seed);
    const accepted: string[] = [];
    for (let flips = 0; flips < 12; flips += 1) {
      const bytes = Buffer.from(rehearsal.bytes());
      const at = Math.floor(random() * bytes.length);
      const bit = Math.floor(random() * 8);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      const { word, exit } = runScriptQuietly(bytes);
      if (word !== 'INVALID' || exit !== 20) accepted.push(`byte ${at} bit ${bit}: ${word} ${exit}`);
    }
    expect(runScript(rehearsal.bytes()).word).toBe('SEALED');
    expect(accepted).toEqual([]);
  });
});

/** Logs whose signatures are all good, most of which break a rule of sessions or statements. */
async function bentLogs(): Promise<[string, Uint8Array][]> {
  const closed = await openLog();
  closed.add('session.close', { reason: 'paused', until: '' });
  closed.add('phase.open', { phase: 'verify' });
  const revoked = await openLog();
  const lost = revoked.key;
  await revoked.openSession();
  revoked.add('session.revoke', { sid: lost.sid, reason: 'lost' });
  const stillOpen = revoked.bytes();
  revoked.add('phase.open', { phase: 'verify' }, lost);
  const foreign = await openLog();
  const its = foreign.key;
  await foreign.openSession(throwAwaySigner('mallory@example.com'));
  foreign.add('session.revoke', { sid: its.sid, reason: 'because' });
  const late = await openLog();
  late.tick(13 * 3_600_000);
  late.add('phase.open', { phase: 'verify' });
  const logs: [string, Uint8Array][] = [
    ['a line after its session closed', closed.bytes()],
    ['a session revoked by its person', stillOpen],
    ['a line after its session was revoked', revoked.bytes()],
    ['a session revoked by somebody else', foreign.bytes()],
    ['a line after the grant ran out', late.bytes()],
    ['a grant for later', (await openLog({ from: began + 1 })).bytes()],
  ];
  for (const change of [
    { step: 'other' },
    { decision: 'no-go' as const },
    { seen: { seq: 0, head: noLine } },
    { checklist: noLine },
    { run: realRun },
  ]) {
    const log = await openLog();
    await log.signoff(grace, change);
    logs.push([`a sign-off with ${JSON.stringify(change)}`, log.bytes()]);
  }
  for (const change of [
    { lines: [] },
    { head: noLine },
    { result: 'no-go' as const },
    { run: realRun },
    { signer: grace },
  ]) {
    const log = await openLog();
    await log.seal(change);
    logs.push([`a seal with another ${Object.keys(change).join()}`, log.bytes()]);
  }
  return logs;
}

/** A flipped bit may make the shell complain aloud; only the verdict counts here. */
function runScriptQuietly(log: Uint8Array): { readonly word: string; readonly exit: number | null } {
  const file = join(folder, 'flipped.jsonl');
  writeFileSync(file, log);
  const ran = spawnSync('sh', [script, file], { encoding: 'utf8' });
  return { word: ran.stdout.match(/^INVALID/m)?.[0] ?? ran.stdout, exit: ran.status };
}

/** mulberry32: small, and the same everywhere for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
