// What `verifyLog` accepts and what it refuses: a log, and every way of bending it that we know.

import { describe, expect, it } from 'vitest';
import { canonicalText, digest } from '../../src/log/canonical.ts';
import { formatAt, hashLine, noLine } from '../../src/log/line.ts';
import { readEvents } from '../../src/log/replay.ts';
import { newSessionKey, type SessionKey, throwAwaySigner } from '../../src/log/session-key.ts';
import { namespaces } from '../../src/log/sshsig.ts';
import { joinLines } from '../../src/log/statement.ts';
import { type VerifyOptions, verifyLog } from '../../src/log/verify.ts';
import { walkLog, walkLogBeside } from '../../src/log/walk.ts';
import type { Signer } from '../../src/world.ts';
import { drawn } from '../support/drawn.ts';
import { began, type LogBuilder, openLog, realRun, rehearsalRun, sealedLog, verdictBody } from './given.ts';

const whole = await sealedLog();
/** Five lines of two people with every kind of statement, for tests that verify thousands of times. */
const small = await openLog();
small.add('step.start', { step: 'go-no-go', attempt: 1, why: 'due', resets: [] });
await small.signoff(throwAwaySigner('grace@example.com'));
const go = { step: 'go-no-go', attempt: 1, role: 'lead', decision: 'go', comment: '', signoff: 2 } as const;
small.add('gate.vote', { ...go, by: 'grace@example.com' });
await small.seal({ participants: ['ada@example.com', 'grace@example.com'] });
const tiny = await openLog();
await tiny.seal();
const text = Buffer.from(whole.bytes()).toString('utf8');

async function verdictOf(log: Uint8Array | string, options: VerifyOptions = {}): Promise<string> {
  return (await verifyLog(Buffer.from(log), options)).verdict;
}

async function reasonOf(log: Uint8Array | string, options: VerifyOptions = {}): Promise<string> {
  const { verdict, reason, broken } = await verifyLog(Buffer.from(log), options);
  return `${verdict}${broken === undefined ? '' : ` line ${broken.line} byte ${broken.offset}`}: ${reason}`;
}

const hasAll = async (): Promise<boolean> => true;

const lacksFacts = async (name: string): Promise<boolean> => name !== digest('{}');

describe('a sealed rehearsal', () => {
  it('is whole, but ends with 24 unless a rehearsal was asked about', async () => {
    expect(await verifyLog(whole.bytes(), {})).toMatchObject({
      verdict: 'SEALED',
      exit: 24,
      rehearsal: true,
      result: 'go',
      lines: 12,
    });
    expect(await verifyLog(whole.bytes(), { rehearsal: true })).toMatchObject({ verdict: 'SEALED', exit: 0 });
  });

  it('names its people, its sessions, its head, and that its identity was taken from the file', async () => {
    const found = await verifyLog(whole.bytes(), {});
    expect(found.people.map(({ principal }) => principal)).toEqual(['ada@example.com', 'grace@example.com']);
    expect(found.sessions.map(({ firstLine, lines }) => [firstLine, lines])).toEqual([
      [1, 6],
      [7, 6],
    ]);
    expect(found.head).toEqual({ seq: 11, hash: hashLine(whole.lines.at(-1) ?? '') });
    expect(found.notes.join()).toContain('taken from the log itself');
    expect((await verifyLog(whole.bytes(), { run: rehearsalRun })).notes.join()).not.toContain(
      'taken from the log itself',
    );
  });

  it('names hosts that stood in for AWS', async () => {
    const log = await sealedLog({ endpoints: ['127.0.0.1:4566'] });
    expect((await verifyLog(log.bytes(), {})).endpoints).toEqual(['127.0.0.1:4566']);
  });

  it('says INCOMPLETE when a piece of evidence is missing', async () => {
    expect(await verdictOf(whole.bytes(), { hasBlob: hasAll })).toBe('SEALED');
    expect(await verifyLog(whole.bytes(), { hasBlob: lacksFacts })).toMatchObject({
      verdict: 'INCOMPLETE',
      exit: 23,
      blobs: { named: 2, missing: [digest('{}')] },
    });
  });
});

describe('changed bytes', () => {
  // Every bit of every byte is flipped in test/adversarial.
  it('are found when one bit of any byte is flipped', async () => {
    const bytes = Buffer.from(small.bytes());
    const accepted: number[] = [];
    for (const at of drawn('flipped bytes', [...bytes.keys()], 1000)) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ (1 << (at % 8));
      if ((await verdictOf(flipped)) !== 'INVALID') accepted.push(at);
    }
    expect(await verdictOf(bytes)).toBe('SEALED');
    expect(accepted).toEqual([]);
  });

  it('are found at the end of the file: cut within a line it is INVALID, between lines OPEN', async () => {
    const wrong: string[] = [];
    for (let length = 0; length < tiny.bytes().length; length += 1) {
      const part = Buffer.from(tiny.bytes()).subarray(0, length);
      const between = length > 0 && part.at(-1) === 10;
      const verdict = await verdictOf(part);
      if (verdict !== (between ? 'OPEN' : 'INVALID')) wrong.push(`${length}: ${verdict}`);
    }
    expect(wrong).toEqual([]);
  });

  it('are found when any line is left out, doubled, or swapped with another', async () => {
    const lines = whole.lines;
    const bent: Uint8Array[][] = [];
    for (let one = 0; one < lines.length; one += 1) {
      // Without its last line the log is open, which the cuts above are about.
      if (one < lines.length - 1) bent.push(lines.toSpliced(one, 1));
      bent.push(lines.toSpliced(one, 0, lines[one] ?? Buffer.of()));
      for (let other = one + 1; other < lines.length; other += 1) {
        bent.push(lines.with(one, lines[other] ?? Buffer.of()).with(other, lines[one] ?? Buffer.of()));
      }
    }
    const verdicts = await Promise.all(bent.map((log) => verdictOf(joinLines(log))));
    expect(new Set(verdicts)).toEqual(new Set(['INVALID']));
  });

  it.each([
    ['a line feed of another system', text.replaceAll('\n', '\r\n')],
    ['a byte order mark', `\ufeff${text}`],
    ['a missing last line feed', text.slice(0, -1)],
    ['an empty line', text.replace('\n', '\n\n')],
    ['an empty line at the end', `${text}\n`],
    ['a NUL', text.replace('"e"', '"e\0"')],
    ['nothing at all', ''],
    ['a space after a line', text.replace('\n', ' \n')],
    ['a line of 70 000 bytes', `${text}${'x'.repeat(70_000)}\n`],
    ['ten thousand brackets', `{"e":{"at":${'['.repeat(10_000)}${']'.repeat(10_000)}},"s":"AAAA"}\n`],
  ])('are found: %s', async (_, log) => {
    expect(await verdictOf(log)).toBe('INVALID');
  });

  it('are found when they are not UTF-8', async () => {
    expect(
      await verdictOf(Buffer.concat([Buffer.from(text.slice(0, 40)), Buffer.of(0xff), Buffer.from(text.slice(40))])),
    ).toBe('INVALID');
  });

  it('are named by line and byte', async () => {
    const second = whole.lines[1] ?? Buffer.of();
    const bent = Buffer.from(second).toString('utf8').replace('"phase":"verify"', '"phase":"VERIFY"');
    const log = joinLines(whole.lines.with(1, Buffer.from(bent)));
    expect(await reasonOf(log)).toBe(
      `INVALID line 2 byte ${(whole.lines[0]?.length ?? 0) + 1}: its signature does not fit`,
    );
  });

  it('are the first of several, though signatures are checked beside the rest', async () => {
    const end = Buffer.from(whole.lines[2] ?? Buffer.of()).toString('utf8');
    const other = Buffer.from(whole.lines[1] ?? Buffer.of()).toString('utf8');
    // The signature of the line before it: the third line has the right form and the right chain.
    const bent = end.replace(/"s":"[^"]+"/, /"s":"[^"]+"/.exec(other)?.[0] ?? '');
    const log = joinLines(whole.lines.with(2, Buffer.from(bent)).with(9, Buffer.from('{}')));
    const [inOrder, beside] = [walkLog(log), await walkLogBeside(log)];
    expect(inOrder.broken).toMatchObject({ line: 3, reason: 'its signature does not fit' });
    expect(beside).toEqual(inOrder);
    expect(await walkLogBeside(whole.bytes())).toEqual(walkLog(whole.bytes()));
  });
});

describe('parts of other logs', () => {
  it('are refused: the tail of another run of the same people', async () => {
    const other = await sealedLog({ signer: whole.signer });
    for (let at = 1; at < whole.lines.length; at += 1) {
      expect(await verdictOf(joinLines([...whole.lines.slice(0, at), ...other.lines.slice(at)]))).toBe('INVALID');
    }
  });

  it('are refused as a whole when the reader says which run is meant', async () => {
    const other = await sealedLog({ run: `rehearsal-${'b'.repeat(26)}` });
    expect(await verdictOf(other.bytes())).toBe('SEALED');
    expect(await verifyLog(other.bytes(), { run: rehearsalRun })).toMatchObject({ verdict: 'DIVERGED', exit: 22 });
  });

  it('are refused when an anchor says otherwise', async () => {
    const seen = { seq: 4, head: hashLine(whole.lines[4] ?? '') };
    expect(await verifyLog(whole.bytes(), { anchors: [seen] })).toMatchObject({ verdict: 'SEALED', anchored: true });
    expect(await verdictOf(joinLines(whole.lines.slice(0, 3)), { anchors: [seen] })).toBe('DIVERGED');
    expect(await verdictOf((await sealedLog()).bytes(), { anchors: [seen] })).toBe('DIVERGED');
  });
});

/** A line that its session signs whatever is in it: what a holder of a session key could write. */
function signedLine(event: string, key: SessionKey): Uint8Array {
  return Buffer.from(`{"e":${event},"s":"${Buffer.from(key.sign(Buffer.from(event))).toString('base64')}"}`);
}

describe('lines that are signed, and still not acceptable', async () => {
  const log = await openLog();
  const last = log.lines.at(-1) ?? Buffer.of();
  const fields = {
    at: formatAt(began),
    body: { phase: 'verify' },
    kind: 'phase.open',
    prev: hashLine(last),
    run: log.run,
    seq: 1,
    sid: log.key.sid,
    v: 1,
  };
  const good = canonicalText(fields);
  const verdictWith = (event: string): Promise<string> => reasonOf(joinLines([last, signedLine(event, log.key)]));

  it('are the exception: the same line in canonical form is good', async () => {
    expect(await verdictWith(good)).toContain('OPEN');
  });

  it.each([
    ['a second key', good.replace('"seq":1', '"seq":1,"seq":1')],
    ['a space', good.replace('"seq":1', '"seq": 1')],
    ['1.0', good.replace('"seq":1', '"seq":1.0')],
    ['1e0', good.replace('"seq":1', '"seq":1e0')],
    ['-0', canonicalText({ ...fields, seq: 0 }).replace('"seq":0', '"seq":-0')],
    ['an escaped letter', good.replace('verify', '\\u0076erify')],
    ['another order', good.replace(/^\{"at":("[^"]*"),(.*)\}$/, '{$2,"at":$1}')],
    ['a lone surrogate', good.replace('verify', '\\ud800')],
    ['a fraction', good.replace('"seq":1', '"seq":1.5')],
  ])('in form: %s', async (_, event) => {
    expect(event).not.toBe(good);
    expect(await verdictWith(event)).toMatch(/^INVALID line 2/);
  });

  it.each([
    ['an unknown field', canonicalText({ ...fields, x: 1 })],
    ['__proto__', good.replace('"at"', '"__proto__":{},"at"')],
    ['another version', canonicalText({ ...fields, v: 2 })],
    ['an unknown kind', canonicalText({ ...fields, kind: 'phase.close.again' })],
    ['a kind of another body', canonicalText({ ...fields, kind: 'note' })],
    ['a field too much in the body', canonicalText({ ...fields, body: { phase: 'verify', x: '' } })],
    ['the name of a method as kind', canonicalText({ ...fields, kind: 'constructor' })],
    ['a time without milliseconds', canonicalText({ ...fields, at: '2026-11-20T09:00:00Z' })],
    ['a day that does not exist', canonicalText({ ...fields, at: '2026-11-31T09:00:00.000Z' })],
    ['a time before the line before', canonicalText({ ...fields, at: formatAt(began - 1) })],
    ['another run', canonicalText({ ...fields, run: `rehearsal-${'b'.repeat(26)}` })],
    ['a gap', canonicalText({ ...fields, seq: 2 })],
    ['no chain', canonicalText({ ...fields, prev: noLine })],
    ['somebody else’s session', canonicalText({ ...fields, sid: newSessionKey().sid })],
  ])('in content: %s', async (_, event) => {
    expect(await verdictWith(event)).toMatch(/^INVALID line 2/);
  });

  it('in the signature: base64 in another spelling, bytes after it, another namespace, another hash', async () => {
    const blob = Buffer.from(log.key.sign(Buffer.from(good)));
    const sealing = await throwAwaySigner('x').sign(namespaces.seal, Buffer.from(good));
    const spelled = blob.toString('base64');
    const bent = [
      spelled.replace(/=$/, ''),
      `${spelled.slice(0, -2)}${spelled.at(-2) === 'A' ? 'B' : 'A'}=`,
      Buffer.concat([blob, Buffer.of(0)]).toString('base64'),
      Buffer.from(blob.toString('latin1').replace('sha512', 'sha256'), 'latin1').toString('base64'),
      Buffer.from(sealing).toString('base64'),
    ];
    for (const signature of bent) {
      expect(await reasonOf(joinLines([last, Buffer.from(`{"e":${good},"s":"${signature}"}`)]))).toMatch(
        /^INVALID line 2/,
      );
    }
  });
});

describe('sessions', () => {
  it('cannot write after they were closed', async () => {
    const log = await openLog();
    log.add('session.close', { reason: 'paused', until: '' });
    log.add('phase.open', { phase: 'verify' });
    expect(await reasonOf(log.bytes())).toContain('its session was closed before');
  });

  it('cannot write after they were revoked, and only their own person revokes them', async () => {
    const log = await openLog();
    const lost = log.key;
    await log.openSession();
    log.add('session.revoke', { sid: lost.sid, reason: 'laptop stolen' });
    expect(await verdictOf(log.bytes())).toBe('OPEN');
    log.add('phase.open', { phase: 'verify' }, lost);
    expect(await reasonOf(log.bytes())).toContain('its session was revoked before');

    const other = await openLog();
    const first = other.key;
    await other.openSession(throwAwaySigner('mallory@example.com'));
    other.add('session.revoke', { sid: first.sid, reason: 'because' });
    expect(await reasonOf(other.bytes())).toContain('not of the same person');
  });

  it('cannot write before or after the time of their grant', async () => {
    const late = await openLog();
    late.tick(12 * 3_600_000 + 1);
    late.add('phase.open', { phase: 'verify' });
    expect(await reasonOf(late.bytes())).toContain('had run out');
    expect(await reasonOf((await openLog({ from: began + 1 })).bytes())).toContain('does not hold at this time');
    expect(await reasonOf((await openLog({ from: began - 9, until: began - 1 })).bytes())).toContain(
      'does not hold at this time',
    );
  });

  it('cannot be opened with the grant of another session', async () => {
    const log = await openLog();
    const own = log.key;
    await log.openSession();
    // The grant of the second session in a line that the first one signs.
    const copied = readEvents(log.lines).find((event) => event.kind === 'session.open');
    if (copied === undefined) throw new Error('no session');
    const bent = await openLog();
    bent.add('session.open', copied.body, own);
    expect(await reasonOf(bent.bytes())).toMatch(/^INVALID line 2/);
  });
});

const but = (signer: Signer, as: Partial<Signer>): Signer => ({ ...signer, ...as });

describe('statements of people', () => {
  it('are refused when a session key signs them', async () => {
    const log = await openLog();
    const { publicKey } = log.key;
    const session: Signer = {
      principal: 'ada@example.com',
      publicKey,
      source: '',
      sign: async (_, message) => log.key.sign(message),
    };
    await log.seal({ signer: session });
    expect(await reasonOf(log.bytes())).toContain('the signature of its seal does not fit');
  });

  it('are refused in the namespace of another kind', async () => {
    const ada = throwAwaySigner('ada@example.com');
    for (const namespace of Object.values(namespaces).filter((name) => name !== namespaces.seal)) {
      const log = await openLog({ signer: ada });
      await log.seal({ signer: but(ada, { sign: (_, message) => ada.sign(namespace, message) }) });
      expect(await reasonOf(log.bytes())).toContain('the signature of its seal does not fit');
    }
  });

  it('are refused in another name, for another run, over other lines, with another result', async () => {
    const refused: [Parameters<Awaited<ReturnType<typeof openLog>>['seal']>[0], string][] = [
      [{ signer: throwAwaySigner('mallory@example.com') }, 'signed in another name'],
      [{ run: realRun }, 'for another run'],
      [{ lines: [] }, 'not over the lines before it'],
      [{ head: noLine }, 'not over the lines before it'],
      [{ result: 'no-go' }, 'states another result'],
      [{ participants: ['ada@example.com', 'nobody@example.com'] }, 'names somebody who said nothing'],
    ];
    for (const [change, reason] of refused) {
      const log = await openLog();
      await log.seal(change);
      expect(await reasonOf(log.bytes())).toContain(reason);
    }
  });

  it('are refused when a sign-off is for another step, role, decision, line or checklist', async () => {
    const refused: [Parameters<Awaited<ReturnType<typeof openLog>>['signoff']>[1], string][] = [
      [{ step: 'other' }, 'something else'],
      [{ role: 'owner' }, 'something else'],
      [{ decision: 'no-go' }, 'something else'],
      [{ seen: { seq: 0, head: noLine } }, 'not in this log'],
      [{ seen: { seq: 99, head: noLine } }, 'not in this log'],
      [{ checklist: digest('another') }, 'another checklist'],
      [{ run: realRun }, 'another run'],
    ];
    for (const [change, reason] of refused) {
      const log = await openLog();
      await log.signoff(throwAwaySigner('grace@example.com'), change);
      expect(await reasonOf(log.bytes())).toContain(reason);
    }
    const good = await openLog();
    await good.signoff(throwAwaySigner('grace@example.com'));
    expect(await verdictOf(good.bytes())).toBe('OPEN');
  });

  it('are refused when a line names a sign-off that is not there, or is about something else', async () => {
    const vote = {
      step: 'go-no-go',
      attempt: 1,
      role: 'lead',
      decision: 'go',
      by: 'grace@example.com',
      comment: '',
    } as const;
    const waiver = { step: 'go-no-go', attempt: 1, by: 'grace@example.com', role: 'lead', reason: 'r', until: '' };
    const attest = { step: 'go-no-go', attempt: 1, by: 'ada@example.com', evidence: 'e', second: 'grace@example.com' };
    const bent: [string, (log: LogBuilder) => void, string | undefined][] = [
      ['the same', (log) => log.add('gate.vote', { ...vote, signoff: 2 }), undefined],
      ['none', (log) => log.add('gate.vote', { ...vote, by: 'lee@example.com', signoff: -1 }), undefined],
      ['no sign-off', (log) => log.add('gate.vote', { ...vote, signoff: 1 }), 'names line 2, which is no sign-off'],
      ['one to come', (log) => log.add('gate.vote', { ...vote, signoff: 99 }), 'names line 100, which is no sign-off'],
      ['itself', (log) => log.add('gate.vote', { ...vote, signoff: 3 }), 'names line 4, which is no sign-off'],
      ['step', (log) => log.add('gate.vote', { ...vote, step: 'other', signoff: 2 }), 'something else'],
      ['attempt', (log) => log.add('gate.vote', { ...vote, attempt: 2, signoff: 2 }), 'something else'],
      ['role', (log) => log.add('gate.vote', { ...vote, role: 'owner', signoff: 2 }), 'something else'],
      ['decision', (log) => log.add('gate.vote', { ...vote, decision: 'no-go', signoff: 2 }), 'something else'],
      ['person', (log) => log.add('gate.vote', { ...vote, by: 'ada@example.com', signoff: 2 }), 'something else'],
      ['a go for a waiver', (log) => log.add('step.waive', { ...waiver, signoff: 2 }), 'something else'],
      ['a go for an attestation', (log) => log.add('step.attest', { ...attest, signoff: 2 }), 'something else'],
    ];
    for (const [name, bend, reason] of bent) {
      const log = await openLog();
      log.add('step.start', { step: 'go-no-go', attempt: 1, why: 'due', resets: [] });
      await log.signoff(throwAwaySigner('grace@example.com'));
      bend(log);
      const says = await reasonOf(log.bytes());
      expect([name, says]).toEqual([name, expect.stringContaining(reason === undefined ? 'OPEN' : 'INVALID line 4')]);
      if (reason !== undefined) expect([name, says]).toEqual([name, expect.stringContaining(reason)]);
    }
  });

  it('are refused after the seal, a second seal included', async () => {
    const log = await sealedLog();
    log.add('note', { by: 'ada@example.com', step: '', text: 'one more thing' });
    expect(await reasonOf(log.bytes())).toContain('after the seal');
    const twice = await sealedLog();
    await twice.seal();
    expect(await reasonOf(twice.bytes())).toContain('after the seal');
  });
});

describe('a real run', () => {
  it('is UNTRUSTED as long as nobody says whom to trust, even when it is whole and sealed', async () => {
    const log = await sealedLog({ run: realRun });
    expect(await verifyLog(log.bytes(), {})).toMatchObject({ verdict: 'UNTRUSTED', exit: 21 });
    expect(await verifyLog(log.bytes(), { rehearsal: true })).toMatchObject({ verdict: 'UNTRUSTED', exit: 21 });
  });

  it('is SEALED when every statement is vouched for, and takes the first refusal otherwise', async () => {
    const log = await sealedLog({ run: realRun });
    expect(await verifyLog(log.bytes(), { verifyStatement: async () => 'good' })).toMatchObject({
      verdict: 'SEALED',
      exit: 0,
    });
    const asked: string[] = [];
    const found = await verifyLog(log.bytes(), {
      verifyStatement: async (said) => {
        asked.push(`${said.line} ${said.kind} ${said.principal}`);
        return said.kind === 'seal' ? { verdict: 'EXPIRED', reason: 'too late' } : 'good';
      },
    });
    expect(asked).toEqual([
      '1 grant ada@example.com',
      '7 grant ada@example.com',
      '9 signoff grace@example.com',
      '12 seal ada@example.com',
    ]);
    expect(found).toMatchObject({
      verdict: 'EXPIRED',
      exit: 21,
      reason: 'line 12: the seal of ada@example.com is not good: too late',
    });
  });

  it('cannot pass as a rehearsal, nor the other way round', async () => {
    expect(await reasonOf((await openLog({ change: { rehearsal: false } })).bytes())).toContain(
      'differ on whether this is a rehearsal',
    );
    expect(await reasonOf((await openLog({ run: realRun, change: { rehearsal: true } })).bytes())).toContain(
      'differ on whether',
    );
  });
});

describe('writing', () => {
  it('refuses a body that is not that of its kind, and a line that is too long', async () => {
    const log = await openLog();
    expect(() => log.add('note', { by: '', step: '', text: 'x'.repeat(9000) })).toThrow(
      /its body is not that of a note: text/,
    );
    const resets = Array.from({ length: 400 }, () => 'x'.repeat(180));
    expect(() => log.add('step.start', { step: 's', attempt: 1, why: 'due', resets })).toThrow(/longer than a line/);
  });

  it('cuts findings so that no answer from outside is too long for a line', async () => {
    const log = await openLog();
    log.add('step.start', { step: verdictBody.step, attempt: 1, why: 'due', resets: [] });
    const finding = {
      verdict: 'fail',
      expected: 'ü'.repeat(700),
      observed: '\ud800'.repeat(700),
      hint: '€'.repeat(700),
    } as const;
    log.add('step.verdict', {
      ...verdictBody,
      verdict: 'fail',
      findings: Array.from({ length: 300 }, () => finding),
      requests: Array.from({ length: 900 }, () => 'r'.repeat(100)),
    });
    expect(await verdictOf(log.bytes())).toBe('OPEN');
  });
});
