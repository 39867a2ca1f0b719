// docs/verify.sh, the second opinion: it has to come to the verdict of `golive verify`, and to miss no changed bit.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { verifyWithKeygen } from '../../src/effects/keygen.ts';
import type { Bodies } from '../../src/engine/events.ts';
import { canonicalText } from '../../src/log/canonical.ts';
import { encodeEvent, formatAt, hashLine, noLine } from '../../src/log/line.ts';
import { fingerprint } from '../../src/log/public-key.ts';
import { readEvents } from '../../src/log/replay.ts';
import { newSessionKey, throwAwaySigner } from '../../src/log/session-key.ts';
import { namespaces as spaces } from '../../src/log/sshsig.ts';
import { joinLines, signoffEnvelope } from '../../src/log/statement.ts';
import { type Verification, verifyLog } from '../../src/log/verify.ts';
import type { Signer } from '../../src/world.ts';
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

/** What golive says of the lines alone: the script does not ask whether the procedure was kept. */
function withoutProcedure({
  verdict,
  exit,
  procedure,
  result,
  rehearsal: played,
}: Verification): ReturnType<typeof runScript> {
  if (verdict !== 'INCOMPLETE' || typeof procedure !== 'object') return { word: verdict, exit };
  return result === '' ? { word: 'OPEN', exit: 10 } : { word: 'SEALED', exit: played ? 24 : 0 };
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
  it('is at most 108 lines, and clean under shellcheck and dash', () => {
    expect(readFileSync(script, 'utf8').trimEnd().split('\n').length).toBeLessThanOrEqual(108);
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
      ...(await bentLogs()),
    ];
    expect((await verifyLog(await amendedLog(other), { rehearsal: true })).verdict).toBe('SEALED');
    expect((await verifyLog(await amendedLog(checklist), {})).verdict).toBe('INVALID');
    for (const [name, log] of drawn('logs', logs, 8)) {
      expect([name, runScript(log)]).toEqual([name, withoutProcedure(await verifyLog(log, {}))]);
    }
    expect(runScript(bytes, ['--rehearsal'])).toEqual({ word: 'SEALED', exit: 0 });
    expect(runScript(bytes, [], 'bash')).toEqual({ word: 'SEALED', exit: 24 });
  });

  it('agrees with golive verify on sign-offs, on the lines that name one, and on who holds which role', async () => {
    for (const [name, log, verdict] of drawn('logs with words of people', await wordLogs(), 3)) {
      const found = withoutProcedure(await verifyLog(log, {}));
      expect([name, found.word]).toEqual([name, verdict]);
      expect([name, runScript(log)]).toEqual([name, found]);
    }
  });

  it('agrees with golive verify on lines and statements that are signed, and still not acceptable', async () => {
    for (const [name, log] of drawn('signed lines', await signedLogs(), 3)) {
      expect([name, (await verifyLog(log, {})).verdict]).toEqual([name, 'INVALID']);
      expect([name, runScript(log)]).toEqual([name, { word: 'INVALID', exit: 20 }]);
    }
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
    for (const [name, people, revoked, verdict] of drawn('rosters', rosters, 5)) {
      const files = [write('people', people), ...(revoked === undefined ? [] : [write('revoked', revoked)])];
      const found = await verifyLog(real.bytes(), verifyWithKeygen(files[0] ?? '', files[1], process.env));
      const own = withoutProcedure(found);
      expect([name, own]).toEqual([name, { word: verdict, exit: verdict === 'SEALED' ? 0 : 21 }]);
      expect([name, runScript(real.bytes(), files)]).toEqual([name, own]);
    }
    expect(runScript(real.bytes())).toEqual({ word: 'UNTRUSTED', exit: 21 });
    expect(runScript(real.bytes(), [write('people', line('*', ada.publicKey))]).exit).toBe(3);
  });

  it('agrees with golive verify that a statement names the key that signed it, whichever keys its person has', async () => {
    const second = throwAwaySigner(ada.principal);
    const log = await openLog({ signer: ada, run: realRun });
    const about = { role: 'lead', step: 'go-no-go', decision: 'go' } as const;
    const seen = { seq: 0, head: hashLine(log.lines[0] ?? '') };
    const words = { attempt: 1, text: 'Ready?', comment: '' };
    const own = await signoffEnvelope({ signer: ada, run: realRun, ...about, ...words, seen, checklist });
    const says = Buffer.from(own.payload, 'base64').toString('utf8');
    const payload = Buffer.from(says.replaceAll(ada.publicKey, second.publicKey));
    const head = `DSSEv1 28 application/vnd.in-toto+json ${payload.length} `;
    const sig = await ada.sign(spaces.signoff, Buffer.concat([Buffer.from(head), payload]));
    const keyid = fingerprint(second.publicKey);
    const signatures = [{ keyid, sig: Buffer.from(sig).toString('base64') }];
    const statement = { ...own, payload: payload.toString('base64'), signatures };
    log.add('signoff', { principal: ada.principal, ...about, statement });
    const people = write('people', line(ada.principal, ada.publicKey) + line(ada.principal, second.publicKey));
    const found = await verifyLog(log.bytes(), verifyWithKeygen(people, undefined, process.env));
    expect([found.verdict, found.broken?.line]).toEqual(['INVALID', 2]);
    expect(runScript(log.bytes(), [people])).toEqual({ word: 'INVALID', exit: 20 });
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

  it('misses no flipped bit', () => {
    const flips = process.env['GOLIVE_TEST_ALL'] === undefined ? 4 : 24;
    const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31));
    process.stdout.write(`flipped bits in verify.sh: seed ${seed}\n`);
    const random = randomFrom(seed);
    const accepted: string[] = [];
    for (let flip = 0; flip < flips; flip += 1) {
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

/** Logs about what people said, each with its verdict: a sign-off, and then a line that names it. */
async function wordLogs(): Promise<[string, Uint8Array, 'OPEN' | 'INVALID'][]> {
  type Bend = (log: LogBuilder) => void | Promise<void>;
  const by = grace.principal;
  const vote = { step: 'go-no-go', attempt: 1, role: 'lead', decision: 'go', by, comment: '' } as const;
  const waiver = { step: 'go-no-go', attempt: 1, by, role: 'lead', reason: 'says "signoff":2', until: '' };
  const alone = { step: 'go-no-go', attempt: 1, by, evidence: 'e', second: '' };
  const two = { ...alone, by: ada.principal, second: by };
  const waives: Bend = (log) => signsOff(log, { decision: 'waive' });
  const attests: Bend = (log) => signsOff(log, { decision: 'attest', role: '' });
  const goes: Bend = (log) => signsOff(log, {});
  const agrees: Bend = (log) => signsOff(log, { step: 'checklist.amend', attempt: 0, role: '' });
  const amended = {
    digest: other,
    previous: checklist,
    by: ada.principal,
    second: by,
    signoff: 2,
    reason: 'says "signoff":1,"touched"',
    touched: [],
  };
  const bent: [string, 'OPEN' | 'INVALID', Bend, Bend][] = [
    ['a vote', 'OPEN', goes, (log) => log.add('gate.vote', { ...vote, signoff: 2 })],
    ['a vote on none', 'OPEN', goes, (log) => log.add('gate.vote', { ...vote, attempt: 9, signoff: -1 })],
    ['on what is none', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, signoff: 1 })],
    ['on one to come', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, signoff: 99 })],
    ['on itself', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, signoff: 3 })],
    ['another step', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, step: 'other', signoff: 2 })],
    ['another attempt', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, attempt: 11, signoff: 2 })],
    ['another role', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, role: 'owner', signoff: 2 })],
    ['no role', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, role: '', signoff: 2 })],
    ['another decision', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, decision: 'no-go', signoff: 2 })],
    ['another person', 'INVALID', goes, (log) => log.add('gate.vote', { ...vote, by: ada.principal, signoff: 2 })],
    ['a waiver', 'OPEN', waives, (log) => log.add('step.waive', { ...waiver, signoff: 2 })],
    ['a waiver on a go', 'INVALID', goes, (log) => log.add('step.waive', { ...waiver, signoff: 2 })],
    ['a waiver of another', 'INVALID', waives, (log) => log.add('step.waive', { ...waiver, role: 'x', signoff: 2 })],
    ['attested alone', 'OPEN', attests, (log) => log.add('step.attest', { ...alone, signoff: 2 })],
    ['attested by two', 'OPEN', attests, (log) => log.add('step.attest', { ...two, signoff: 2 })],
    ['by the other', 'INVALID', attests, (log) => log.add('step.attest', { ...two, second: 'eve', signoff: 2 })],
    ['attested by none', 'INVALID', attests, (log) => log.add('step.attest', { ...alone, by: 'eve', signoff: 2 })],
    ['attested on a go', 'INVALID', goes, (log) => log.add('step.attest', { ...alone, signoff: 2 })],
    ['an amendment', 'OPEN', agrees, (log) => log.add('checklist.amend', amended)],
    [
      'an amendment, another second',
      'INVALID',
      agrees,
      (log) => log.add('checklist.amend', { ...amended, second: 'eve' }),
    ],
    ['an amendment on a go', 'INVALID', goes, (log) => log.add('checklist.amend', amended)],
    ['an amendment on nothing', 'INVALID', agrees, (log) => log.add('checklist.amend', { ...amended, signoff: 1 })],
    ['its attempt and line', 'OPEN', (log) => signsOff(log, {}, { attempt: 1, seen: 1 }), nothing],
    ['another attempt than it has', 'INVALID', (log) => signsOff(log, {}, { attempt: 2 }), nothing],
    ['another line than it has', 'INVALID', (log) => signsOff(log, {}, { seen: 0 }), nothing],
    ['both, one of them wrong', 'INVALID', (log) => signsOff(log, {}, { attempt: 1, seen: 11 }), nothing],
    ['a quote in its role', 'OPEN', (log) => signsOff(log, { role: 'a "lead"' }), nothing],
    ['another behind a quote', 'INVALID', (log) => signsOff(log, { role: 'a "lead"' }, { role: 'a "x"' }), nothing],
  ];
  const logs: [string, Uint8Array, 'OPEN' | 'INVALID'][] = [];
  for (const [name, verdict, says, names] of bent) {
    const log = await openLog({ signer: ada });
    log.add('step.start', { step: 'go-no-go', attempt: 1, why: 'due', resets: [] });
    await says(log);
    await names(log);
    logs.push([name, log.bytes(), verdict]);
  }
  return [...logs, ['roles beside the one who opens', await withRoles(), 'OPEN']];
}

const nothing = (): undefined => undefined;

/** A sign-off by Grace that says this, in a line that says the same but for `body`. */
async function signsOff(
  log: LogBuilder,
  { attempt = 1, ...says }: Partial<Pick<Bodies['signoff'], 'decision' | 'role' | 'step' | 'attempt'>>,
  body: Partial<Bodies['signoff']> = {},
): Promise<void> {
  const about = { role: 'lead', step: 'go-no-go', decision: 'go', ...says } as const;
  const seen = { seq: log.lines.length - 1, head: hashLine(log.lines.at(-1) ?? '') };
  const words = { attempt, text: 'Ready?', comment: 'says "attempt":7, and "role":"x"' };
  const statement = await signoffEnvelope({ signer: grace, run: log.run, ...about, ...words, seen, checklist });
  log.add('signoff', { principal: grace.principal, ...about, ...body, statement });
}

/** A session that says who holds which role: its person is not the last name on that line. */
async function withRoles(): Promise<Uint8Array> {
  const log = await openLog({ signer: ada });
  const [first] = readEvents(log.lines);
  if (first?.kind !== 'run.open') throw new Error('it does not begin with run.open');
  const roles = [grace, ada].map(({ principal }) => ({ principal, roles: ['lead'] }));
  const body = { ...first.body, session: { ...first.body.session, roles } };
  const { at, sid, seq, kind } = first;
  return joinLines([encodeEvent({ run: log.run, seq, at, sid, prev: noLine, kind, body, key: log.key })]);
}

/** Second lines, signed by their session, and logs with statements, signed by their person: none is in order. */
async function signedLogs(): Promise<[string, Uint8Array][]> {
  const log = await openLog({ signer: ada });
  const [first = Buffer.of()] = log.lines;
  const fields = {
    at: formatAt(began),
    body: { by: 'ada@example.com', step: '', text: 'ab' },
    kind: 'note',
    prev: hashLine(first),
    run: log.run,
    seq: 1,
    sid: log.key.sid,
    v: 1,
  };
  const good = canonicalText(fields);
  const events: [string, string][] = [
    ['a second seq', good.replace('"seq":1', '"seq":1,"seq":1')],
    ['a space', good.replace('"seq":1', '"seq": 1')],
    ['a space in the body', good.replace('"step":', '"step": ')],
    ['1.0', good.replace('"seq":1', '"seq":1.0')],
    ['1e0', good.replace('"seq":1', '"seq":1e0')],
    ['-0', canonicalText({ ...fields, seq: 0 }).replace('"seq":0', '"seq":-0')],
    ['an escaped letter', good.replace('ab', '\\u0061b')],
    ['an escaped slash', good.replace('ab', 'a\\/b')],
    ['a long escape', good.replace('ab', 'a\\u000a')],
    ['an escape in capitals', good.replace('ab', 'a\\u001F')],
    ['a lone surrogate', good.replace('ab', '\\ud800')],
    ['a raw tab', good.replace('ab', 'a\tb')],
    ['another order', good.replace(/^\{"at":("[^"]*"),(.*)\}$/, '{$2,"at":$1}')],
    ['an unknown field', canonicalText({ ...fields, x: 1 })],
    ['__proto__', good.replace('"at"', '"__proto__":{},"at"')],
    ['another version', canonicalText({ ...fields, v: 2 })],
    ['an unknown kind', canonicalText({ ...fields, kind: 'note.again' })],
    ['the name of a method as kind', canonicalText({ ...fields, kind: 'constructor' })],
    ['no milliseconds', canonicalText({ ...fields, at: '2026-11-20T09:00:00Z' })],
    ['an earlier time', canonicalText({ ...fields, at: formatAt(began - 1) })],
    ['another run', canonicalText({ ...fields, run: `rehearsal-${'b'.repeat(26)}` })],
    ['a gap', canonicalText({ ...fields, seq: 2 })],
    ['no chain', canonicalText({ ...fields, prev: noLine })],
    ['another session', canonicalText({ ...fields, sid: newSessionKey().sid })],
  ];
  const signed = (event: string): string => Buffer.from(log.key.sign(Buffer.from(event))).toString('base64');
  const lineOf = (event: string, signature: string): Uint8Array =>
    joinLines([first, Buffer.from(`{"e":${event},"s":"${signature}"}`)]);
  expect(runScript(lineOf(good, signed(good))).word).toBe('OPEN');
  const blob = Buffer.from(signed(good), 'base64');
  const signatures: [string, string][] = [
    ['an unpadded signature', signed(good).replace(/=$/, '')],
    ['a byte after the signature', Buffer.concat([blob, Buffer.of(0)]).toString('base64')],
    ['another hash', Buffer.from(blob.toString('latin1').replace('sha512', 'sha256'), 'latin1').toString('base64')],
  ];
  return [
    ...events.map(([name, event]): [string, Uint8Array] => [name, lineOf(event, signed(event))]),
    ...signatures.map(([name, signature]): [string, Uint8Array] => [name, lineOf(good, signature)]),
    ...(await signedStatements()),
  ];
}

async function signedStatements(): Promise<[string, Uint8Array][]> {
  const logs: [string, Uint8Array][] = [];
  const sealedBy = async (name: string, signer: (log: LogBuilder) => Signer): Promise<void> => {
    const log = await openLog({ signer: ada });
    await log.seal({ signer: signer(log) });
    logs.push([name, log.bytes()]);
  };
  const session = (log: LogBuilder): Signer => ({
    ...ada,
    publicKey: log.key.publicKey,
    sign: async (_, message) => log.key.sign(message),
  });
  await sealedBy('sealed by a session', session);
  for (const space of [spaces.event, spaces.grant, spaces.signoff])
    await sealedBy(`sealed in ${space}`, () => ({ ...ada, sign: (_, message) => ada.sign(space, message) }));
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
