// Goal: a head that was kept elsewhere is read in every form people copy it in, and no log that differs from it passes.
// Method: logs with real signatures, among them the one that an insider wrote anew from the middle.

import { describe, expect, it } from 'vitest';
import { anchorOf, humanHead, matchesAnchor } from '../../src/log/anchor.ts';
import { anchorKey, anchorText, checkAnchors, type FoundAnchor } from '../../src/log/anchor-record.ts';
import { hashLine } from '../../src/log/line.ts';
import { joinLines } from '../../src/log/statement.ts';
import { type VerifyOptions, verifyLog } from '../../src/log/verify.ts';
import { walkLog } from '../../src/log/walk.ts';
import { openLog, rehearsalRun, sealedLog, verdictBody } from './given.ts';

const hash = 'b7e23ec29af22b0b4e41da31e868d57226121c84f1d0c36e9c5a7b0d2f4a6c81';
const human = 'W7RD5-QU26I-VQWTS-B3IY6-Q2GVO';

const whole = await sealedLog();
const hashes = whole.lines.map((line) => hashLine(line));
const last = hashes.length - 1;
const at = (seq: number): string => hashes[seq] ?? '';

describe('the human form', () => {
  it('is the first 125 bits in base32', () => {
    expect(humanHead(hash)).toBe(human);
    expect(humanHead('0'.repeat(64))).toBe('AAAAA-AAAAA-AAAAA-AAAAA-AAAAA');
    expect(humanHead('f'.repeat(64))).toBe('77777-77777-77777-77777-77777');
  });

  it.each(hashes)('of %s is what its bits spell', (each) => {
    const bits = [...Buffer.from(each, 'hex')].map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const spelled = Array.from(
      { length: 25 },
      (_, index) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[parseInt(bits.slice(index * 5, index * 5 + 5), 2)],
    );
    expect(humanHead(each).replaceAll('-', '')).toBe(spelled.join(''));
  });
});

describe('an anchor', () => {
  const bare = human.replaceAll('-', '');
  it.each([
    [`412:${hash}`, { seq: 412, head: hash }],
    [`412:${hash.toUpperCase()}`, { seq: 412, head: hash }],
    [`412:${human}`, { seq: 412, head: bare }],
    [`412  ${human}`, { seq: 412, head: bare }],
    [` 412: ${human.toLowerCase()} `, { seq: 412, head: bare }],
    [human, { head: bare }],
    [human.toLowerCase().replaceAll('-', ' '), { head: bare }],
    [bare, { head: bare }],
    // All of it could be a number, and is none.
    ['22222 33333 44444 55555 66666', { head: '2222233333444445555566666' }],
  ])('is read from "%s"', (text, read) => {
    expect(anchorOf(text)).toEqual(read);
  });

  it.each([
    ['', 'nothing'],
    ['abc', 'no hash'],
    [hash, 'a hash without its place'],
    [`412:${hash}0`, 'a digit too much'],
    [`412:${hash.slice(1)}`, 'a digit too few'],
    [`-1:${hash}`, 'a place before the first'],
    [`1234567890123:${hash}`, 'a place no log has'],
    [human.slice(0, -1), 'a letter too few'],
    [human.replace('W', '0'), 'a zero, which is not among the letters'],
    [`412:${human}-${human}`, 'two of them'],
    [`x412:${hash}`, 'something before it'],
  ])('is not read from "%s": %s', (text) => {
    expect(() => anchorOf(text)).toThrow(expect.objectContaining({ code: 'usage', exit: 3 }));
  });

  it('names the line with that hash, wherever its place is not said', () => {
    for (const [seq, each] of hashes.entries()) {
      expect(matchesAnchor(hashes, { seq, head: each })).toBe(seq);
      expect(matchesAnchor(hashes, anchorOf(humanHead(each)))).toBe(seq);
      expect(matchesAnchor(hashes, { seq: seq + 1, head: each })).toBeUndefined();
    }
    expect(matchesAnchor(hashes, anchorOf(human))).toBeUndefined();
  });
});

async function verified(log: Uint8Array, anchors: readonly string[], more: VerifyOptions = {}): Promise<string> {
  const found = await verifyLog(log, { ...more, rehearsal: true, anchors: anchors.map(anchorOf) });
  return `${found.exit} ${found.verdict} ${found.anchoredTo}: ${found.reason}`;
}

describe('golive verify', () => {
  it('holds every true anchor of a log, in each form', async () => {
    for (const [seq, each] of hashes.entries()) {
      const forms = [`${seq}:${each}`, `${seq}:${humanHead(each)}`, humanHead(each)];
      expect(await verified(whole.bytes(), forms)).toBe(`0 SEALED ${seq}: `);
    }
  });

  it('says what is wrong: cut off, another line, no such line, also when others fit', async () => {
    const cut = joinLines(whole.lines.slice(0, 5));
    expect(await verified(cut, [`8:${at(8)}`])).toBe(
      '22 DIVERGED -1: event 8 of the anchor is missing: this log ends with event 4, so its end was cut off',
    );
    expect(await verified(whole.bytes(), [`0:${at(0)}`, `4:${at(3)}`])).toBe(
      '22 DIVERGED 0: event 4 is another line than the anchor has at that place',
    );
    expect(await verified(whole.bytes(), [human])).toBe(`22 DIVERGED -1: no line of this log has the head ${human}`);
  });

  it('refuses an anchor of another run of the same people', async () => {
    const other = await sealedLog({ run: `rehearsal-${'b'.repeat(26)}`, signer: whole.signer });
    const theirs = hashLine(other.lines[4] ?? '');
    for (const form of [`4:${theirs}`, `4:${humanHead(theirs)}`, humanHead(theirs)])
      expect(await verified(whole.bytes(), [form])).toMatch(/^22 DIVERGED/);
  });

  it('says how far an old anchor reaches, and that the rest could be another one', async () => {
    const found = await verifyLog(whole.bytes(), { rehearsal: true, anchors: [{ seq: 4, head: at(4) }] });
    expect(found).toMatchObject({ exit: 0, anchored: true, anchoredTo: 4 });
    expect(found.notes).toContain('the anchor reaches up to event 4: a rewrite of what follows does not show');
    const newest = await verifyLog(whole.bytes(), { rehearsal: true, anchors: [{ head: at(last) }] });
    expect(newest.notes.join()).not.toContain('rewrite');
  });

  it('does not call a log whole without an anchor where one is demanded', async () => {
    const asked = { requireAnchor: true };
    expect(await verified(whole.bytes(), [], asked)).toBe('23 INCOMPLETE -1: no anchor was given that it holds');
    expect(await verified(whole.bytes(), [`4:${at(4)}`], asked)).toBe('0 SEALED 4: ');
    expect(await verified(whole.bytes(), [`4:${at(5)}`], asked)).toMatch(/^22 DIVERGED/);
    expect(await verified(joinLines(whole.lines.slice(0, 4)), [], asked)).toMatch(/^23 INCOMPLETE/);
  });
});

/** Whoever holds the keys takes the end off and writes another one. */
async function rewritten(): Promise<{ readonly before: readonly string[]; readonly log: Uint8Array }> {
  const log = await openLog();
  log.add('step.start', { step: verdictBody.step, attempt: 1, why: 'due', resets: [] });
  log.add('step.verdict', { ...verdictBody, verdict: 'fail' });
  log.add('note', { by: 'ada@example.com', step: '', text: 'it does not work' });
  await log.seal({ result: 'no-go' });
  const before = log.lines.map((line) => hashLine(line));
  log.lines.splice(2);
  log.add('step.verdict', verdictBody);
  await log.seal();
  return { before, log: log.bytes() };
}

describe('an insider who writes the end of their own log anew', async () => {
  const { before, log } = await rewritten();

  it('is believed without an anchor, and with one from before the cut', async () => {
    expect(await verified(log, [])).toBe('0 SEALED -1: ');
    expect(await verified(log, [`1:${before[1]}`])).toBe('0 SEALED 1: ');
  });

  it.each([2, 3, 4])('is found out by an anchor from after the cut, at event %i', async (seq) => {
    const head = before[seq] ?? '';
    for (const form of [`${seq}:${head}`, `${seq}:${humanHead(head)}`, humanHead(head)])
      expect(await verified(log, [form])).toMatch(/^22 DIVERGED/);
  });
});

describe('anchors that were found in a store', () => {
  const walk = walkLog(whole.bytes());
  const record = (seq: number, change: object = {}): FoundAnchor => {
    const text = anchorText({ run: rehearsalRun, seq, head: at(seq), ...change });
    return found(seq, text);
  };
  const found = (seq: number, text: string | undefined, when = '2026-11-20T10:00:00.000Z'): FoundAnchor => ({
    place: `s3://b/${seq}`,
    name: `${String(seq).padStart(12, '0')}.json`,
    at: when,
    bytes: text === undefined ? undefined : Buffer.from(text),
  });
  const said = (objects: readonly FoundAnchor[], given: readonly string[] = []): string => {
    const check = checkAnchors(walk, objects, given.map(anchorOf));
    return `${check.exit} ${check.verdict} ${check.fit}/${check.anchors} to ${check.to}: ${check.reason}`;
  };

  it('have a name and bytes of their own', () => {
    const kept = { run: rehearsalRun, seq: 412, head: hash };
    expect(anchorKey('a/b', kept)).toBe(`a/b/${rehearsalRun}/000000000412.json`);
    expect(anchorKey('', kept)).toBe(`${rehearsalRun}/000000000412.json`);
    expect(anchorText(kept)).toBe(`{"head":"${hash}","run":"${rehearsalRun}","seq":412}`);
  });

  it('are all held by the log they were taken of, and so are those given by hand', () => {
    expect(said([record(2), record(7)])).toBe('0 HELD 2/2 to 7: ');
    expect(said([record(2)], [humanHead(at(last))])).toBe(`0 HELD 2/2 to ${last}: `);
    const twice = [record(2), { ...record(7), at: '2026-11-21T10:00:00.000Z' }, record(7)];
    expect(checkAnchors(walk, twice, []).since).toBe('2026-11-20T10:00:00.000Z');
  });

  it('say nothing where there are none', () => {
    expect(said([])).toBe('23 INCOMPLETE 0/0 to -1: there is no anchor of this run, which says nothing about it');
  });

  it.each<[string, FoundAnchor, string]>([
    ['of another head', record(4, { head: hash }), '22 DIVERGED 1/2 to 2: s3://b/4: event 4 is another line'],
    [
      'of another run',
      record(4, { run: `rehearsal-${'b'.repeat(26)}` }),
      `22 DIVERGED 1/2 to 2: s3://b/4: the anchor is one of run rehearsal-${'b'.repeat(26)}`,
    ],
    [
      'beyond the end',
      record(400, { head: hash }),
      '22 DIVERGED 1/2 to 2: s3://b/400: event 400 of the anchor is missing',
    ],
    [
      'under another name',
      { ...record(4), name: '000000000005.json' },
      '23 INCOMPLETE 1/2 to 2: s3://b/4 is about event 4',
    ],
    ['that is no JSON', found(4, 'nonsense'), '23 INCOMPLETE 1/2 to 2: s3://b/4 is not JSON: that is no anchor'],
    ['that is too large', found(4, undefined), '23 INCOMPLETE 1/2 to 2: s3://b/4 has more than 4096 bytes'],
    [
      'of too many bytes',
      found(4, `"${'x'.repeat(5000)}"`),
      '23 INCOMPLETE 1/2 to 2: s3://b/4 has more than 4096 bytes',
    ],
    [
      'with one more field',
      found(4, `{"head":"${at(4)}","run":"${rehearsalRun}","seq":4,"x":1}`),
      '23 INCOMPLETE 1/2 to 2: s3://b/4 does not say run, seq and head',
    ],
    [
      'in another spelling',
      found(4, `${anchorText({ run: rehearsalRun, seq: 4, head: at(4) })} `),
      '23 INCOMPLETE 1/2',
    ],
    ['with a seq that is no number', found(4, '{"head":"","run":"","seq":"4"}'), '23 INCOMPLETE 1/2'],
  ])('are never passed over: one %s', (_, object, says) => {
    expect(said([record(2), object])).toContain(says);
  });

  it('are of no use with a log that does not hold', () => {
    const broken = walkLog(whole.bytes().subarray(0, -1));
    expect(checkAnchors(broken, [record(2)], [])).toMatchObject({ verdict: 'INVALID', exit: 20 });
  });
});
